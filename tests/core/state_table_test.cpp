// SPDX-License-Identifier: Apache-2.0
// Every cell of the state table, through the public engine. The expectations are written out by hand, not derived.
#include <gtest/gtest.h>

#include <array>

#include "core/state_table.hpp"
#include "tests/core/support.hpp"

namespace {

using namespace tlseam;
using namespace core_test;

// What each verb gives in a state, and how many records it sends: "ok+1" sends one. Reads find one byte of data where
// the peer may still send: "1" delivers it, "want_read" does not.
struct row {
    const char* state;
    std::array<const char*, 6> verbs;  // handshake, read, write, close_write, key_update, export_keying_material
};

constexpr row client_1_3[] = {
    {"fresh", {"want_read+1", "want_read+1", "want_read+1", "misuse", "misuse", "misuse"}},
    {"handshaking", {"want_read", "want_read", "want_read", "misuse", "misuse", "misuse"}},
    {"open", {"ok", "1", "1+1", "ok+1", "ok+1", "ok"}},
    {"peer_closed", {"ok", "0", "1+1", "ok+1", "ok+1", "ok"}},
    {"closing", {"ok", "1", "closed", "ok", "closed", "ok"}},
    {"closed", {"ok", "0", "closed", "ok", "closed", "ok"}},
    {"failed",
     {"alert_received", "alert_received", "alert_received", "alert_received", "alert_received", "alert_received"}},
};
constexpr row client_1_2[] = {
    {"fresh", {"want_read+1", "want_read+1", "want_read+1", "misuse", "misuse", "misuse"}},
    {"handshaking", {"want_read", "want_read", "want_read", "misuse", "misuse", "misuse"}},
    {"open", {"ok", "1", "1+1", "ok+1", "unsupported", "ok"}},
    {"peer_closed", {"ok", "0", "closed", "ok+1", "unsupported", "ok"}},
    {"closing", {"ok", "want_read", "closed", "ok", "unsupported", "ok"}},
    {"closed", {"ok", "0", "closed", "ok", "unsupported", "ok"}},
    {"failed",
     {"alert_received", "alert_received", "alert_received", "alert_received", "alert_received", "alert_received"}},
};
// A server sends nothing before it knows the client's hello.
constexpr row server_fresh = {"fresh", {"want_read", "want_read", "want_read", "misuse", "misuse", "misuse"}};

std::size_t count_records(view output) {
    std::size_t count = 0;
    for (; output.size() >= 5; ++count) {
        output = output.subspan(
            5 + (std::to_integer<std::size_t>(output[3]) << 8 | std::to_integer<std::size_t>(output[4])));
    }
    return count;
}

/// Brings one engine into a state, with a byte of data waiting where the peer may still send.
void enter(std::string_view state, engine_pair& pair, engine& ours, engine& theirs) {
    if (state == "fresh") return;
    if (state == "handshaking") {
        ASSERT_EQ(word(pair.client.handshake()), "want_read");
        if (&ours == &pair.server) {
            engine_pair::move_bytes(pair.client, pair.server);
            ASSERT_EQ(word(pair.server.handshake()), "want_read");
        }
        return;
    }
    ASSERT_EQ(word(pair.handshake()), "ok");
    std::byte scratch[4];
    if (state == "failed") {
        ASSERT_EQ(word(ours.feed(record(21, bytes({2, 40})))), "ok");
        ASSERT_EQ(word(ours.read_some(scratch)), "alert_received");
        return;
    }
    if (state == "open" || state == "closing") {
        ASSERT_EQ(theirs.write_some(bytes("x")).value_or(0), 1U);
    } else {
        ASSERT_EQ(word(theirs.close_write()), "ok");
    }
    engine_pair::move_bytes(theirs, ours);
    if (state == "peer_closed" || state == "closed") {
        ASSERT_EQ(ours.read_some(scratch).value_or(9), 0U);
    }
    if (state == "closing" || state == "closed") {
        ASSERT_EQ(word(ours.close_write()), "ok");
    }
}

std::string describe(const result<void>& r) { return word(r); }
std::string describe(const result<std::size_t>& r) { return r ? std::to_string(*r) : word(r); }

std::string call(std::size_t verb, engine& e) {
    std::byte scratch[4];
    switch (verb) {
        case 0: return describe(e.handshake());
        case 1: return describe(e.read_some(scratch));
        case 2: return describe(e.write_some(bytes("y")));
        case 3: return describe(e.close_write());
        case 4: return describe(e.key_update());
        default: return describe(e.export_keying_material(scratch, "EXPERIMENTAL-tlseam-test"));
    }
}

void check_row(const row& row, role role, protocol_version version) {
    static constexpr const char* verbs[] = {"handshake",   "read",       "write",
                                            "close_write", "key_update", "export_keying_material"};
    for (std::size_t verb = 0; verb < seam::verb_count; ++verb) {
        SCOPED_TRACE(std::string(row.state) + " " + verbs[verb]);
        pair_settings settings(version);
        settings.client.exporter = settings.server.exporter = true;
        engine_pair pair{settings};
        engine& ours = role == role::client ? pair.client : pair.server;
        engine& theirs = role == role::client ? pair.server : pair.client;
        ASSERT_NO_FATAL_FAILURE(enter(row.state, pair, ours, theirs));
        ours.consume_output(ours.output().size());
        std::string got = call(verb, ours);
        if (const auto sent = count_records(ours.output()); sent != 0) got += "+" + std::to_string(sent);
        EXPECT_EQ(got, row.verbs[verb]);
        // The same call again says the same, unless it was the one that used the state up.
        if (std::string_view(row.state) == "failed" || got == "closed" || got == "misuse" || got == "unsupported") {
            EXPECT_EQ(call(verb, ours), got);
        }
    }
}

TEST(StateTable, ClientTls13) {
    for (const row& row : client_1_3) check_row(row, role::client, protocol_version::tls1_3);
}
TEST(StateTable, ClientTls12) {
    for (const row& row : client_1_2) check_row(row, role::client, protocol_version::tls1_2);
}
TEST(StateTable, ServerTls13) {
    check_row(server_fresh, role::server, protocol_version::tls1_3);
    for (const row& row : std::span(client_1_3).subspan(1)) check_row(row, role::server, protocol_version::tls1_3);
}
TEST(StateTable, ServerTls12) {
    check_row(server_fresh, role::server, protocol_version::tls1_2);
    for (const row& row : std::span(client_1_2).subspan(1)) check_row(row, role::server, protocol_version::tls1_2);
}
TEST(StateTable, CoversEveryState) {
    EXPECT_EQ(std::size(client_1_3), seam::state_count);
    EXPECT_EQ(std::size(client_1_2), seam::state_count);
    EXPECT_EQ(client_1_3[0].verbs.size(), seam::verb_count);
}

TEST(StateTable, Tls13HalvesCloseOneByOne) {
    engine_pair pair;
    ASSERT_EQ(word(pair.handshake()), "ok");
    ASSERT_EQ(word(pair.client.close_write()), "ok");
    engine_pair::move_bytes(pair.client, pair.server);
    std::byte scratch[8];
    EXPECT_EQ(pair.server.read_some(scratch).value_or(9), 0U);
    EXPECT_EQ(pair.server.write_some(bytes("late")).value_or(0), 4U);
    ASSERT_EQ(word(pair.server.close_write()), "ok");
    engine_pair::move_bytes(pair.server, pair.client);
    EXPECT_EQ(pair.client.read_some(scratch).value_or(0), 4U);
    EXPECT_EQ(pair.client.read_some(scratch).value_or(9), 0U);
    EXPECT_EQ(pair.client.read_some(scratch).value_or(9), 0U);
}

TEST(StateTable, Tls12ThrowsLateDataAwayUntilTheEnd) {
    engine_pair pair{pair_settings(protocol_version::tls1_2)};
    ASSERT_EQ(word(pair.handshake()), "ok");
    ASSERT_EQ(word(pair.client.close_write()), "ok");
    for (int i = 0; i < 3; ++i) ASSERT_EQ(pair.server.write_some(buffer(5000)).value_or(0), 5000U);
    ASSERT_EQ(word(pair.server.close_write()), "ok");
    engine_pair::move_bytes(pair.server, pair.client);
    std::byte scratch[8];
    EXPECT_EQ(pair.client.pending(), 0U);
    EXPECT_EQ(pair.client.read_some(scratch).value_or(9), 0U);
}

TEST(StateTable, EmptySpansMeanNothing) {
    engine_pair pair;
    ASSERT_EQ(word(pair.handshake()), "ok");
    EXPECT_EQ(pair.client.read_some({}).value_or(9), 0U);
    EXPECT_EQ(pair.client.write_some({}).value_or(9), 0U);
    EXPECT_TRUE(pair.client.output().empty());
    ASSERT_EQ(word(pair.client.close_write()), "ok");
    EXPECT_EQ(word(pair.client.write_some({})), "closed");
}

TEST(StateTable, EndOfInputIsTruncatedUnlessCloseNotifyCameFirst) {
    engine_pair cut;
    ASSERT_EQ(word(cut.handshake()), "ok");
    std::byte scratch[8];
    ASSERT_EQ(cut.server.write_some(bytes("abc")).value_or(0), 3U);
    engine_pair::move_bytes(cut.server, cut.client);
    cut.client.end_of_input();
    EXPECT_EQ(cut.client.read_some(scratch).value_or(0), 3U);
    EXPECT_EQ(word(cut.client.read_some(scratch)), "truncated");
    EXPECT_EQ(word(cut.client.write_some(bytes("x"))), "truncated");
    EXPECT_EQ(word(cut.client.feed(bytes("x"))), "misuse");

    engine_pair clean;
    ASSERT_EQ(word(clean.handshake()), "ok");
    ASSERT_EQ(word(clean.server.close_write()), "ok");
    engine_pair::move_bytes(clean.server, clean.client);
    clean.client.end_of_input();
    EXPECT_EQ(clean.client.read_some(scratch).value_or(9), 0U);
    EXPECT_EQ(clean.client.read_some(scratch).value_or(9), 0U);
}

TEST(StateTable, NothingBehindCloseNotifyIsConsumed) {
    engine_pair pair;
    ASSERT_EQ(word(pair.handshake()), "ok");
    ASSERT_EQ(word(pair.server.close_write()), "ok");
    engine_pair::move_bytes(pair.server, pair.client);
    ASSERT_EQ(word(pair.client.feed(bytes("next protocol"))), "ok");
    std::byte scratch[8];
    EXPECT_EQ(pair.client.read_some(scratch).value_or(9), 0U);
    EXPECT_EQ(text(pair.client.unread()), "next protocol");
}

TEST(StateTable, EndOfInputInTheHandshakeIsTruncated) {
    engine_pair pair;
    pair.server.end_of_input();
    EXPECT_EQ(word(pair.server.handshake()), "truncated");
    EXPECT_EQ(word(pair.client.handshake()), "want_read");
    pair.client.end_of_input();
    EXPECT_EQ(word(pair.client.handshake()), "truncated");
    EXPECT_EQ(word(pair.client.close_write()), "truncated");
}

TEST(StateTable, AnAlertInTheHandshakeIsThePeersVerdict) {
    engine_pair pair;
    ASSERT_EQ(word(pair.client.handshake()), "want_read");
    ASSERT_EQ(word(pair.client.feed(record(21, bytes({2, 112})))), "ok");
    const auto failed = pair.client.handshake();
    ASSERT_EQ(word(failed), "alert_received");
    EXPECT_EQ(failed.error().alert().value_or(0), 112);
    EXPECT_EQ(failed.error().origin(), error_origin::peer);
    EXPECT_NE(failed.error().message().find("unrecognized_name"), std::string::npos);
}

TEST(StateTable, SmallReadsEmptyARecordBitByBit) {
    engine_pair pair;
    ASSERT_EQ(word(pair.handshake()), "ok");
    ASSERT_EQ(pair.server.write_some(bytes("hello")).value_or(0), 5U);
    engine_pair::move_bytes(pair.server, pair.client);
    std::byte two[2];
    EXPECT_EQ(pair.client.pending(), 0U);
    EXPECT_EQ(pair.client.read_some(two).value_or(0), 2U);
    EXPECT_EQ(pair.client.pending(), 3U);
    EXPECT_EQ(pair.client.read_some(two).value_or(0), 2U);
    EXPECT_EQ(pair.client.read_some(two).value_or(0), 1U);
    EXPECT_EQ(word(pair.client.read_some(two)), "want_read");
}

}  // namespace
