// SPDX-License-Identifier: Apache-2.0
// Accepting clients, good, bad and many; and what ends the waiting for them.
#include <poll.h>

#include <atomic>
#include <stop_token>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/expect.hpp"
#include "tests/support/service.hpp"
#include "tests/support/stream_pair.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

// ---- clients: LST-001, LST-002, LST-008, LIM-003 ----

TEST(listener_clients, are_served_one_after_another) {
    const contexts made;
    auto l = listening(made);
    for (int i = 0; i < 10; ++i) expect_service(made, l);
}

TEST(listener_clients, that_say_nothing_do_not_block_the_next) {
    const contexts made;
    auto l = listening(made);
    const auto silent = tcp_connect(port_of(l));
    auto first = l.accept(soon());
    ASSERT_TRUE(ok(first));
    expect_service(made, l);
    EXPECT_TRUE(fails_with(first->handshake(briefly()), errc::timed_out));
}

TEST(listener_clients, that_close_at_once_do_no_harm) {
    const contexts made;
    auto l = listening(made);
    for (int i = 0; i < 5; ++i) {
        tcp_connect(port_of(l)).reset();
        auto peer = l.accept(soon());
        ASSERT_TRUE(ok(peer));
        EXPECT_TRUE(fails_with(peer->handshake(soon()), errc::truncated));
    }
    expect_service(made, l);
}

TEST(listener_clients, that_reset_at_once_do_no_harm) {
    const contexts made;
    auto l = listening(made);
    for (int i = 0; i < 5; ++i) {
        auto fd = tcp_connect(port_of(l));
        reset_on_close(fd.get());
        fd.reset();
        auto peer = l.accept(soon());
        ASSERT_TRUE(ok(peer));
        EXPECT_TRUE(fails_with(peer->handshake(soon()), errc::connection_reset));
    }
    expect_service(made, l);
}

// HS-018
TEST(listener_clients, that_speak_http_or_garbage_are_told_apart) {
    const contexts made;
    auto l = listening(made);
    const std::pair<std::string, errc> cases[] = {{"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", errc::plaintext_http},
                                                  {"EHLO client.example\r\n", errc::not_tls},
                                                  {std::string(1000, '\0'), errc::not_tls}};
    for (const auto& [text, expected] : cases) {
        const auto fd = tcp_connect(port_of(l));
        send_all(fd.get(), text);
        auto peer = l.accept(soon());
        ASSERT_TRUE(ok(peer));
        EXPECT_TRUE(fails_with(peer->handshake(soon()), expected)) << text;
    }
    expect_service(made, l);
}

// LST-009
TEST(listener_clients, that_fail_are_named_by_their_address) {
    const contexts made;
    auto l = listening(made);
    const auto fd = tcp_connect(port_of(l));
    send_all(fd.get(), "GET / HTTP/1.1\r\n\r\n");
    auto peer = l.accept(soon());
    ASSERT_TRUE(ok(peer));
    const auto address = or_throw(peer->peer_address());
    const auto done = peer->handshake(soon());
    ASSERT_FALSE(done);
    EXPECT_EQ(address.host, "127.0.0.1");
    EXPECT_NE(address.port, 0);
}

// LST-001, ROB-007
TEST(listener_clients, are_served_many_at_once) {
    const contexts made;
    auto l = listening(made);
    constexpr int count = 24;
    std::atomic<int> served = 0, answered = 0;
    {
        std::vector<std::future<void>> work;
        for (int i = 0; i < count; ++i) {
            work.push_back(in_background([&] {
                auto peer = l.accept(soon());
                if (!peer) return;
                const auto text = read_text(*peer);
                if (text && peer->write_all(as_bytes(*text), soon())) ++served;
            }));
        }
        for (int i = 0; i < count; ++i) {
            work.push_back(in_background([&, i] {
                auto client = call(made, l);
                const std::string text = "client " + std::to_string(i);
                if (!client || !client->write_all(as_bytes(text), soon())) return;
                if (read_text(*client).value_or("failed") == text) ++answered;
            }));
        }
    }
    EXPECT_EQ(served, count);
    EXPECT_EQ(answered, count);
}

// ---- accept: LST-006 ----

TEST(accept, ends_at_the_deadline_and_may_begin_again) {
    const contexts made;
    auto l = listening(made);
    EXPECT_TRUE(fails_with(l.accept(briefly()), errc::timed_out));
    EXPECT_TRUE(fails_with(l.accept(briefly()), errc::timed_out));
    expect_service(made, l);
}

TEST(accept, ends_when_a_stop_is_requested) {
    const contexts made;
    auto l = listening(made);
    std::stop_source source;
    auto accepting = in_background([&] { return l.accept(within(patience, source.get_token())); });
    (void)accepting.wait_for(std::chrono::milliseconds(20));
    source.request_stop();
    EXPECT_TRUE(fails_with(accepting.get(), errc::cancelled));
    EXPECT_TRUE(fails_with(l.accept(within(patience, source.get_token())), errc::cancelled));
    expect_service(made, l);
}

TEST(accept, ends_in_every_thread_when_the_listener_closes) {
    const contexts made;
    auto l = listening(made);
    auto a = in_background([&] { return l.accept(soon()); });
    auto b = in_background([&] { return l.accept(soon()); });
    (void)a.wait_for(std::chrono::milliseconds(20));
    l.close();
    EXPECT_TRUE(fails_with(a.get(), errc::closed));
    EXPECT_TRUE(fails_with(b.get(), errc::closed));
}

TEST(accept, after_close_is_closed) {
    const contexts made;
    auto l = listening(made);
    const auto port = port_of(l);
    l.close();
    l.close();
    EXPECT_TRUE(fails_with(l.accept(soon()), errc::closed));
    EXPECT_TRUE(fails_with(l.local_address(), errc::closed));
    EXPECT_TRUE(l.native_handles().empty());
    EXPECT_TRUE(
        fails_with(stream::connect(made.client, "127.0.0.1", port, made.names, soon()), errc::connection_refused));
}

TEST(accept, leaves_streams_alone_when_the_listener_closes) {
    const contexts made;
    auto l = listening(made);
    auto serving = in_background([&] {
        auto peer = or_throw(l.accept(soon()));
        or_throw(peer.handshake(soon()));
        return peer;
    });
    auto client = or_throw(call(made, l));
    auto server = serving.get();
    l.close();
    EXPECT_EQ(carry(client, server, "lives on"), "lives on");
}

TEST(accept, works_with_poll_on_the_native_handles) {
    const contexts made;
    auto l = listening(made);
    const auto fd = tcp_connect(port_of(l));
    ASSERT_EQ(l.native_handles().size(), 1U);
    EXPECT_TRUE(wait_for(l.native_handles().front(), POLLIN));
    const wait_options at_once{.deadline = std::chrono::steady_clock::now()};
    EXPECT_TRUE(ok(l.accept(at_once)));
    EXPECT_TRUE(fails_with(l.accept(at_once), errc::timed_out));
}

}  // namespace
