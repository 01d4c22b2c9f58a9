// SPDX-License-Identifier: Apache-2.0
// The transport's side of an engine: output that nobody takes, input in pieces, bytes behind the end.
#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/bytes.hpp"
#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

class partial_io : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, partial_io, both_versions(), version_name());

/// Writes until the engine wants its output to be taken; the data that it accepted.
std::vector<std::byte> fill(engine& e) {
    std::vector<std::byte> accepted;
    const auto block = pattern(10'000, 7);
    for (int i = 0; i < 2'000; ++i) {
        const auto count = e.write_some(block);
        if (!count) {
            EXPECT_TRUE(fails_with(count, errc::want_write));
            return accepted;
        }
        accepted.insert(accepted.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(*count));
    }
    ADD_FAILURE() << "20 MB of output that nobody takes, and still no want_write";
    return accepted;
}

// NB-001
TEST_P(partial_io, wants_write_when_nobody_takes_its_output) {
    auto pair = open_pair(only(version()));
    const auto accepted = fill(pair.client);
    EXPECT_GT(accepted.size(), 16384U);
    EXPECT_LT(accepted.size(), std::size_t{4} << 20U);
}

TEST_P(partial_io, takes_nothing_of_a_write_that_wants_write) {
    auto pair = open_pair(only(version()));
    (void)fill(pair.client);
    const auto size = pair.client.output().size();
    EXPECT_TRUE(fails_with(pair.client.write_some(as_bytes("more")), errc::want_write));
    EXPECT_EQ(pair.client.output().size(), size);
}

TEST_P(partial_io, goes_on_after_want_write_and_loses_nothing) {
    auto pair = open_pair(only(version()));
    const auto accepted = fill(pair.client);
    pair.move_all();
    std::vector<std::byte> received;
    std::vector<std::byte> buffer(65536);
    while (const auto count = pair.server.read_some(buffer)) {
        received.insert(received.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*count));
        if (*count == 0 || received.size() > accepted.size()) break;
    }
    EXPECT_EQ(received, accepted);
    EXPECT_EQ(carry(pair, pair.client, pair.server, "and more"), "and more");
}

TEST_P(partial_io, reads_while_it_wants_write) {
    auto pair = open_pair(only(version()));
    (void)fill(pair.client);
    pair.to_server.dials.quota = 0;
    EXPECT_EQ(carry(pair, pair.server, pair.client, "the other way"), "the other way");
}

TEST_P(partial_io, output_may_be_taken_in_any_portions) {
    auto pair = open_pair(only(version()));
    const auto sent = pattern(30'000);
    std::size_t written = 0;
    while (written < sent.size()) written += or_throw(pair.client.write_some(std::span(sent).subspan(written)));
    std::vector<std::byte> received;
    std::vector<std::byte> buffer(65536);
    for (std::size_t step = 1; !pair.client.output().empty(); step = step * 2 + 1) {
        const auto part = pair.client.output().first(std::min(step, pair.client.output().size()));
        ASSERT_TRUE(ok(pair.server.feed(part)));
        pair.client.consume_output(part.size());
        while (const auto count = pair.server.read_some(buffer)) {
            received.insert(received.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*count));
            if (*count == 0) break;
        }
    }
    EXPECT_EQ(received, sent);
}

TEST_P(partial_io, output_is_gone_when_more_than_all_is_consumed) {
    auto pair = open_pair(only(version()));
    ASSERT_TRUE(ok(pair.client.write_some(as_bytes("lost"))));
    pair.client.consume_output(unlimited);
    EXPECT_TRUE(pair.client.output().empty());
}

TEST_P(partial_io, consuming_nothing_changes_nothing) {
    auto pair = open_pair(only(version()));
    ASSERT_TRUE(ok(pair.client.write_some(as_bytes("kept"))));
    const std::vector<std::byte> before(pair.client.output().begin(), pair.client.output().end());
    pair.client.consume_output(0);
    EXPECT_EQ(std::vector<std::byte>(pair.client.output().begin(), pair.client.output().end()), before);
}

TEST_P(partial_io, half_a_record_wants_read_and_the_rest_completes_it) {
    auto pair = open_pair(only(version()));
    ASSERT_TRUE(ok(pair.client.write_some(as_bytes("in two parts"))));
    pair.to_server.dials.stall_at = pair.to_server.delivered() + 10;
    pair.move_all();
    EXPECT_TRUE(fails_with(read_text(pair.server), errc::want_read));
    EXPECT_TRUE(fails_with(read_text(pair.server), errc::want_read));
    pair.to_server.dials.stall_at = unlimited;
    pair.move_all();
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "in two parts");
}

// ROB-002
TEST_P(partial_io, a_handshake_that_stalls_at_any_byte_waits_and_goes_on) {
    const contexts shared(only(version(), "server-rsa"));
    const auto size = measure_handshake(shared);
    for (std::size_t at = 0; at < std::max(size.to_server, size.to_client); at += 97) {
        auto pair = new_pair(shared);
        pair.to_server.dials.stall_at = at;
        pair.to_client.dials.stall_at = at;
        const auto stalled = run_handshake(pair);
        EXPECT_FALSE(failed_for_good(stalled.client)) << at << ": " << describe(stalled.client);
        EXPECT_FALSE(failed_for_good(stalled.server)) << at << ": " << describe(stalled.server);
        pair.to_server.dials.stall_at = pair.to_client.dials.stall_at = unlimited;
        EXPECT_TRUE(run_handshake(pair).complete()) << at;
    }
}

TEST_P(partial_io, feeding_nothing_is_fine) {
    auto pair = open_pair(only(version()));
    EXPECT_TRUE(ok(pair.server.feed({})));
    EXPECT_TRUE(fails_with(read_text(pair.server), errc::want_read));
}

TEST_P(partial_io, feeding_after_the_end_of_input_is_misuse) {
    auto pair = open_pair(only(version()));
    ASSERT_TRUE(ok(pair.client.write_some(as_bytes("x"))));
    pair.server.end_of_input();
    EXPECT_TRUE(fails_with(pair.server.feed(pair.client.output()), errc::misuse));
}

TEST_P(partial_io, fed_bytes_are_unread_until_a_verb_uses_them) {
    auto pair = open_pair(only(version()));
    EXPECT_TRUE(pair.server.unread().empty());
    ASSERT_TRUE(ok(pair.client.write_some(as_bytes("x"))));
    const std::vector<std::byte> sent(pair.client.output().begin(), pair.client.output().end());
    pair.move_all();
    const auto unread = pair.server.unread();
    EXPECT_EQ(std::vector<std::byte>(unread.begin(), unread.end()), sent);
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "x");
    EXPECT_TRUE(pair.server.unread().empty());
}

// HS-028, HS-029: both close_notify end TLS, not the transport.
TEST_P(partial_io, bytes_behind_both_close_notify_belong_to_the_next_protocol) {
    auto pair = open_pair(only(version()));
    ASSERT_TRUE(ok(pair.client.close_write()));
    pair.move_all();
    ASSERT_EQ(read_text(pair.server).value_or("failed"), "");
    ASSERT_TRUE(ok(pair.server.close_write()));
    std::vector<std::byte> segment(pair.server.output().begin(), pair.server.output().end());
    const auto next = to_bytes("220 the next protocol\r\n");
    segment.insert(segment.end(), next.begin(), next.end());
    ASSERT_TRUE(ok(pair.client.feed(segment)));
    EXPECT_EQ(read_text(pair.client).value_or("failed"), "");
    EXPECT_EQ(to_text(pair.client.unread()), to_text(next));
    EXPECT_EQ(read_text(pair.client).value_or("failed"), "");
    EXPECT_EQ(to_text(pair.client.unread()), to_text(next));
}

}  // namespace
