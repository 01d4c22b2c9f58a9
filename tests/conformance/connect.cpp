// SPDX-License-Identifier: Apache-2.0
// Connecting by name or address, and everything that may stand in the way.
#include <cerrno>
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

/// Connects to a listener on host that shows this certificate; both results.
struct connected {
    result<stream> client;
    result<void> server;
    std::string asked_for;
};
connected connect_to(const char* host, const char* server, const connect_options& options = {}) {
    setup s;
    s.server.credentials = {pki::identity(server)};
    const contexts made(s);
    auto accepting = or_throw(listener::bind(made.server, host, 0));
    std::string asked_for;
    auto serving = in_background([&]() -> result<void> {
        auto peer = accepting.accept(soon());
        if (!peer) return std::unexpected(peer.error());
        auto done = peer->handshake(soon());
        asked_for = peer->info().server_name;
        return done;
    });
    auto client = stream::connect(made.client, host, or_throw(accepting.local_address()).port, options, soon());
    auto served = serving.get();
    return {.client = std::move(client), .server = std::move(served), .asked_for = asked_for};
}

TEST(connect, by_name_checks_and_sends_the_name) {
    const auto seen = connect_to("localhost", "server");
    ASSERT_TRUE(ok(seen.client));
    EXPECT_TRUE(ok(seen.server));
    EXPECT_TRUE(seen.client->info().peer_verified);
    EXPECT_EQ(seen.client->info().server_name, "localhost");
    EXPECT_EQ(seen.asked_for, "localhost");
}

// VN-011, SNI-002
TEST(connect, by_address_checks_the_address_and_sends_no_name) {
    for (const auto* address : {"127.0.0.1", "::1"}) {
        const auto seen = connect_to(address, "ip");
        ASSERT_TRUE(ok(seen.client)) << address;
        EXPECT_TRUE(seen.client->info().peer_verified) << address;
        EXPECT_EQ(seen.asked_for, "") << address;
        EXPECT_EQ(or_throw(seen.client->peer_address()).host, address);
    }
}

// VN-013
TEST(connect, by_address_does_not_accept_a_certificate_with_names) {
    const auto seen = connect_to("127.0.0.1", "server");
    EXPECT_TRUE(refused_for(seen.client, cert_errc::name_mismatch));
    EXPECT_TRUE(saw_the_refusal(seen.server));
}

// VN-003
TEST(connect, refuses_a_server_with_another_name) {
    const auto seen = connect_to("localhost", "wrong-name");
    EXPECT_TRUE(refused_for(seen.client, cert_errc::name_mismatch));
    EXPECT_TRUE(saw_the_refusal(seen.server));
}

TEST(connect, refuses_a_server_it_does_not_trust_and_says_which) {
    const auto seen = connect_to("localhost", "unknown-ca");
    EXPECT_TRUE(refused_for(seen.client, cert_errc::unknown_ca));
    EXPECT_NE(describe(seen.client).find("localhost"), std::string::npos) << describe(seen.client);
}

// SNI-004, CLI-003: the host to connect to and the name to check are apart.
TEST(connect, takes_the_names_of_the_options) {
    const auto seen = connect_to("127.0.0.1", "server", {.server_name = "server.tlseam.test"});
    ASSERT_TRUE(ok(seen.client));
    EXPECT_EQ(seen.asked_for, "server.tlseam.test");
    const auto apart =
        connect_to("127.0.0.1", "server", {.server_name = "front.example", .verified_name = "localhost"});
    ASSERT_TRUE(ok(apart.client));
    EXPECT_EQ(apart.asked_for, "front.example");
    const auto wrong = connect_to("localhost", "server", {.verified_name = "other.tlseam.test"});
    EXPECT_TRUE(refused_for(wrong.client, cert_errc::name_mismatch));
}

TEST(connect, may_send_no_name) {
    const auto seen = connect_to("localhost", "server", {.server_name = "", .verified_name = "localhost"});
    ASSERT_TRUE(ok(seen.client));
    EXPECT_EQ(seen.asked_for, "");
}

// NB-007
TEST(connect, to_a_port_where_nobody_listens_is_refused) {
    const contexts made;
    const tcp_port nobody(tcp_port::mode::only_bound);
    const auto r = stream::connect(made.client, "127.0.0.1", nobody.port(), {}, soon());
    EXPECT_TRUE(fails_with(r, errc::connection_refused));
    ASSERT_FALSE(r);
    EXPECT_EQ(r.error().system_code(), ECONNREFUSED);
    EXPECT_NE(r.error().message().find("127.0.0.1"), std::string::npos) << r.error().message();
    EXPECT_NE(r.error().message().find(std::to_string(nobody.port())), std::string::npos) << r.error().message();
}

TEST(connect, needs_a_host_and_a_port) {
    const contexts made;
    EXPECT_TRUE(fails_with(stream::connect(made.client, "", 443, {}, soon()), errc::invalid_argument));
    EXPECT_TRUE(fails_with(stream::connect(made.client, "localhost", 0, {}, soon()), errc::invalid_argument));
    EXPECT_TRUE(fails_with(stream::connect(made.client, "not a host", 443, {}, soon()), errc::invalid_argument));
    EXPECT_TRUE(fails_with(stream::connect(made.client, std::string_view("local\0host", 10), 443, {}, soon()),
                           errc::invalid_argument));
}

// CTX-003
TEST(connect, with_the_context_of_a_server_is_misuse) {
    const contexts made;
    const tcp_port port;
    EXPECT_TRUE(fails_with(stream::connect(made.server, "127.0.0.1", port.port(), {}, soon()), errc::misuse));
}

// HS-016
TEST(connect, to_a_server_that_says_nothing_times_out) {
    const contexts made;
    const tcp_port silent;
    EXPECT_TRUE(
        fails_with(stream::connect(made.client, "127.0.0.1", silent.port(), {.server_name = "localhost"}, briefly()),
                   errc::timed_out));
}

TEST(connect, ends_when_a_stop_is_requested) {
    const contexts made;
    const tcp_port silent;
    std::stop_source source;
    auto calling = in_background([&] {
        return stream::connect(made.client, "127.0.0.1", silent.port(), {.server_name = "localhost"},
                               within(patience, source.get_token()));
    });
    const auto connection = silent.accept();
    source.request_stop();
    EXPECT_TRUE(fails_with(calling.get(), errc::cancelled));
}

// ---- servers that are none: HS-019 ----

/// What connect() gives when a bare peer says this and closes.
result<stream> connect_to_peer_saying(std::string_view text) {
    const contexts made;
    const tcp_port port;
    auto peer = in_background([&] {
        const auto fd = port.accept();
        (void)receive_some(fd.get());
        send_all(fd.get(), text);
    });
    return stream::connect(made.client, "127.0.0.1", port.port(), {.server_name = "localhost"}, soon());
}

TEST(connect, to_a_plain_web_server_is_plaintext_http) {
    EXPECT_TRUE(fails_with(connect_to_peer_saying("HTTP/1.1 400 Bad Request\r\n\r\n"), errc::plaintext_http));
}

TEST(connect, to_another_kind_of_server_is_not_tls) {
    EXPECT_TRUE(fails_with(connect_to_peer_saying("220 mail.example ESMTP\r\n"), errc::not_tls));
}

TEST(connect, to_a_server_that_hangs_up_is_truncated) {
    EXPECT_TRUE(fails_with(connect_to_peer_saying(""), errc::truncated));
}

}  // namespace
