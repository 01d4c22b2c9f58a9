// SPDX-License-Identifier: Apache-2.0
// Key logs (draft-ietf-tls-keylogfile), as far as the libraries are concerned. The file: tests/core. EXP-004
#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/bytes.hpp"
#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/stream_pair.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

/// Lines by label; a label that comes twice is reported.
struct log {
    std::map<std::string, std::string> lines;
    key_log_callback callback() {
        return [this](std::string_view line) {
            const auto space = line.find(' ');
            EXPECT_TRUE(lines.emplace(line.substr(0, space), line.substr(space + 1)).second) << line;
        };
    }
    [[nodiscard]] std::set<std::string> labels() const {
        std::set<std::string> out;
        for (const auto& [label, rest] : lines) out.insert(label);
        return out;
    }
};

std::set<std::string> expected_labels(protocol_version version) {
    if (version == protocol_version::tls1_2) return {"CLIENT_RANDOM"};
    return {"CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0",
            "SERVER_TRAFFIC_SECRET_0", "EXPORTER_SECRET"};
}

struct logs {
    log client, server;
};

engine_pair logging_pair(setup s, logs& to) {
    s.client.key_log = to.client.callback();
    s.server.key_log = to.server.callback();
    return new_pair(s);
}

/// Both ends say the same, in the right form, and nothing else.
void expect_good(const logs& of, protocol_version version, const std::string& client_random) {
    EXPECT_EQ(of.client.labels(), expected_labels(version));
    EXPECT_EQ(of.client.lines, of.server.lines);
    std::set<std::string> secrets;
    for (const auto& [label, rest] : of.client.lines) {
        SCOPED_TRACE(label);
        ASSERT_GT(rest.size(), 65U);
        EXPECT_EQ(rest.substr(0, 64), client_random);
        EXPECT_EQ(rest[64], ' ');
        const std::string secret = rest.substr(65);
        EXPECT_EQ(secret.find_first_not_of("0123456789abcdef"), std::string::npos) << rest;
        // TLS 1.3 with SHA-256, or the master secret.
        EXPECT_EQ(secret.size(), version == protocol_version::tls1_2 ? 96U : 64U);
        secrets.insert(secret);
    }
    EXPECT_EQ(secrets.size(), of.client.lines.size()) << "each is another one";
}

/// Of the first hello on the wire: five bytes of record, four of message, two of version are before it.
std::string random_of(std::span<const std::byte> hello) {
    std::string out;
    if (hello.size() < 43) return out;
    for (const std::byte b : hello.subspan(11, 32)) {
        constexpr char digits[] = "0123456789abcdef";
        out += digits[std::to_integer<unsigned>(b) >> 4];
        out += digits[std::to_integer<unsigned>(b) & 15];
    }
    return out;
}

std::string start_and_look(engine_pair& pair) {
    EXPECT_TRUE(needs_input(pair.client.handshake()));
    return random_of(pair.client.output());
}

class key_log : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, key_log, both_versions(), version_name());

TEST_P(key_log, has_the_same_lines_at_both_ends) {
    for (const char* server : {"server", "server-rsa"}) {
        logs seen;
        auto pair = logging_pair(only(version(), server), seen);
        const auto random = start_and_look(pair);
        ASSERT_TRUE(run_handshake(pair).complete());
        expect_good(seen, version(), random);
        EXPECT_EQ(carry(pair, pair.client, pair.server, "and it works"), "and it works");
    }
}

TEST_P(key_log, has_them_with_client_certificates_exporter_and_names_too) {
    logs seen;
    auto s = only(version());
    s.client.credentials = {pki::identity("client")};
    s.server.client_auth = client_auth::required;
    s.server.client_trust = pki::trust();
    s.client.exporter = s.server.exporter = true;
    s.client.alpn = s.server.alpn = {"h2"};
    auto pair = logging_pair(s, seen);
    const auto random = start_and_look(pair);
    ASSERT_TRUE(run_handshake(pair).complete());
    expect_good(seen, version(), random);
    std::byte client[32], server[32];
    EXPECT_TRUE(ok(pair.client.export_keying_material(client, "EXPERIMENTAL-tlseam-test")));
    EXPECT_TRUE(ok(pair.server.export_keying_material(server, "EXPERIMENTAL-tlseam-test")));
    EXPECT_TRUE(std::ranges::equal(client, server));
}

// HelloRetryRequest: the second hello has the random of the first, and there is one set of lines.
TEST_P(key_log, has_them_after_a_second_hello) {
    logs seen;
    auto s = only(version());
    s.client.groups = {"x25519", "secp256r1", "secp384r1"};
    s.server.groups = {"secp384r1"};
    auto pair = logging_pair(s, seen);
    const auto random = start_and_look(pair);
    ASSERT_TRUE(run_handshake(pair).complete());
    expect_good(seen, version(), random);
}

TEST_P(key_log, says_nothing_after_the_handshake) {
    logs seen;
    auto pair = logging_pair(only(version()), seen);
    ASSERT_TRUE(run_handshake(pair).complete());
    pair.move_all();
    const auto before = seen.client.lines;
    if (is_tls1_3()) {
        EXPECT_TRUE(ok(pair.client.key_update(true)));
        EXPECT_EQ(carry(pair, pair.client, pair.server, "new keys"), "new keys");
        EXPECT_EQ(carry(pair, pair.server, pair.client, "new keys"), "new keys");
    }
    close_both(pair);
    EXPECT_EQ(seen.client.lines, before);
    EXPECT_EQ(seen.server.lines, before);
}

TEST_P(key_log, is_one_sides_own_choice) {
    log mine;
    auto s = only(version());
    s.client.key_log = mine.callback();
    auto pair = open_pair(s);
    EXPECT_EQ(mine.labels(), expected_labels(version()));
    log yours;
    s = only(version());
    s.server.key_log = yours.callback();
    auto another = open_pair(s);
    EXPECT_EQ(yours.labels(), expected_labels(version()));
    EXPECT_NE(mine.lines, yours.lines) << "every connection has its own";
}

TEST_P(key_log, that_throws_fails_the_handshake_and_the_peer_sees_the_end) {
    for (const bool client_throws : {true, false}) {
        SCOPED_TRACE(client_throws ? "client" : "server");
        auto s = only(version());
        (client_throws ? s.client.key_log : s.server.key_log) = [](std::string_view) {
            throw std::runtime_error("the log is full");
        };
        auto pair = new_pair(s);
        const auto seen = run_handshake(pair);
        const auto& thrower = client_throws ? seen.client : seen.server;
        const auto& other = client_throws ? seen.server : seen.client;
        EXPECT_TRUE(fails_with(thrower, errc::callback_failed));
        EXPECT_NE(thrower.error().message().find("the log is full"), std::string::npos) << thrower.error().message();
        pair.to_client.hang_up();
        pair.to_server.hang_up();
        pair.move_all();
        EXPECT_TRUE(fails_with(client_throws ? pair.server.handshake() : pair.client.handshake(), errc::truncated))
            << describe(other);
        // Sticky, and the next connection is not touched.
        auto& failed = client_throws ? pair.client : pair.server;
        EXPECT_TRUE(fails_with(failed.handshake(), errc::callback_failed));
        EXPECT_TRUE(fails_with(failed.write_some(as_bytes("x")), errc::callback_failed));
        EXPECT_EQ(failed.output().size(), 0U);
    }
    auto pair = open_pair(only(version()));
    EXPECT_EQ(carry(pair, pair.client, pair.server, "fine"), "fine");
}

TEST_P(key_log, that_throws_something_odd_is_a_failure_too) {
    auto s = only(version());
    s.client.key_log = [](std::string_view) { throw 42; };
    auto pair = new_pair(s);
    const auto seen = run_handshake(pair);
    EXPECT_TRUE(fails_with(seen.client, errc::callback_failed));
    EXPECT_FALSE(seen.server);
}

TEST_P(key_log, that_fails_late_leaves_no_half_of_a_connection) {
    auto s = only(version());
    s.client.key_log = [](std::string_view line) {
        if (line.starts_with("EXPORTER_SECRET") || line.starts_with("CLIENT_RANDOM")) throw std::runtime_error("no");
    };
    auto pair = new_pair(s);
    const auto seen = run_handshake(pair);
    EXPECT_TRUE(fails_with(seen.client, errc::callback_failed));
    EXPECT_FALSE(seen.server);
}

TEST_P(key_log, of_many_threads_is_called_from_all_of_them) {
    std::mutex mutex;
    std::multiset<std::string> lines;
    auto s = only(version());
    s.client.key_log = s.server.key_log = [&](std::string_view line) {
        const std::scoped_lock lock(mutex);
        lines.emplace(line);
    };
    const contexts both(s);
    constexpr int threads = 4, each = 5;
    std::vector<std::future<void>> running;
    for (int i = 0; i < threads; ++i) {
        running.push_back(in_background([&] {
            for (int n = 0; n < each; ++n) (void)open_pair(both);
        }));
    }
    for (auto& one : running) one.get();
    const std::set<std::string> different(lines.begin(), lines.end());
    EXPECT_EQ(different.size(), threads * each * expected_labels(version()).size());
    EXPECT_EQ(lines.size(), 2 * different.size()) << "each line from both ends";
}

TEST_P(key_log, fails_streams_in_the_same_way) {
    auto s = only(version());
    s.server.key_log = [](std::string_view) { throw std::runtime_error("the log is full"); };
    auto pair = wrap_both(socket_pair(), contexts(s));
    const auto seen = handshake_both(pair);
    EXPECT_TRUE(fails_with(seen.server, errc::callback_failed));
    EXPECT_TRUE(fails_with(seen.client, errc::truncated));
}

}  // namespace
