// SPDX-License-Identifier: Apache-2.0
// The handshake of two engines: how it is started, in what portions it travels, which keys it works with.
#include <tuple>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/bytes.hpp"
#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

class handshake : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, handshake, both_versions(), version_name());

// HS-001
TEST_P(handshake, completes_on_both_sides_and_agrees_on_the_version) {
    auto pair = new_pair(only(version()));
    const auto seen = run_handshake(pair);
    EXPECT_TRUE(ok(seen.client));
    EXPECT_TRUE(ok(seen.server));
    EXPECT_EQ(pair.client.info().version, version());
    EXPECT_EQ(pair.server.info().version, version());
}

TEST_P(handshake, of_a_client_speaks_first_and_then_waits) {
    auto pair = new_pair(only(version()));
    EXPECT_TRUE(pair.client.output().empty());
    EXPECT_TRUE(fails_with(pair.client.handshake(), errc::want_read));
    const auto records = records_in(pair.client.output());
    ASSERT_FALSE(records.empty());
    EXPECT_EQ(records.front().type, 22);
}

TEST_P(handshake, of_a_client_speaks_first_even_when_a_byte_has_come_already) {
    auto pair = new_pair(only(version()));
    ASSERT_TRUE(ok(pair.client.feed(to_bytes({22}))));
    EXPECT_TRUE(fails_with(pair.client.handshake(), errc::want_read));
    EXPECT_FALSE(pair.client.output().empty());
}

TEST_P(handshake, of_a_server_says_nothing_before_the_client_does) {
    auto pair = new_pair(only(version()));
    EXPECT_TRUE(fails_with(pair.server.handshake(), errc::want_read));
    EXPECT_TRUE(pair.server.output().empty());
}

TEST_P(handshake, waits_for_more_without_repeating_itself) {
    auto pair = new_pair(only(version()));
    EXPECT_TRUE(fails_with(pair.client.handshake(), errc::want_read));
    const auto size = pair.client.output().size();
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(fails_with(pair.client.handshake(), errc::want_read));
    EXPECT_EQ(pair.client.output().size(), size);
    EXPECT_TRUE(run_handshake(pair).complete());
}

// HS-002
TEST_P(handshake, happens_by_itself_on_the_first_read) {
    auto pair = new_pair(only(version()));
    std::byte buffer[16];
    for (int turn = 0; turn < 20; ++turn) {
        EXPECT_TRUE(fails_with(pair.client.read_some(buffer), errc::want_read));
        EXPECT_TRUE(fails_with(pair.server.read_some(buffer), errc::want_read));
        pair.move_all();
    }
    EXPECT_EQ(pair.client.info().version, version());
    EXPECT_EQ(pair.server.info().version, version());
    EXPECT_EQ(carry(pair, pair.client, pair.server, "hello"), "hello");
}

// HS-002
TEST_P(handshake, happens_by_itself_on_the_first_write) {
    auto pair = new_pair(only(version()));
    EXPECT_TRUE(fails_with(pair.client.write_some(as_bytes("early")), errc::want_read));
    EXPECT_EQ(carry(pair, pair.client, pair.server, "hello"), "hello");
    EXPECT_EQ(carry(pair, pair.server, pair.client, "world"), "world");
}

// HS-030: nothing that was written before the peer was verified leaves, not even later.
TEST_P(handshake, takes_no_data_of_a_write_that_had_to_wait) {
    auto pair = new_pair(only(version()));
    EXPECT_TRUE(fails_with(pair.client.write_some(as_bytes("lost")), errc::want_read));
    ASSERT_TRUE(run_handshake(pair).complete());
    EXPECT_EQ(carry(pair, pair.client, pair.server, "sent"), "sent");
}

// HS-003
TEST_P(handshake, is_a_no_op_the_second_time) {
    auto pair = open_pair(only(version()));
    EXPECT_TRUE(ok(pair.client.handshake()));
    EXPECT_TRUE(ok(pair.server.handshake()));
    EXPECT_TRUE(pair.client.output().empty());
    EXPECT_TRUE(pair.server.output().empty());
}

// The last flight is the client's in TLS 1.3 and the server's in TLS 1.2: data may stand right behind it.
TEST_P(handshake, may_be_followed_by_data_in_the_same_segment) {
    auto pair = new_pair(only(version()));
    auto& first = is_tls1_3() ? pair.client : pair.server;
    auto& last = is_tls1_3() ? pair.server : pair.client;
    for (int turn = 0; turn < 20 && !first.handshake(); ++turn) {
        pair.move();
        (void)last.handshake();
        pair.move();
    }
    ASSERT_TRUE(ok(first.handshake()));
    ASSERT_TRUE(fails_with(last.handshake(), errc::want_read));
    ASSERT_TRUE(ok(first.write_some(as_bytes("no time to lose"))));
    pair.move_all();
    EXPECT_EQ(read_text(last).value_or("failed"), "no time to lose");
}

// ---- portions: HS-004 ----

class handshake_in_portions : public testing::TestWithParam<std::tuple<protocol_version, std::size_t>> {};

std::string portion_name(const testing::TestParamInfo<std::tuple<protocol_version, std::size_t>>& info) {
    const auto [version, chunk] = info.param;
    return short_name(version) + "_" + (chunk == unlimited ? std::string("whole") : std::to_string(chunk));
}
INSTANTIATE_TEST_SUITE_P(tls, handshake_in_portions,
                         testing::Combine(both_versions(), testing::Values(1U, 2U, 5U, 7U, 100U, 1400U, unlimited)),
                         portion_name);

TEST_P(handshake_in_portions, completes_and_carries_data) {
    const auto [version, chunk] = GetParam();
    auto pair = new_pair(only(version));
    pair.to_server.dials.chunk = pair.to_client.dials.chunk = chunk;
    ASSERT_TRUE(run_handshake(pair).complete());
    EXPECT_EQ(carry(pair, pair.client, pair.server, "from the client"), "from the client");
    EXPECT_EQ(carry(pair, pair.server, pair.client, "from the server"), "from the server");
}

// ---- keys: KEY-006 ----

class handshake_with_a_key : public testing::TestWithParam<std::tuple<protocol_version, const char*>> {};

std::string key_name(const testing::TestParamInfo<std::tuple<protocol_version, const char*>>& info) {
    std::string name = short_name(std::get<0>(info.param)) + "_" + std::get<1>(info.param);
    for (auto& c : name) c = c == '-' ? '_' : c;
    return name;
}
INSTANTIATE_TEST_SUITE_P(tls, handshake_with_a_key,
                         testing::Combine(both_versions(), testing::Values("server", "server-rsa", "server-ed25519")),
                         key_name);

TEST_P(handshake_with_a_key, completes_and_carries_data) {
    const auto [version, identity] = GetParam();
    const auto s = only(version, identity);
    if (!pki::usable(identity)) {
        EXPECT_TRUE(fails_with(context::server(s.server), errc::unsupported));
        return;
    }
    auto pair = open_pair(s);
    EXPECT_TRUE(pair.client.info().peer_verified);
    ASSERT_FALSE(pair.client.info().peer_certificates.empty());
    EXPECT_EQ(pair.client.info().peer_certificates.front(), pki::identity(identity).chain().front());
    EXPECT_EQ(carry(pair, pair.client, pair.server, "hello"), "hello");
    EXPECT_EQ(carry(pair, pair.server, pair.client, "world"), "world");
}

// ---- contexts ----

// CTX-004
TEST(handshake_context, serves_many_connections_one_after_another) {
    const contexts shared;
    for (int i = 0; i < 20; ++i) {
        auto pair = open_pair(shared);
        EXPECT_EQ(carry(pair, pair.client, pair.server, "hello"), "hello");
    }
}

// CTX-004, NB-009
TEST(handshake_context, serves_many_connections_at_once_on_one_thread) {
    const contexts shared;
    std::vector<engine_pair> pairs;
    for (int i = 0; i < 50; ++i) pairs.push_back(new_pair(shared));
    for (int turn = 0; turn < 20; ++turn) {
        for (auto& pair : pairs) {
            (void)pair.client.handshake();
            (void)pair.server.handshake();
            pair.move();
        }
    }
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        const std::string text = "connection " + std::to_string(i);
        EXPECT_EQ(carry(pairs[i], pairs[i].client, pairs[i].server, text), text);
    }
}

// CTX-003
TEST(handshake_context, knows_its_role) {
    const contexts made;
    EXPECT_EQ(made.client.role(), role::client);
    EXPECT_EQ(made.server.role(), role::server);
}

// CTX-002
TEST(handshake_context, of_a_server_needs_credentials) {
    EXPECT_TRUE(fails_with(context::server({}), errc::invalid_argument));
}

}  // namespace
