// SPDX-License-Identifier: Apache-2.0
// Peers that always have more to say: no deadline, stop request or other thread waits for them to come to an end.
#include <atomic>
#include <chrono>
#include <stop_token>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/bytes.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/stream_pair.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

/// Writes data at one end, as fast as it can, until the other end is gone. It ends by itself too, so that a call that
/// waits for its end fails its test and does not hang it.
class flood {
public:
    explicit flood(stream from) : from_(std::move(from)), writing_(in_background([this] { write(); })) {}
    ~flood() { over_ = true; }
    flood(const flood&) = delete;
    flood& operator=(const flood&) = delete;

private:
    void write() {
        const auto data = pattern(65536);
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
        while (!over_ && std::chrono::steady_clock::now() < end && from_.write_all(data, briefly())) {
        }
    }

    stream from_;
    std::atomic<bool> over_ = false;
    std::future<void> writing_;
};

constexpr auto a_while = std::chrono::milliseconds(100);

/// What a call gives, and that it gave it before the flood was over.
template <class Call>
auto in_time(Call call) {
    const auto begin = std::chrono::steady_clock::now();
    auto done = call();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(4));
    return done;
}

class endless_data : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, endless_data, both_versions(), version_name());

TEST_P(endless_data, does_not_keep_shutdown_beyond_its_deadline) {
    auto pair = open_streams(only(version()));
    const flood sent(std::move(pair.server));
    EXPECT_TRUE(fails_with(in_time([&] { return pair.client.shutdown(within(a_while)); }), errc::timed_out));
}

TEST_P(endless_data, does_not_keep_shutdown_from_being_stopped_or_cancelled) {
    for (const bool by_token : {true, false}) {
        auto pair = open_streams(only(version()));
        const flood sent(std::move(pair.server));
        std::stop_source source;
        auto ending = in_background([&] { return pair.client.shutdown(within(patience, source.get_token())); });
        (void)ending.wait_for(a_while);
        by_token ? (void)source.request_stop() : pair.client.cancel();
        EXPECT_TRUE(fails_with(in_time([&] { return ending.get(); }), errc::cancelled));
    }
}

// RFC 5246 7.2.1: after our close_notify, what comes is thrown away.
TEST(endless_data_in_tls1_2, does_not_keep_a_read_behind_our_close_beyond_its_deadline) {
    auto pair = open_streams(only(protocol_version::tls1_2));
    ASSERT_TRUE(ok(pair.client.close_write(soon())));
    const flood sent(std::move(pair.server));
    std::byte buffer[16];
    EXPECT_TRUE(fails_with(in_time([&] { return pair.client.read_some(buffer, within(a_while)); }), errc::timed_out));
}

TEST_P(endless_data, gives_a_program_that_does_not_wait_its_turn) {
    auto pair = open_streams(only(version()));
    pair.client.set_blocking(false);
    const flood sent(std::move(pair.server));
    const auto end = std::chrono::steady_clock::now() + a_while;
    while (std::chrono::steady_clock::now() < end) {
        EXPECT_TRUE(fails_with(in_time([&] { return pair.client.shutdown(); }), errc::want_read));
    }
}

// What is not read stays where it is: with the peer, whose writes come to a stop.
TEST_P(endless_data, that_nobody_reads_is_not_taken_in) {
    for (const bool reads_a_byte : {false, true}) {
        auto pair = open_streams(only(version()));
        std::byte one[1];
        ASSERT_TRUE(ok(pair.server.write_all(as_bytes("x"), soon())));
        ASSERT_TRUE(ok(pair.client.read_exactly(one, soon())));
        const auto data = pattern(4'000'000);
        std::size_t taken = 0;
        if (reads_a_byte) {
            ASSERT_TRUE(fails_with(pair.server.write_all(data, briefly(), &taken), errc::timed_out));
            ASSERT_TRUE(ok(pair.client.read_exactly(one, soon())));
        }
        std::size_t more = 0;
        EXPECT_TRUE(
            fails_with(pair.server.write_all(std::span(data).subspan(taken), briefly(), &more), errc::timed_out));
        EXPECT_LT(taken + more, std::size_t{2} << 20U);
        EXPECT_LE(pair.client.pending(), 16384U);
    }
}

// A program that asks for an end again and again must not collect what it did not read.
TEST(endless_data_in_tls1_3, is_not_taken_in_by_unwrap) {
    auto pair = open_streams(only(protocol_version::tls1_3));
    const auto data = pattern(4'000'000);
    std::size_t taken = 0, more = 0;
    ASSERT_TRUE(fails_with(pair.server.write_all(data, briefly(), &taken), errc::timed_out));
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(fails_with(pair.client.unwrap(soon()), errc::misuse));
    EXPECT_TRUE(fails_with(pair.server.write_all(std::span(data).subspan(taken), briefly(), &more), errc::timed_out));
    EXPECT_LT(more, std::size_t{1} << 20U);
}

}  // namespace
