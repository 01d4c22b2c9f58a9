// SPDX-License-Identifier: Apache-2.0
// Exported keying material (RFC 8446 7.5, RFC 5705). EXP-001, EXP-002
#include <set>

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

constexpr std::string_view label = "EXPERIMENTAL-tlseam-test";
using bytes = std::vector<std::byte>;
using maybe_bytes = std::optional<std::span<const std::byte>>;

setup exporting(protocol_version version) {
    auto s = only(version);
    s.client.exporter = s.server.exporter = true;
    return s;
}

template <class Connection>
result<bytes> exported(Connection& from, std::string_view name = label, maybe_bytes context = std::nullopt,
                       std::size_t size = 32) {
    bytes out(size);
    if (auto done = from.export_keying_material(out, name, context); !done) return std::unexpected(done.error());
    return out;
}

/// What both ends give, which must be the same and look random: no byte is zero for ever, no half repeats.
bytes agreed(engine_pair& pair, std::string_view name = label, maybe_bytes context = std::nullopt,
             std::size_t size = 32) {
    const auto client = exported(pair.client, name, context, size), server = exported(pair.server, name, context, size);
    EXPECT_TRUE(ok(client));
    EXPECT_TRUE(ok(server));
    if (!client || !server) return {};
    EXPECT_EQ(*client, *server);
    if (size >= 16) {
        const std::set<std::byte> different(client->begin(), client->end());
        EXPECT_GT(different.size(), 4U) << "that is no key";
    }
    return *client;
}

class exporter : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, exporter, both_versions(), version_name());

TEST_P(exporter, gives_both_ends_the_same_and_nobody_else) {
    const contexts both(exporting(version()));
    auto pair = open_pair(both);
    auto another = open_pair(both);
    const auto context = to_bytes("a context");
    std::set<bytes> seen;
    for (auto* one : {&pair, &another}) {
        seen.insert(agreed(*one));
        seen.insert(agreed(*one, "EXPERIMENTAL-tlseam-other"));
        seen.insert(agreed(*one, label, context));
        seen.insert(agreed(*one, label, to_bytes("a contexu")));
    }
    EXPECT_EQ(seen.size(), 8U) << "label, context and connection each make a difference";
    EXPECT_EQ(agreed(pair), agreed(pair)) << "and time does not";
}

TEST_P(exporter, gives_the_same_with_every_kind_of_suite_hash_and_key) {
    for (const char* server : {"server", "server-rsa"}) {
        auto s = exporting(version());
        s.server.credentials = {pki::identity(server)};
        auto pair = open_pair(s);
        EXPECT_EQ(agreed(pair).size(), 32U) << server;
    }
}

TEST_P(exporter, works_after_a_second_hello) {
    auto s = exporting(version());
    s.client.groups = {"x25519", "secp256r1", "secp384r1"};
    s.server.groups = {"secp384r1"};
    auto pair = open_pair(s);
    EXPECT_EQ(agreed(pair).size(), 32U);
}

TEST_P(exporter, works_with_client_certificates) {
    auto s = exporting(version());
    s.client.credentials = {pki::identity("client")};
    s.server.client_auth = client_auth::required;
    s.server.client_trust = pki::trust();
    auto pair = open_pair(s);
    EXPECT_EQ(agreed(pair).size(), 32U);
}

TEST_P(exporter, takes_every_size_up_to_the_limit) {
    auto pair = open_pair(exporting(version()));
    std::set<bytes> seen;
    const std::size_t sizes[] = {1, 2, 31, 32, 33, 48, 49, 255, 256, 4096, 8159, 8160};
    for (const auto size : sizes) seen.insert(agreed(pair, label, std::nullopt, size));
    EXPECT_EQ(seen.size(), std::size(sizes));
}

TEST_P(exporter, takes_labels_and_contexts_up_to_the_limit) {
    auto pair = open_pair(exporting(version()));
    const std::string longest(249, 'L');
    std::set<bytes> seen;
    for (const std::string_view name :
         {std::string_view("L"), std::string_view(longest).substr(0, 13), std::string_view(longest).substr(0, 62),
          std::string_view(longest).substr(0, 63), std::string_view(longest).substr(0, 100),
          std::string_view(longest)}) {
        for (const std::size_t size : {1U, 62U, 63U, 64U, 512U}) seen.insert(agreed(pair, name, pattern(size)));
    }
    EXPECT_EQ(seen.size(), 30U);
    if (is_tls1_3()) {
        EXPECT_EQ(agreed(pair, longest, pattern(513)).size(), 32U);
        EXPECT_EQ(agreed(pair, longest, pattern(65535)).size(), 32U);
        return;
    }
    for (engine* each : {&pair.client, &pair.server}) {
        const auto refused = exported(*each, label, pattern(513));
        EXPECT_TRUE(fails_with(refused, errc::unsupported));
        EXPECT_NE(refused.error().message().find("512 bytes"), std::string::npos) << refused.error().message();
    }
}

// RFC 8446 7.5: no context is an empty one. RFC 5705 4: in TLS 1.2 it is not.
TEST_P(exporter, tells_an_empty_context_from_none_as_the_version_does) {
    auto pair = open_pair(exporting(version()));
    const bytes empty;
    const auto none = agreed(pair);
    if (is_tls1_3()) {
        EXPECT_EQ(agreed(pair, label, empty), none);
    } else if (backend().supports(feature::exporter_empty_context)) {
        EXPECT_NE(agreed(pair, label, empty), none);
    } else {
        for (engine* each : {&pair.client, &pair.server}) {
            const auto refused = exported(*each, label, empty);
            EXPECT_TRUE(fails_with(refused, errc::unsupported));
            EXPECT_NE(refused.error().message().find("empty context"), std::string::npos) << refused.error().message();
        }
    }
    EXPECT_EQ(agreed(pair), none) << "a refusal changes nothing";
}

TEST_P(exporter, refuses_what_is_no_request) {
    auto pair = open_pair(exporting(version()));
    const auto before = agreed(pair);
    struct wrong {
        std::string label;
        std::size_t size;
        std::size_t context;
        const char* sentence;
    };
    const wrong all[] = {
        {std::string(label), 0, 1, "0 bytes"},
        {std::string(label), 8161, 1, "8161 bytes"},
        {"", 32, 1, "0 bytes"},
        {std::string(250, 'L'), 32, 1, "250 bytes"},
        {"caf\xc3\xa9", 32, 1, "ASCII"},
        {std::string("a\0b", 3), 32, 1, "ASCII"},
        {"line\n", 32, 1, "ASCII"},
        {"client finished", 32, 1, "'client finished'"},
        {"server finished", 32, 1, "'server finished'"},
        {"master secret", 32, 1, "'master secret'"},
        {"extended master secret", 32, 1, "'extended master secret'"},
        {"key expansion", 32, 1, "'key expansion'"},
        {"key expansion of ours", 32, 1, "'key expansion'"},
        {std::string(label), 32, 65536, "65,535"},
    };
    for (engine* each : {&pair.client, &pair.server}) {
        for (const auto& one : all) {
            const auto refused = exported(*each, one.label, pattern(one.context), one.size);
            EXPECT_TRUE(fails_with(refused, errc::invalid_argument)) << one.label << ' ' << one.size;
            EXPECT_NE(refused.error().message().find(one.sentence), std::string::npos) << refused.error().message();
        }
    }
    EXPECT_EQ(agreed(pair), before);
    EXPECT_EQ(carry(pair, pair.client, pair.server, "still good"), "still good");
}

TEST_P(exporter, is_misuse_without_the_setting) {
    for (const bool client_has : {false, true}) {
        auto s = only(version());
        (client_has ? s.client.exporter : s.server.exporter) = true;
        auto pair = open_pair(s);
        auto& without = client_has ? pair.server : pair.client;
        auto& with = client_has ? pair.client : pair.server;
        const auto refused = exported(without);
        EXPECT_TRUE(fails_with(refused, errc::misuse));
        EXPECT_NE(refused.error().message().find("exporter = true"), std::string::npos) << refused.error().message();
        EXPECT_TRUE(ok(exported(with))) << "each side decides for itself";
    }
}

TEST_P(exporter, is_misuse_before_the_handshake_is_complete) {
    auto pair = new_pair(exporting(version()));
    EXPECT_TRUE(fails_with(exported(pair.client), errc::misuse));
    EXPECT_TRUE(fails_with(exported(pair.server), errc::misuse));
    EXPECT_TRUE(needs_input(pair.client.handshake()));
    pair.move_all();
    EXPECT_TRUE(needs_input(pair.server.handshake()));
    EXPECT_TRUE(fails_with(exported(pair.client), errc::misuse));
    EXPECT_TRUE(fails_with(exported(pair.server), errc::misuse));
    EXPECT_TRUE(run_handshake(pair).complete()) << "which a refusal does not disturb";
    EXPECT_EQ(agreed(pair).size(), 32U);
}

TEST_P(exporter, gives_the_same_at_every_time_until_a_failure) {
    auto pair = open_pair(exporting(version()));
    const auto at_first = agreed(pair);
    EXPECT_EQ(carry(pair, pair.client, pair.server, "data"), "data");
    EXPECT_EQ(carry(pair, pair.server, pair.client, "data"), "data");
    EXPECT_EQ(agreed(pair), at_first) << "after data";
    if (is_tls1_3()) {
        EXPECT_TRUE(ok(pair.client.key_update(true)));
        EXPECT_EQ(carry(pair, pair.client, pair.server, "data"), "data");
        EXPECT_EQ(carry(pair, pair.server, pair.client, "data"), "data");
        EXPECT_EQ(agreed(pair), at_first) << "after a key update";
    }
    EXPECT_TRUE(ok(pair.client.close_write()));
    EXPECT_EQ(agreed(pair), at_first) << "closing";
    pair.move_all();
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "");
    EXPECT_EQ(agreed(pair), at_first) << "peer_closed";
    EXPECT_TRUE(ok(pair.server.close_write()));
    pair.move_all();
    EXPECT_EQ(read_text(pair.client).value_or("failed"), "");
    EXPECT_EQ(agreed(pair), at_first) << "closed";
}

TEST_P(exporter, gives_the_sticky_error_after_a_failure) {
    auto pair = open_pair(exporting(version()));
    pair.client.end_of_input();
    EXPECT_TRUE(fails_with(read_text(pair.client), errc::truncated));
    EXPECT_TRUE(fails_with(exported(pair.client), errc::truncated));
    EXPECT_TRUE(fails_with(exported(pair.client, ""), errc::truncated));
    EXPECT_TRUE(ok(exported(pair.server)));
}

TEST_P(exporter, is_the_same_on_streams_from_any_thread) {
    auto pair = open_streams(exporting(version()));
    const auto client = exported(pair.client), server = exported(pair.server);
    ASSERT_TRUE(ok(client));
    ASSERT_TRUE(ok(server));
    EXPECT_EQ(*client, *server);
    // While another thread waits in a read.
    auto reading = in_background([&] { return read_text(pair.client); });
    EXPECT_EQ(exported(pair.client).value_or(bytes()), *client);
    EXPECT_TRUE(ok(pair.server.write_all(to_bytes("x"), soon())));
    EXPECT_EQ(reading.get().value_or("failed"), "x");
    EXPECT_TRUE(ok(pair.client.close_write(soon())));
    EXPECT_EQ(exported(pair.client).value_or(bytes()), *client);
}

}  // namespace
