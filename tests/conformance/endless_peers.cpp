// SPDX-License-Identifier: Apache-2.0
// Peers that always have more to say: no other thread waits for them to come to an end, and nobody takes in what nobody
// reads. (Deadlines and stop requests: tests/fault_injection/endless_peers.cpp.)
#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <vector>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/bytes.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/stream_pair.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

/// A client's stream whose server sends as fast as can be: what it has to say is encrypted beforehand. Much, but not
/// endless, so that a call that waits for its end fails its test and does not hang it.
class flooded {
public:
    explicit flooded(protocol_version version)
        : made_(only(version)), ends_(socket_pair()), client(wrap()) {
        auto server = or_throw(engine::create(made_.server));
        auto shaking = in_background([&] { return client.handshake(soon()); });
        const int fd = ends_.b.get();
        while (needs_input(server.handshake())) {
            send_all(fd, take(server));
            or_throw(server.feed(receive_some(fd)));
        }
        send_all(fd, take(server));
        EXPECT_TRUE(ok(shaking.get()));
        const auto data = pattern(16384);
        while (ciphertext_.size() < enough) {
            EXPECT_TRUE(ok(server.write_some(data)));
            const auto more = take(server);
            ciphertext_.insert(ciphertext_.end(), more.begin(), more.end());
        }
        set_nonblocking(fd);
        sending_ = in_background([this] { send(); });
    }
    ~flooded() {
        over_ = true;
        sending_.get();
    }
    flooded(const flooded&) = delete;
    flooded& operator=(const flooded&) = delete;

private:
    static constexpr std::size_t enough = std::size_t{32} << 20U;

    static std::vector<std::byte> take(engine& from) {
        std::vector<std::byte> out(from.output().begin(), from.output().end());
        from.consume_output(out.size());
        return out;
    }
    stream wrap() {
        auto made = or_throw(stream::wrap(made_.client, ends_.a.get(), made_.names));
        ends_.a.release();
        return made;
    }
    void send() {
        while (!over_ && sent_ < ciphertext_.size()) {
            pollfd room = {.fd = ends_.b.get(), .events = POLLOUT, .revents = 0};
            if (::poll(&room, 1, 10) < 1) continue;
            const auto rest = std::span(ciphertext_).subspan(sent_);
            const auto count = ::send(ends_.b.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
            if (count > 0) sent_ += static_cast<std::size_t>(count);
        }
    }

    contexts made_;
    socket_ends ends_;
    std::vector<std::byte> ciphertext_;
    std::atomic<std::size_t> sent_ = 0;
    std::atomic<bool> over_ = false;
    std::future<void> sending_;

public:
    stream client;
};

/// Between two tries.
constexpr auto a_moment = std::chrono::milliseconds(5);

class endless_data : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, endless_data, both_versions(), version_name());

// cancel() needs the stream for a moment, which is busy.
TEST_P(endless_data, does_not_keep_shutdown_from_being_cancelled) {
    flooded by(version());
    auto ending = in_background([&] { return by.client.shutdown(soon()); });
    // It ends calls that are under way, and this one may not have begun.
    while (ending.wait_for(a_moment) == std::future_status::timeout) by.client.cancel();
    EXPECT_TRUE(fails_with(ending.get(), errc::cancelled));
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
