// SPDX-License-Identifier: Apache-2.0
// A transport that ends without close_notify: always truncated, never a clean end, wherever it happens.
#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/bytes.hpp"
#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

class truncation : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, truncation, both_versions(), version_name());

// CLS-002
TEST_P(truncation, of_an_idle_connection_is_not_a_clean_end) {
    auto pair = open_pair(only(version()));
    pair.client.end_of_input();
    pair.server.end_of_input();
    EXPECT_TRUE(fails_with(read_text(pair.client), errc::truncated));
    EXPECT_TRUE(fails_with(read_text(pair.server), errc::truncated));
}

// ERR-007
TEST_P(truncation, is_remembered) {
    auto pair = open_pair(only(version()));
    pair.client.end_of_input();
    EXPECT_TRUE(fails_with(read_text(pair.client), errc::truncated));
    EXPECT_TRUE(fails_with(read_text(pair.client), errc::truncated));
    EXPECT_TRUE(fails_with(pair.client.write_some(as_bytes("x")), errc::truncated));
    EXPECT_TRUE(fails_with(pair.client.close_write(), errc::truncated));
    EXPECT_TRUE(fails_with(pair.client.handshake(), errc::truncated));
}

TEST_P(truncation, comes_after_the_data_that_arrived) {
    auto pair = open_pair(only(version()));
    ASSERT_TRUE(ok(pair.client.write_some(as_bytes("the last thing"))));
    pair.to_server.hang_up();
    pair.move_all();
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "the last thing");
    EXPECT_TRUE(fails_with(read_text(pair.server), errc::truncated));
}

// Writing needs nothing from the peer: its end is found out by the next read.
TEST_P(truncation, does_not_end_writing_before_it_was_read) {
    auto pair = open_pair(only(version()));
    pair.client.end_of_input();
    EXPECT_EQ(carry(pair, pair.client, pair.server, "still sent"), "still sent");
}

TEST_P(truncation, inside_a_record_gives_none_of_it) {
    const contexts shared(only(version()));
    for (std::size_t missing = 1; missing < 60; missing += 4) {
        auto pair = open_pair(shared);
        ASSERT_TRUE(ok(pair.client.write_some(as_bytes("forty bytes of text that nobody will see"))));
        const auto record = pair.client.output();
        if (missing >= record.size()) break;
        ASSERT_TRUE(ok(pair.server.feed(record.first(record.size() - missing))));
        pair.server.end_of_input();
        EXPECT_TRUE(fails_with(read_text(pair.server), errc::truncated)) << missing << " bytes missing";
    }
}

TEST_P(truncation, between_close_notify_and_its_last_byte_is_not_a_clean_end) {
    auto pair = open_pair(only(version()));
    ASSERT_TRUE(ok(pair.client.close_write()));
    ASSERT_TRUE(ok(pair.server.feed(pair.client.output().first(pair.client.output().size() - 1))));
    pair.server.end_of_input();
    EXPECT_TRUE(fails_with(read_text(pair.server), errc::truncated));
}

TEST_P(truncation, before_the_first_byte_fails_the_handshake) {
    auto pair = new_pair(only(version()));
    pair.client.end_of_input();
    pair.server.end_of_input();
    EXPECT_TRUE(fails_with(pair.client.handshake(), errc::truncated));
    EXPECT_TRUE(fails_with(pair.server.handshake(), errc::truncated));
}

// HS-017, ROB-001
TEST_P(truncation, at_any_byte_of_the_server_fails_the_client) {
    const contexts shared(only(version(), "server-rsa"));
    const std::size_t needed = measure_handshake(shared).to_client;
    for (std::size_t at = 0; at < needed; at += at + 20 < needed ? 17 : 1) {
        auto pair = new_pair(shared);
        pair.to_client.dials.cut_at = at;
        const auto seen = run_handshake(pair);
        EXPECT_TRUE(fails_with(seen.client, errc::truncated)) << "cut at " << at << " of " << needed;
        // The TLS 1.2 server is done with the flight that was cut: its next read tells.
        EXPECT_TRUE(saw_the_refusal(read_text(pair.server))) << "cut at " << at << " of " << needed;
        EXPECT_EQ(pair.client.info().version, protocol_version::none) << "cut at " << at << " of " << needed;
    }
}

// HS-017, ROB-001
TEST_P(truncation, at_any_byte_of_the_client_fails_the_server) {
    const contexts shared(only(version(), "server-rsa"));
    const std::size_t needed = measure_handshake(shared).to_server;
    for (std::size_t at = 0; at < needed; at += at + 20 < needed ? 13 : 1) {
        auto pair = new_pair(shared);
        pair.to_server.dials.cut_at = at;
        const auto seen = run_handshake(pair);
        EXPECT_TRUE(fails_with(seen.server, errc::truncated)) << "cut at " << at << " of " << needed;
        EXPECT_EQ(pair.server.info().version, protocol_version::none) << "cut at " << at << " of " << needed;
    }
}

// The TLS 1.3 client may be done before the server knows: it learns of the end by reading.
TEST(truncation_late, in_tls1_3_reaches_a_client_that_is_done) {
    auto pair = new_pair(only(protocol_version::tls1_3));
    (void)pair.client.handshake();
    pair.move();
    (void)pair.server.handshake();
    pair.move();
    ASSERT_TRUE(ok(pair.client.handshake()));
    pair.client.end_of_input();
    EXPECT_TRUE(fails_with(read_text(pair.client), errc::truncated));
}

}  // namespace
