// SPDX-License-Identifier: Apache-2.0
// KeyUpdate (RFC 8446 4.6.3).
#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/bytes.hpp"
#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

constexpr auto v3 = protocol_version::tls1_3;

/// Renews the keys of one side alone, or, where the library always asks the other one too, of both.
result<void> renew(engine& e, bool ask_peer = false) {
    return e.key_update(ask_peer || !backend().supports(feature::key_update_unanswered));
}

void expect_both_ways(engine_pair& pair) {
    EXPECT_EQ(carry(pair, pair.client, pair.server, "hello"), "hello");
    EXPECT_EQ(carry(pair, pair.server, pair.client, "world"), "world");
}

/// Reads at one end, which must find no data; what it owes the peer is then in its output.
void take_in(engine& e) { EXPECT_TRUE(fails_with(read_text(e), errc::want_read)); }

// KU-001
TEST(key_update, of_either_side_is_handled_while_reading) {
    auto pair = open_pair(only(v3));
    ASSERT_TRUE(ok(renew(pair.client)));
    EXPECT_EQ(records_in(pair.client.output()).size(), 1U);
    expect_both_ways(pair);
    ASSERT_TRUE(ok(renew(pair.server)));
    expect_both_ways(pair);
}

TEST(key_update, that_asks_the_peer_is_answered_by_the_peer) {
    for (const bool by_client : {true, false}) {
        auto pair = open_pair(only(v3));
        auto& asking = by_client ? pair.client : pair.server;
        auto& asked = by_client ? pair.server : pair.client;
        ASSERT_TRUE(ok(asking.key_update(true)));
        pair.move_all();
        EXPECT_TRUE(asked.output().empty());
        take_in(asked);
        // The answer may leave at once or with the next data (RFC 8446 4.6.3: before the next data).
        ASSERT_TRUE(ok(asked.write_some(as_bytes("behind the answer"))));
        EXPECT_EQ(records_in(asked.output()).size(), 2U);
        pair.move_all();
        EXPECT_EQ(read_text(asking).value_or("failed"), "behind the answer");
        expect_both_ways(pair);
    }
}

TEST(key_update, that_asks_nothing_is_not_answered) {
    auto pair = open_pair(only(v3));
    if (!backend().supports(feature::key_update_unanswered)) {
        EXPECT_TRUE(fails_with(pair.client.key_update(false), errc::unsupported));
        EXPECT_TRUE(pair.client.output().empty());
        expect_both_ways(pair);
        return;
    }
    ASSERT_TRUE(ok(pair.client.key_update(false)));
    pair.move_all();
    take_in(pair.server);
    ASSERT_TRUE(ok(pair.server.write_some(as_bytes("x"))));
    EXPECT_EQ(records_in(pair.server.output()).size(), 1U);
}

TEST(key_update, of_both_sides_may_cross) {
    auto pair = open_pair(only(v3));
    ASSERT_TRUE(ok(pair.client.key_update(true)));
    ASSERT_TRUE(ok(pair.server.key_update(true)));
    pair.move_all();
    take_in(pair.client);
    take_in(pair.server);
    expect_both_ways(pair);
}

TEST(key_update, may_come_between_any_two_records) {
    auto pair = open_pair(only(v3));
    std::string sent;
    for (int i = 0; i < 20; ++i) {
        const std::string text = "record " + std::to_string(i) + "; ";
        ASSERT_EQ(pair.client.write_some(as_bytes(text)).value_or(0), text.size());
        ASSERT_TRUE(ok(renew(pair.client, i % 3 == 0)));
        sent += text;
    }
    pair.move_all();
    std::string received;
    while (received.size() < sent.size()) {
        const auto read = read_text(pair.server);
        ASSERT_TRUE(ok(read));
        received += *read;
    }
    EXPECT_EQ(received, sent);
    expect_both_ways(pair);
}

TEST(key_update, in_short_bursts_is_no_flood) {
    auto pair = open_pair(only(v3));
    for (int round = 0; round < 20; ++round) {
        for (int i = 0; i < 16; ++i) ASSERT_TRUE(ok(renew(pair.client)));
        for (int i = 0; i < 16; ++i) ASSERT_TRUE(ok(renew(pair.server)));
        expect_both_ways(pair);
    }
}

// KU-003
TEST(key_update, without_data_in_between_is_a_flood_in_the_end) {
    auto pair = open_pair(only(v3));
    result<std::string> read = std::string();
    for (int i = 0; i < 20'000; ++i) {
        const auto updated = renew(pair.client);
        ASSERT_TRUE(ok(updated)) << i;
        pair.move();
        read = read_text(pair.server);
        if (failed_for_good(read)) break;
    }
    EXPECT_TRUE(fails_with(read, errc::too_large));
    pair.to_client.hang_up();
    pair.move_all();
    EXPECT_TRUE(saw_the_refusal(read_text(pair.client)));
}

// NB-002: a peer that asks and never reads must not fill our memory with answers.
TEST(key_update, requests_that_are_never_read_do_not_grow_the_output_without_bound) {
    auto pair = open_pair(only(v3));
    pair.to_client.dials.quota = pair.to_client.taken().size();
    result<std::string> read = std::string();
    for (int i = 0; i < 20'000 && !failed_for_good(read); ++i) {
        ASSERT_TRUE(ok(pair.client.key_update(true)));
        ASSERT_TRUE(ok(pair.client.write_some(as_bytes("x"))));
        pair.move();
        while ((read = read_text(pair.server))) {
        }
    }
    EXPECT_LT(pair.server.output().size(), std::size_t{512} << 10U);
}

TEST(key_update, wants_write_or_succeeds_when_nobody_takes_the_output) {
    auto pair = open_pair(only(v3));
    bool full = false;
    for (int i = 0; i < 20'000 && !full; ++i) {
        const auto updated = renew(pair.client);
        if (!updated) {
            EXPECT_TRUE(fails_with(updated, errc::want_write));
            full = true;
        }
    }
    EXPECT_TRUE(full);
    EXPECT_LT(pair.client.output().size(), std::size_t{4} << 20U);
}

// IO-013
TEST(key_update, of_the_peer_is_understood_after_our_close) {
    auto pair = open_pair(only(v3));
    ASSERT_TRUE(ok(pair.client.close_write()));
    pair.move_all();
    ASSERT_TRUE(ok(renew(pair.server)));
    EXPECT_EQ(carry(pair, pair.server, pair.client, "new keys"), "new keys");
}

// RFC 8446 6.1: it would reach a peer that has gone, and the reset would destroy the end of its data.
TEST(key_update, of_the_peer_is_not_answered_after_our_close) {
    for (const bool by_client : {true, false}) {
        auto pair = open_pair(only(v3));
        auto& asking = by_client ? pair.client : pair.server;
        auto& closed = by_client ? pair.server : pair.client;
        const auto& from_closed = by_client ? pair.to_client : pair.to_server;
        ASSERT_TRUE(ok(closed.close_write()));
        pair.move_all();
        const std::size_t said = from_closed.taken().size();
        for (int i = 0; i < 3; ++i) {
            ASSERT_TRUE(ok(asking.key_update(true)));
            pair.move_all();
            take_in(closed);
            EXPECT_EQ(carry(pair, asking, closed, "new keys"), "new keys");
        }
        ASSERT_TRUE(ok(asking.close_write()));
        pair.move_all();
        EXPECT_EQ(read_text(closed).value_or("failed"), "");
        pair.move_all();
        EXPECT_EQ(from_closed.taken().size(), said);
    }
}

// KU-009
TEST(key_update, is_unsupported_in_tls1_2_and_harms_nothing) {
    auto pair = open_pair(only(protocol_version::tls1_2));
    EXPECT_TRUE(fails_with(pair.client.key_update(), errc::unsupported));
    EXPECT_TRUE(fails_with(pair.server.key_update(true), errc::unsupported));
    expect_both_ways(pair);
}

TEST(key_update, changes_nothing_in_info) {
    auto pair = open_pair(only(v3));
    const auto suite = pair.client.info().cipher_suite;
    ASSERT_TRUE(ok(pair.client.key_update(true)));
    expect_both_ways(pair);
    EXPECT_EQ(pair.client.info().cipher_suite, suite);
    EXPECT_EQ(pair.client.info().version, v3);
}

}  // namespace
