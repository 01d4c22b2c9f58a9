// SPDX-License-Identifier: Apache-2.0
// What goes wrong, and how a program over Asio hears of it.
#include <array>
#include <string>

#include "tests/asio/ends.hpp"
#include "tests/support/bytes.hpp"

namespace tlseam_test {
namespace {

using tlseam::errc;

ASIO_TEST(asio_failures, a_certificate_that_is_refused) {
    setup from;
    from.names.server_name = "example.com";
    ends pair{contexts(from)};
    outcome a, b;
    pair.client.async_handshake(a.handler());
    pair.server.async_handshake(b.handler());
    ASSERT_TRUE(pair.until(a, b));
    EXPECT_TRUE(*a.ec == errc::certificate_refused) << a.ec->message();
    ASSERT_TRUE(pair.client.last_error());
    EXPECT_EQ(pair.client.last_error()->certificate(), tlseam::cert_errc::name_mismatch);
    EXPECT_TRUE(*b.ec == errc::alert_received) << b.ec->message();
    ASSERT_TRUE(pair.server.last_error());
    EXPECT_EQ(pair.server.last_error()->origin(), tlseam::error_origin::peer);

    outcome again;
    pair.client.async_handshake(again.handler());
    ASSERT_TRUE(pair.until(again));
    EXPECT_TRUE(*again.ec == errc::certificate_refused) << "sticky";
}

ASIO_TEST(asio_failures, an_end_without_close_notify_is_truncated) {
    ends pair;
    ASSERT_TRUE(pair.shake_hands());
    std::array<char, 8> buffer;
    outcome read;
    pair.client.async_read_some(net::buffer(buffer), read.handler());
    pair.server.next_layer().close();
    ASSERT_TRUE(pair.until(read));
    EXPECT_TRUE(*read.ec == errc::truncated) << read.ec->message();
}

ASIO_TEST(asio_failures, a_peer_that_leaves_in_the_handshake) {
    ends pair;
    outcome shook;
    pair.client.async_handshake(shook.handler());
    pair.server.next_layer().close();
    ASSERT_TRUE(pair.until(shook));
    EXPECT_TRUE(*shook.ec) << "there was nobody";
}

ASIO_TEST(asio_failures, http_in_the_clear) {
    ends pair;
    outcome sent, shook;
    net::async_write(pair.client.next_layer(), net::buffer("GET / HTTP/1.1\r\n\r\n", 18), sent.handler());
    pair.server.async_handshake(shook.handler());
    ASSERT_TRUE(pair.until(sent, shook));
    EXPECT_TRUE(*shook.ec == errc::plaintext_http) << shook.ec->message();
}

ASIO_TEST(asio_failures, closing_before_the_handshake_is_misuse) {
    ends pair;
    outcome closed;
    pair.client.async_close_write(closed.handler());
    ASSERT_TRUE(pair.until(closed));
    EXPECT_TRUE(*closed.ec == errc::misuse) << closed.ec->message();
    EXPECT_TRUE(pair.shake_hands()) << "and no harm";
}

ASIO_TEST(asio_failures, writing_after_closing) {
    ends pair;
    ASSERT_TRUE(pair.shake_hands());
    outcome closed, wrote;
    pair.client.async_close_write(closed.handler());
    ASSERT_TRUE(pair.until(closed));
    pair.client.async_write_some(net::buffer("x", 1), wrote.handler());
    ASSERT_TRUE(pair.until(wrote));
    EXPECT_TRUE(*wrote.ec == errc::closed) << wrote.ec->message();
    EXPECT_EQ(wrote.count, 0u);
}

ASIO_TEST(asio_failures, a_wrong_name_is_refused_when_the_stream_is_made) {
    const contexts from;
    driver on;
    EXPECT_THROW(local_stream(local_socket(on.io), from.client, {.server_name = "not a name"}), tlseam::exception);
    EXPECT_THROW(local_stream(local_socket(on.io), from.client), tlseam::exception)
        << "a client that verifies needs one";
}

ASIO_TEST(asio_failures, shutdown_does_not_wait_for_ever) {
    ends pair{contexts(only(tlseam::protocol_version::tls1_3))};
    ASSERT_TRUE(pair.shake_hands());
    pair.client.shutdown_limit(std::chrono::milliseconds(20));
    outcome shut;
    pair.client.async_shutdown(shut.handler());  // and the server says nothing
    ASSERT_TRUE(pair.until(shut));
    EXPECT_TRUE(*shut.ec == errc::timed_out) << shut.ec->message();

    outcome answered, again;
    pair.server.async_close_write(answered.handler());
    pair.client.shutdown_limit(patience);
    pair.client.async_shutdown(again.handler());
    ASSERT_TRUE(pair.until(answered, again));
    EXPECT_TRUE(again.good()) << again.ec->message();
}

ASIO_TEST(asio_failures, a_peer_that_leaves_instead_of_answering_is_no_failure_of_shutdown) {
    ends pair;
    ASSERT_TRUE(pair.shake_hands());
    outcome shut;
    pair.client.async_shutdown(shut.handler());
    pair.server.next_layer().close();
    ASSERT_TRUE(pair.until(shut));
    EXPECT_TRUE(shut.good()) << shut.ec->message();
}

ASIO_TEST(asio_failures, the_peers_alert_wins_over_the_reset) {
    using tcp = net::ip::tcp;
    setup from = only(tlseam::protocol_version::tls1_3);
    from.server.client_auth = tlseam::client_auth::required;
    from.server.client_trust = pki::trust();
    const contexts both(from);
    driver on;
    tcp::acceptor listening(on.io, tcp::endpoint(net::ip::address_v4::loopback(), 0));
    tcp::socket a(on.io), b(on.io);
    outcome connected, accepted;
    a.async_connect(listening.local_endpoint(), connected.handler());
    listening.async_accept(b, accepted.handler());
    ASSERT_TRUE(on.until(connected, accepted));

    tls_over<tcp::socket> client(std::move(a), both.client, both.names);
    outcome shook, refused;
    {
        tls_over<tcp::socket> server(std::move(b), both.server);
        client.async_handshake(shook.handler());  // complete before the server has said no
        server.async_handshake(refused.handler());
        ASSERT_TRUE(on.until(shook, refused));
        EXPECT_TRUE(*refused.ec == errc::certificate_required) << refused.ec->message();
    }  // and the socket is closed
    const auto data = pattern(4096);
    outcome wrote;
    do {
        wrote = {};
        client.async_write_some(view(std::span<const std::byte>(data)), wrote.handler());
        ASSERT_TRUE(on.until(wrote));
    } while (wrote.good());
    EXPECT_TRUE(*wrote.ec == errc::alert_received) << wrote.ec->message();
}

}  // namespace
}  // namespace tlseam_test
