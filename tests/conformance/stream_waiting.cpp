// SPDX-License-Identifier: Apache-2.0
// Deadlines, stop tokens and cancel(): they end a wait and nothing else.
#include <atomic>
#include <stop_token>
#include <thread>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/bytes.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/stream_pair.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

class waiting : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, waiting, both_versions(), version_name());

/// A stop request that has been made.
std::stop_token stopped() {
    std::stop_source source;
    source.request_stop();
    return source.get_token();
}

// IO-022
TEST_P(waiting, to_read_ends_at_the_deadline_and_may_begin_again) {
    auto pair = open_streams(only(version()));
    std::byte buffer[16];
    EXPECT_TRUE(fails_with(pair.client.read_some(buffer, briefly()), errc::timed_out));
    EXPECT_TRUE(fails_with(pair.client.read_some(buffer, briefly()), errc::timed_out));
    EXPECT_EQ(carry(pair.server, pair.client, "in the end"), "in the end");
    EXPECT_EQ(carry(pair.client, pair.server, "and back"), "and back");
}

TEST_P(waiting, does_not_begin_when_the_deadline_has_passed) {
    auto pair = open_streams(only(version()));
    const wait_options past{.deadline = std::chrono::steady_clock::now() - std::chrono::hours(1)};
    std::byte buffer[16];
    EXPECT_TRUE(fails_with(pair.client.read_some(buffer, past), errc::timed_out));
    ASSERT_TRUE(ok(pair.server.write_all(as_bytes("there"), soon())));
    EXPECT_EQ(pair.client.read_some(buffer, past).value_or(0), 5U);
}

// HS-016
TEST_P(waiting, for_a_handshake_ends_at_the_deadline_and_may_begin_again) {
    auto pair = wrap_both(socket_pair(), contexts(only(version())));
    EXPECT_TRUE(fails_with(pair.client.handshake(briefly()), errc::timed_out));
    EXPECT_TRUE(fails_with(pair.client.handshake(briefly()), errc::timed_out));
    const auto seen = handshake_both(pair);
    EXPECT_TRUE(ok(seen.client));
    EXPECT_TRUE(ok(seen.server));
    EXPECT_EQ(carry(pair.client, pair.server, "hello"), "hello");
}

// HS-016: a byte now and then does not move the deadline.
TEST_P(waiting, is_not_prolonged_by_a_peer_that_drips) {
    const contexts made(only(version()));
    auto ends = socket_pair();
    auto server = or_throw(stream::wrap(made.server, ends.b.get()));
    ends.b.release();
    auto client = or_throw(engine::create(made.client, made.names));
    ASSERT_TRUE(needs_input(client.handshake()));
    const auto hello = client.output();
    auto serving = in_background([&] { return server.handshake(within(std::chrono::milliseconds(100))); });
    std::size_t sent = 0;
    while (serving.wait_for(std::chrono::milliseconds(5)) == std::future_status::timeout && sent + 1 < hello.size()) {
        send_all(ends.a.get(), hello.subspan(sent++, 1));
    }
    EXPECT_TRUE(fails_with(serving.get(), errc::timed_out));
}

// IO-023
TEST_P(waiting, to_write_ends_at_the_deadline_and_nothing_is_lost_or_doubled) {
    auto pair = open_streams(only(version()));
    const auto sent = pattern(4'000'000);
    std::size_t accepted = 0;
    EXPECT_TRUE(fails_with(pair.client.write_all(sent, briefly(), &accepted), errc::timed_out));
    ASSERT_GT(accepted, 0U);
    ASSERT_LT(accepted, sent.size());
    std::size_t more = 0;
    EXPECT_TRUE(
        fails_with(pair.client.write_all(std::span(sent).subspan(accepted), briefly(), &more), errc::timed_out));
    accepted += more;
    std::vector<std::byte> received(sent.size());
    auto reading = in_background([&] { return pair.server.read_exactly(received, soon()); });
    EXPECT_TRUE(ok(pair.client.write_all(std::span(sent).subspan(accepted), soon(), &more)));
    EXPECT_EQ(accepted + more, sent.size());
    EXPECT_TRUE(ok(reading.get()));
    EXPECT_TRUE(received == sent);
}

TEST_P(waiting, to_write_some_takes_nothing_when_it_times_out) {
    auto pair = open_streams(only(version()));
    const auto block = pattern(16384, 3);
    std::size_t taken = 0;
    result<std::size_t> written = 0U;
    for (int i = 0; i < 1000; ++i) {
        written = pair.client.write_some(block, briefly());
        if (!written) break;
        taken += *written;
    }
    EXPECT_TRUE(fails_with(written, errc::timed_out));
    std::vector<std::byte> received(taken);
    auto reading = in_background([&] { return pair.server.read_exactly(received, soon()); });
    EXPECT_TRUE(ok(pair.client.flush(soon())));
    EXPECT_TRUE(ok(reading.get()));
    std::byte one[1];
    EXPECT_TRUE(fails_with(pair.server.read_some(one, briefly()), errc::timed_out));
    EXPECT_EQ(carry(pair.client, pair.server, "next"), "next");
}

TEST_P(waiting, for_a_whole_buffer_reports_what_came_before_the_deadline) {
    auto pair = open_streams(only(version()));
    ASSERT_TRUE(ok(pair.server.write_all(as_bytes("0123"), soon())));
    std::vector<std::byte> buffer(10);
    std::size_t received = 99;
    EXPECT_TRUE(fails_with(pair.client.read_exactly(buffer, briefly(), &received), errc::timed_out));
    ASSERT_EQ(received, 4U);
    ASSERT_TRUE(ok(pair.server.write_all(as_bytes("456789"), soon())));
    std::size_t rest = 99;
    EXPECT_TRUE(ok(pair.client.read_exactly(std::span(buffer).subspan(received), soon(), &rest)));
    EXPECT_EQ(rest, 6U);
    EXPECT_EQ(to_text(buffer), "0123456789");
}

// ---- stop tokens: HS-032 ----

TEST_P(waiting, ends_when_a_stop_is_requested_before) {
    auto pair = open_streams(only(version()));
    std::byte buffer[16];
    EXPECT_TRUE(fails_with(pair.client.read_some(buffer, within(patience, stopped())), errc::cancelled));
    EXPECT_EQ(carry(pair.server, pair.client, "still usable"), "still usable");
}

TEST_P(waiting, ends_when_a_stop_is_requested_meanwhile) {
    auto pair = open_streams(only(version()));
    std::stop_source source;
    std::byte buffer[16];
    auto reading = in_background([&] { return pair.client.read_some(buffer, within(patience, source.get_token())); });
    // Long enough that the read waits as a rule; the result is the same when it does not yet.
    (void)reading.wait_for(std::chrono::milliseconds(20));
    source.request_stop();
    EXPECT_TRUE(fails_with(reading.get(), errc::cancelled));
    EXPECT_EQ(carry(pair.server, pair.client, "still usable"), "still usable");
}

TEST_P(waiting, for_a_handshake_ends_when_a_stop_is_requested) {
    auto pair = wrap_both(socket_pair(), contexts(only(version())));
    std::stop_source source;
    auto calling = in_background([&] { return pair.client.handshake(within(patience, source.get_token())); });
    (void)calling.wait_for(std::chrono::milliseconds(20));
    source.request_stop();
    EXPECT_TRUE(fails_with(calling.get(), errc::cancelled));
    EXPECT_TRUE(ok(handshake_both(pair).server));
}

// ---- cancel() ----

/// Cancels until the call returned: one cancel() before it begins to wait would be without effect.
template <class Future>
auto cancel_until_done(stream& s, Future& call) {
    while (call.wait_for(std::chrono::milliseconds(1)) == std::future_status::timeout) s.cancel();
    return call.get();
}

TEST_P(waiting, ends_when_another_thread_cancels) {
    auto pair = open_streams(only(version()));
    std::byte buffer[16];
    auto reading = in_background([&] { return pair.client.read_some(buffer, soon()); });
    EXPECT_TRUE(fails_with(cancel_until_done(pair.client, reading), errc::cancelled));
    EXPECT_EQ(carry(pair.server, pair.client, "still usable"), "still usable");
}

TEST_P(waiting, to_write_ends_when_another_thread_cancels) {
    auto pair = open_streams(only(version()));
    const auto sent = pattern(4'000'000);
    std::size_t accepted = 0;
    auto writing = in_background([&] { return pair.client.write_all(sent, soon(), &accepted); });
    EXPECT_TRUE(fails_with(cancel_until_done(pair.client, writing), errc::cancelled));
    std::vector<std::byte> received(sent.size());
    auto reading = in_background([&] { return pair.server.read_exactly(received, soon()); });
    EXPECT_TRUE(ok(pair.client.write_all(std::span(sent).subspan(accepted), soon())));
    EXPECT_TRUE(ok(reading.get()));
    EXPECT_TRUE(received == sent);
}

TEST_P(waiting, of_a_reader_and_a_writer_ends_together_when_another_thread_cancels) {
    auto pair = open_streams(only(version()));
    std::byte buffer[16];
    const auto sent = pattern(4'000'000);
    auto reading = in_background([&] { return pair.client.read_some(buffer, soon()); });
    auto writing = in_background([&] { return pair.client.write_all(sent, soon()); });
    EXPECT_TRUE(fails_with(cancel_until_done(pair.client, reading), errc::cancelled));
    EXPECT_TRUE(fails_with(cancel_until_done(pair.client, writing), errc::cancelled));
}

TEST_P(waiting, is_not_ended_by_a_cancel_that_came_before) {
    auto pair = open_streams(only(version()));
    pair.client.cancel();
    EXPECT_EQ(carry(pair.server, pair.client, "not cancelled"), "not cancelled");
}

// ---- one reader, one writer: THR-003 ----

TEST_P(waiting, of_two_readers_is_misuse_for_one_of_them) {
    auto pair = open_streams(only(version()));
    std::atomic<int> refused = 0, served = 0;
    const auto read_once = [&] {
        const auto read = read_text(pair.client);
        if (fails_with(read, errc::misuse)) {
            ++refused;
            // Only now may the other one get something: before, both could have been served one after the other.
            EXPECT_TRUE(ok(pair.server.write_all(as_bytes("for one"), soon())));
        } else if (read && *read == "for one") {
            ++served;
        }
    };
    {
        auto a = in_background(read_once);
        auto b = in_background(read_once);
    }
    EXPECT_EQ(refused, 1);
    EXPECT_EQ(served, 1);
    EXPECT_EQ(carry(pair.server, pair.client, "unharmed"), "unharmed");
}

TEST(within_function, saturates) {
    EXPECT_EQ(within(std::chrono::milliseconds::max()).deadline, std::chrono::steady_clock::time_point::max());
    EXPECT_GT(within(std::chrono::hours(1)).deadline, std::chrono::steady_clock::now());
}

}  // namespace
