// SPDX-License-Identifier: Apache-2.0
// Listeners: where they listen, with what context, and sockets that they take over.
#include <sys/socket.h>

#include <cerrno>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/expect.hpp"
#include "tests/support/service.hpp"
#include "tests/support/stream_pair.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

// ---- addresses: LST-003, LST-005 ----

TEST(listener_address, has_the_port_that_the_system_picked) {
    const contexts made;
    const auto l = listening(made);
    const auto address = or_throw(l.local_address());
    EXPECT_EQ(address.host, "127.0.0.1");
    EXPECT_NE(address.port, 0);
    EXPECT_EQ(or_throw(l.local_addresses()).front(), address);
    EXPECT_EQ(l.native_handles().size(), or_throw(l.local_addresses()).size());
}

TEST(listener_address, may_be_a_name_with_several_addresses_on_one_port) {
    const contexts made;
    const auto l = listening(made, "localhost");
    const auto all = or_throw(l.local_addresses());
    ASSERT_FALSE(all.empty());
    for (const auto& address : all) {
        EXPECT_EQ(address.port, all.front().port);
        EXPECT_TRUE(address.host == "127.0.0.1" || address.host == "::1") << address.host;
    }
}

TEST(listener_address, may_be_every_address_of_the_machine) {
    const contexts made;
    auto l = listening(made, "");
    expect_service(made, l);
}

TEST(listener_address, may_be_of_version_6) {
    const contexts made;
    auto l = listening(made, "::1");
    EXPECT_EQ(or_throw(l.local_address()).host, "::1");
    auto serving = in_background([&] { return or_throw(l.accept(soon())).handshake(soon()); });
    EXPECT_TRUE(ok(stream::connect(made.client, "::1", port_of(l), made.names, soon())));
    EXPECT_TRUE(ok(serving.get()));
}

// LST-004
TEST(listener_address, that_is_taken_is_address_in_use) {
    const contexts made;
    const auto first = listening(made);
    const auto second = listener::bind(made.server, "127.0.0.1", port_of(first));
    EXPECT_TRUE(fails_with(second, errc::address_in_use));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().system_code(), EADDRINUSE);
}

TEST(listener_address, that_is_not_ours_is_a_transport_error) {
    const contexts made;
    EXPECT_TRUE(fails_with(listener::bind(made.server, "192.0.2.1", 0), errc::transport_error));
}

TEST(listener_address, may_be_used_again_at_once) {
    const contexts made;
    std::uint16_t port = 0;
    {
        auto l = listening(made);
        port = port_of(l);
        expect_service(made, l);
    }
    EXPECT_TRUE(ok(listener::bind(made.server, "127.0.0.1", port)));
}

// CTX-003
TEST(listener_context, of_a_client_is_misuse) {
    const contexts made;
    EXPECT_TRUE(fails_with(listener::bind(made.client, "127.0.0.1", 0), errc::misuse));
    auto l = listening(made);
    EXPECT_TRUE(fails_with(l.use(made.client), errc::misuse));
    const tcp_port port;
    EXPECT_TRUE(fails_with(listener::adopt(made.client, port.fd()), errc::misuse));
    EXPECT_TRUE(is_open(port.fd()));
}

// KEY-015
TEST(listener_context, can_be_swapped_for_new_connections_only) {
    const contexts made;
    setup other;
    other.server.credentials = {pki::identity("server-rsa")};
    const contexts renewed(other);
    auto l = listening(made);
    const auto connect_both = [&] {
        auto serving = in_background([&] {
            auto peer = or_throw(l.accept(soon()));
            or_throw(peer.handshake(soon()));
            return peer;
        });
        auto client = or_throw(call(made, l));
        return stream_pair{.client = std::move(client), .server = serving.get()};
    };
    auto before = connect_both();
    ASSERT_TRUE(ok(l.use(renewed.server)));
    auto after = connect_both();
    EXPECT_EQ(before.client.info().peer_certificates, pki::identity("server").chain());
    EXPECT_EQ(after.client.info().peer_certificates, pki::identity("server-rsa").chain());
    EXPECT_EQ(carry(before.client, before.server, "undisturbed"), "undisturbed");
    EXPECT_EQ(carry(after.client, after.server, "renewed"), "renewed");
}

// ---- adopt ----

TEST(adopt, takes_a_listening_socket) {
    const contexts made;
    tcp_port port;
    auto l = or_throw(listener::adopt(made.server, port.fd()));
    port.release();
    EXPECT_EQ(port_of(l), port.port());
    expect_service(made, l);
}

TEST(adopt, takes_nothing_else_and_leaves_it_with_the_caller) {
    const contexts made;
    const tcp_port bound(tcp_port::mode::only_bound);
    const auto connected = socket_pair();
    const unique_fd datagrams(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    for (const int fd : {-1, bound.fd(), connected.a.get(), datagrams.get()}) {
        EXPECT_TRUE(fails_with(listener::adopt(made.server, fd), errc::invalid_argument)) << fd;
    }
    for (const int fd : {bound.fd(), connected.a.get(), datagrams.get()}) EXPECT_TRUE(is_open(fd));
}

TEST(adopt, works_with_a_socket_that_does_not_block) {
    const contexts made;
    tcp_port port;
    set_nonblocking(port.fd());
    auto l = or_throw(listener::adopt(made.server, port.fd()));
    port.release();
    EXPECT_TRUE(fails_with(l.accept(briefly()), errc::timed_out));
    expect_service(made, l);
}

}  // namespace
