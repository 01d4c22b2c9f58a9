// SPDX-License-Identifier: Apache-2.0
// Existing sockets under a stream: whose they are, what is left alone, what is refused.
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/bytes.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/stream_pair.hpp"
#include "tests/support/temp_dir.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

TEST(wrap, takes_the_socket_and_closes_it_in_the_end) {
    const contexts made;
    auto ends = socket_pair();
    const int fd = ends.a.get();
    {
        auto client = or_throw(stream::wrap(made.client, ends.a.get(), made.names));
        ends.a.release();
        EXPECT_EQ(client.native_handle(), fd);
    }
    EXPECT_TRUE(receive_to_end(ends.b.get()).empty());
}

// CLS-014
TEST(wrap, that_fails_leaves_the_socket_with_the_caller) {
    const contexts made;
    auto ends = socket_pair();
    EXPECT_TRUE(fails_with(stream::wrap(made.client, ends.a.get()), errc::invalid_argument));
    EXPECT_TRUE(
        fails_with(stream::wrap(made.client, ends.a.get(), {.server_name = "not a name"}), errc::invalid_argument));
    EXPECT_TRUE(fails_with(stream::wrap(made.server, ends.b.get(), {.server_name = "localhost"}), errc::misuse));
    ASSERT_TRUE(is_open(ends.a.get()));
    ASSERT_TRUE(is_open(ends.b.get()));
    send_all(ends.a.get(), "still mine");
    EXPECT_EQ(to_text(receive_some(ends.b.get())), "still mine");
}

TEST(wrap, takes_stream_sockets_and_nothing_else) {
    const contexts made;
    const temp_dir dir;
    const unique_fd file(::open(dir.write("file", "x").c_str(), O_RDWR | O_CLOEXEC));
    const unique_fd datagrams(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const unique_fd in(ends[0]), out(ends[1]);
    for (const int fd : {-1, file.get(), datagrams.get(), in.get(), out.get()}) {
        EXPECT_TRUE(fails_with(stream::wrap(made.client, fd, made.names), errc::invalid_argument)) << fd;
        EXPECT_TRUE(fails_with(stream::wrap(made.server, fd), errc::invalid_argument)) << fd;
    }
    for (const int fd : {file.get(), datagrams.get(), in.get(), out.get()}) EXPECT_TRUE(is_open(fd));
}

TEST(wrap, does_not_change_the_flags_of_the_socket) {
    for (const bool nonblocking : {false, true}) {
        auto ends = socket_pair();
        if (nonblocking) {
            set_nonblocking(ends.a.get());
            set_nonblocking(ends.b.get());
        }
        const int before = ::fcntl(ends.a.get(), F_GETFL);
        auto pair = wrap_both(std::move(ends));
        ASSERT_TRUE(ok(handshake_both(pair).client));
        EXPECT_EQ(carry(pair.client, pair.server, "hello"), "hello");
        pair.client.set_blocking(false);
        EXPECT_TRUE(fails_with(read_text(pair.client), errc::want_read));
        EXPECT_EQ(::fcntl(pair.client.native_handle(), F_GETFL), before);
    }
}

// Blocking is the stream's own property: it waits on a socket that would not, and does not on one that would.
TEST(wrap, makes_calls_wait_whatever_the_socket_would_do) {
    auto ends = socket_pair();
    set_nonblocking(ends.a.get());
    auto pair = wrap_both(std::move(ends));
    ASSERT_TRUE(ok(handshake_both(pair).client));
    std::byte buffer[16];
    EXPECT_TRUE(fails_with(pair.client.read_some(buffer, briefly()), errc::timed_out));
}

// HS-028
TEST(wrap, takes_bytes_that_the_caller_read_already) {
    const contexts made;
    for (const std::size_t count : {std::size_t{1}, std::size_t{5}, std::size_t{100}}) {
        auto ends = socket_pair();
        auto client = or_throw(stream::wrap(made.client, ends.a.get(), made.names));
        ends.a.release();
        auto calling = in_background([&] { return client.handshake(soon()); });
        ASSERT_TRUE(wait_for(ends.b.get(), POLLIN));
        std::vector<std::byte> first(count);
        ASSERT_EQ(::recv(ends.b.get(), first.data(), first.size(), MSG_WAITALL), static_cast<ssize_t>(count));
        auto server = or_throw(stream::wrap(made.server, ends.b.get(), {}, first));
        ends.b.release();
        EXPECT_TRUE(ok(server.handshake(soon()))) << count;
        EXPECT_TRUE(ok(calling.get())) << count;
        EXPECT_EQ(carry(client, server, "hello"), "hello");
    }
}

TEST(wrap, sees_that_bytes_read_already_are_not_tls) {
    const contexts made;
    auto ends = socket_pair();
    auto server = or_throw(stream::wrap(made.server, ends.b.get(), {}, as_bytes("GET / HTTP/1.1\r\n\r\n")));
    ends.b.release();
    EXPECT_TRUE(fails_with(server.handshake(soon()), errc::plaintext_http));
}

TEST(wrap, lets_the_context_go_before_the_stream) {
    std::optional<stream_pair> pair;
    {
        const contexts made;
        pair = wrap_both(socket_pair(), made);
    }
    ASSERT_TRUE(ok(handshake_both(*pair).client));
    EXPECT_EQ(carry(pair->client, pair->server, "hello"), "hello");
}

TEST(addresses, of_both_ends_fit_together) {
    auto pair = open_tcp_streams();
    const auto client = pair.client.local_address();
    const auto server = pair.server.local_address();
    ASSERT_TRUE(ok(client));
    ASSERT_TRUE(ok(server));
    EXPECT_EQ(client->host, "127.0.0.1");
    EXPECT_NE(client->port, 0);
    EXPECT_EQ(or_throw(pair.server.peer_address()), *client);
    EXPECT_EQ(or_throw(pair.client.peer_address()), *server);
    EXPECT_EQ(client->to_string(), "127.0.0.1:" + std::to_string(client->port));
}

TEST(addresses, are_written_with_brackets_when_they_are_of_version_6) {
    EXPECT_EQ((socket_address{.host = "::1", .port = 443}.to_string()), "[::1]:443");
    EXPECT_EQ((socket_address{.host = "127.0.0.1", .port = 443}.to_string()), "127.0.0.1:443");
}

}  // namespace
