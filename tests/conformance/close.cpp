// SPDX-License-Identifier: Apache-2.0
// close_notify: who may still do what after whose.
#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/bytes.hpp"
#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

class close : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, close, both_versions(), version_name());

// CLS-001
TEST_P(close, is_a_clean_end_for_the_peer) {
    auto pair = open_pair(only(version()));
    ASSERT_TRUE(ok(pair.client.close_write()));
    pair.move_all();
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "");
}

// CLS-001, CLS-005
TEST_P(close, sends_close_notify_once) {
    auto pair = open_pair(only(version()));
    ASSERT_TRUE(ok(pair.client.close_write()));
    EXPECT_EQ(records_in(pair.client.output()).size(), 1U);
    pair.move_all();
    EXPECT_TRUE(ok(pair.client.close_write()));
    EXPECT_TRUE(pair.client.output().empty());
}

TEST_P(close, is_read_as_the_end_again_and_again) {
    auto pair = open_pair(only(version()));
    ASSERT_TRUE(ok(pair.client.close_write()));
    pair.move_all();
    for (int i = 0; i < 3; ++i) EXPECT_EQ(read_text(pair.server).value_or("failed"), "");
    pair.server.end_of_input();
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "");
}

TEST_P(close, is_not_seen_by_a_read_into_nothing) {
    auto pair = open_pair(only(version()));
    ASSERT_TRUE(ok(pair.client.write_some(as_bytes("last words"))));
    ASSERT_TRUE(ok(pair.client.close_write()));
    pair.move_all();
    EXPECT_EQ(pair.server.read_some({}).value_or(99), 0U);
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "last words");
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "");
}

// IO-011
TEST_P(close, comes_after_data_in_the_same_segment) {
    auto pair = open_pair(only(version()));
    const auto sent = pattern(40'000);
    std::size_t written = 0;
    while (written < sent.size()) written += or_throw(pair.client.write_some(std::span(sent).subspan(written)));
    ASSERT_TRUE(ok(pair.client.close_write()));
    ASSERT_TRUE(ok(pair.server.feed(pair.client.output())));
    pair.server.end_of_input();
    std::vector<std::byte> received;
    std::vector<std::byte> buffer(65536);
    for (int i = 0; i < 100; ++i) {
        const auto count = pair.server.read_some(buffer);
        ASSERT_TRUE(ok(count));
        if (*count == 0) break;
        received.insert(received.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*count));
    }
    EXPECT_EQ(received, sent);
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "");
}

TEST_P(close, of_ours_ends_our_writing) {
    auto pair = open_pair(only(version()));
    ASSERT_TRUE(ok(pair.client.close_write()));
    const auto size = pair.client.output().size();
    EXPECT_TRUE(fails_with(pair.client.write_some(as_bytes("too late")), errc::closed));
    EXPECT_EQ(pair.client.output().size(), size);
}

// CLS-015
TEST_P(close, by_both_at_once_ends_both_cleanly) {
    auto pair = open_pair(only(version()));
    ASSERT_TRUE(ok(pair.client.close_write()));
    ASSERT_TRUE(ok(pair.server.close_write()));
    pair.move_all();
    EXPECT_EQ(read_text(pair.client).value_or("failed"), "");
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "");
}

// CLS-015
TEST_P(close, may_be_answered_after_it_was_read) {
    auto pair = open_pair(only(version()));
    ASSERT_TRUE(ok(pair.server.close_write()));
    pair.move_all();
    ASSERT_EQ(read_text(pair.client).value_or("failed"), "");
    ASSERT_TRUE(ok(pair.client.close_write()));
    EXPECT_FALSE(pair.client.output().empty());
    pair.move_all();
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "");
}

TEST_P(close, is_not_answered_unasked) {
    auto pair = open_pair(only(version()));
    ASSERT_TRUE(ok(pair.client.close_write()));
    pair.move_all();
    ASSERT_EQ(read_text(pair.server).value_or("failed"), "");
    EXPECT_TRUE(pair.server.output().empty());
}

// CLS-012
TEST_P(close, in_the_handshake_is_misuse_and_harms_nothing) {
    auto pair = new_pair(only(version()));
    EXPECT_TRUE(fails_with(pair.client.close_write(), errc::misuse));
    EXPECT_TRUE(fails_with(pair.client.handshake(), errc::want_read));
    EXPECT_TRUE(fails_with(pair.client.close_write(), errc::misuse));
    ASSERT_TRUE(run_handshake(pair).complete());
    EXPECT_EQ(carry(pair, pair.client, pair.server, "unharmed"), "unharmed");
}

// CLS-005
TEST_P(close, right_after_the_handshake_is_clean) {
    auto pair = open_pair(only(version()));
    close_both(pair);
}

TEST_P(close, leaves_the_handshake_complete) {
    auto pair = open_pair(only(version()));
    close_both(pair);
    EXPECT_TRUE(ok(pair.client.handshake()));
    EXPECT_TRUE(ok(pair.server.handshake()));
}

// IO-012
TEST_P(close, of_the_peer_makes_what_follows_it_no_data) {
    auto pair = open_pair(only(version()));
    ASSERT_TRUE(ok(pair.client.close_write()));
    pair.move_all();
    ASSERT_TRUE(ok(pair.server.feed(pattern(100))));
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "");
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "");
}

// IO-013
TEST(half_close, in_tls1_3_lets_the_peer_go_on_writing) {
    for (const bool by_client : {true, false}) {
        auto pair = open_pair(only(protocol_version::tls1_3));
        auto& closing = by_client ? pair.client : pair.server;
        auto& writing = by_client ? pair.server : pair.client;
        ASSERT_TRUE(ok(closing.close_write()));
        pair.move_all();
        ASSERT_EQ(read_text(writing).value_or("failed"), "");
        const auto sent = pattern(100'000);
        EXPECT_EQ(carry(pair, writing, closing, sent), sent);
        ASSERT_TRUE(ok(writing.close_write()));
        pair.move_all();
        EXPECT_EQ(read_text(closing).value_or("failed"), "");
    }
}

TEST(half_close, in_tls1_3_still_needs_the_close_notify_of_the_peer) {
    auto pair = open_pair(only(protocol_version::tls1_3));
    ASSERT_TRUE(ok(pair.client.close_write()));
    pair.client.end_of_input();
    EXPECT_TRUE(fails_with(read_text(pair.client), errc::truncated));
}

TEST(half_close, in_tls1_2_ends_the_writing_of_the_peer_that_saw_it) {
    for (const bool by_client : {true, false}) {
        auto pair = open_pair(only(protocol_version::tls1_2));
        auto& closing = by_client ? pair.client : pair.server;
        auto& other = by_client ? pair.server : pair.client;
        ASSERT_TRUE(ok(closing.close_write()));
        pair.move_all();
        ASSERT_EQ(read_text(other).value_or("failed"), "");
        EXPECT_TRUE(fails_with(other.write_some(as_bytes("too late")), errc::closed));
        EXPECT_TRUE(fails_with(other.write_some(as_bytes("too late")), errc::closed));
        EXPECT_TRUE(ok(other.close_write()));
    }
}

TEST(half_close, in_tls1_2_discards_what_comes_after_our_own) {
    for (const bool by_client : {true, false}) {
        auto pair = open_pair(only(protocol_version::tls1_2));
        auto& closing = by_client ? pair.client : pair.server;
        auto& writing = by_client ? pair.server : pair.client;
        // The data is on its way when the close_notify leaves in the other direction.
        ASSERT_TRUE(ok(writing.write_some(pattern(16384))));
        ASSERT_TRUE(ok(writing.write_some(as_bytes("never read"))));
        ASSERT_TRUE(ok(closing.close_write()));
        pair.move_all();
        EXPECT_TRUE(fails_with(read_text(closing), errc::want_read));
        ASSERT_TRUE(ok(writing.close_write()));
        pair.move_all();
        EXPECT_EQ(read_text(closing).value_or("failed"), "");
        EXPECT_EQ(read_text(writing).value_or("failed"), "");
    }
}

TEST(half_close, in_tls1_2_has_nothing_pending_after_our_own) {
    auto pair = open_pair(only(protocol_version::tls1_2));
    ASSERT_TRUE(ok(pair.server.write_some(as_bytes("0123456789"))));
    pair.move_all();
    std::byte buffer[4];
    ASSERT_EQ(pair.client.read_some(buffer).value_or(0), 4U);
    ASSERT_TRUE(ok(pair.client.close_write()));
    EXPECT_EQ(pair.client.pending(), 0U);
}

}  // namespace
