// SPDX-License-Identifier: Apache-2.0
// Clients that say a byte now and then ("slow loris"), as many as there may be descriptors, at a server with one
// thread: a good client is served all the same, and the others have until the deadline of their handshake.
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "bench/scale/event_loop.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/service.hpp"
#include "tests/support/stream_pair.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

#ifdef __has_feature
#define HAS_FEATURE(what) __has_feature(what)
#else
#define HAS_FEATURE(what) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || HAS_FEATURE(address_sanitizer) || \
    HAS_FEATURE(thread_sanitizer)
constexpr std::size_t most = 200;
#else
constexpr std::size_t most = 2000;
#endif

/// As many as the system allows, both ends being ours.
std::size_t count_allowed() {
    rlimit limit = {};
    EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
    constexpr std::size_t others = 200;
    return std::min(most, static_cast<std::size_t>(std::min<rlim_t>(limit.rlim_cur, 1'000'000) - others) / 2);
}

/// A server on one thread (an echo), which ends with this object.
class one_thread_server {
public:
    one_thread_server(const contexts& made, std::chrono::milliseconds handshake_limit)
        : listener_(or_throw(listener::bind(made.server, "127.0.0.1", 0, {.backlog = 4096}))),
          line_(socket_pair()),
          serving_(in_background([this, handshake_limit] {
              scale::event_loop loop(listener_, handshake_limit);
              loop.run_until_readable(line_.b.get());
              return loop.overdue;
          })) {}
    ~one_thread_server() { (void)stop(); }
    one_thread_server(const one_thread_server&) = delete;
    one_thread_server& operator=(const one_thread_server&) = delete;

    [[nodiscard]] const listener& door() const { return listener_; }
    /// How many were dropped at their deadline.
    std::size_t stop() {
        if (!serving_.valid()) return 0;
        send_all(line_.a.get(), "stop");
        return serving_.get();
    }

private:
    listener listener_;
    socket_ends line_;
    std::future<std::size_t> serving_;
};

/// Clients that have the same hello to say, and take their time.
class slow_clients {
public:
    slow_clients(const contexts& made, const listener& to, std::size_t count) {
        auto speaker = or_throw(engine::create(made.client, made.names));
        EXPECT_TRUE(needs_input(speaker.handshake()));
        hello_.assign(speaker.output().begin(), speaker.output().end());
        for (std::size_t i = 0; i < count; ++i) sockets_.push_back(tcp_connect(port_of(to)));
    }
    /// The next byte of each.
    void drip() {
        for (const unique_fd& each : sockets_) send_all(each.get(), std::span(hello_).subspan(said_, 1));
        ++said_;
    }
    /// Waits with patience until the server has closed them all; how many it has.
    [[nodiscard]] std::size_t ended() const {
        return static_cast<std::size_t>(
            std::ranges::count_if(sockets_, [](const unique_fd& each) { return wait_for(each.get(), POLLIN); }));
    }

private:
    std::vector<std::byte> hello_;
    std::size_t said_ = 0;
    std::vector<unique_fd> sockets_;
};

void expect_echo(const contexts& made, const listener& door) {
    auto good = call(made, door);
    ASSERT_TRUE(ok(good));
    ASSERT_TRUE(ok(good->write_all(as_bytes("still there?"), soon())));
    std::vector<std::byte> answer(12);
    EXPECT_TRUE(ok(good->read_exactly(answer, soon())));
}

TEST(slow_clients, do_not_keep_a_server_from_good_ones) {
    const contexts made;
    const std::size_t count = count_allowed();
    ASSERT_GE(count, 100U) << "the system allows too few descriptors";
    one_thread_server server(made, patience);
    slow_clients slow(made, server.door(), count);
    for (int round = 0; round < 8; ++round) {
        slow.drip();
        expect_echo(made, server.door());
    }
    EXPECT_EQ(server.stop(), 0U);
}

TEST(slow_clients, are_dropped_at_the_deadline_of_their_handshake) {
    const contexts made;
    constexpr std::size_t count = 50;
    one_thread_server server(made, std::chrono::milliseconds(200));
    slow_clients slow(made, server.door(), count);
    slow.drip();
    slow.drip();
    EXPECT_EQ(slow.ended(), count);
    EXPECT_EQ(server.stop(), count);
}

}  // namespace
