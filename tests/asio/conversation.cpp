// SPDX-License-Identifier: Apache-2.0
// Talking: what any program over Asio does with a stream.
#include <array>
#include <future>
#include <string>

#include "tests/asio/ends.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/expect.hpp"

namespace tlseam_test {
namespace {

using tlseam::protocol_version;

/// Writes all of sent at one end and reads as much at the other, at the same time.
bool carries(ends& pair, local_stream& from, local_stream& to, std::size_t size) {
    const auto sent = pattern(size);
    std::vector<std::byte> got(size);
    outcome wrote, read;
    net::async_write(from, view(std::span<const std::byte>(sent)), wrote.handler());
    net::async_read(to, view(std::span(got)), read.handler());
    return pair.until(wrote, read) && wrote.good() && read.good() && wrote.count == size && got == sent;
}

ASIO_TEST(asio, data_both_ways_in_both_versions) {
    for (const auto version : {protocol_version::tls1_2, protocol_version::tls1_3}) {
        ends pair{contexts(only(version))};
        ASSERT_TRUE(pair.shake_hands());
        EXPECT_EQ(pair.client.info().version, version);
        for (const std::size_t size : {1u, 16384u, 16385u, 300'000u}) {
            EXPECT_TRUE(carries(pair, pair.client, pair.server, size)) << size;
            EXPECT_TRUE(carries(pair, pair.server, pair.client, size)) << size;
        }
    }
}

ASIO_TEST(asio, reading_and_writing_do_the_handshake_where_nobody_did) {
    ends pair;
    EXPECT_TRUE(carries(pair, pair.client, pair.server, 100));
    EXPECT_NE(pair.client.info().version, protocol_version::none);
}

ASIO_TEST(asio, both_directions_under_way_at_once) {
    ends pair;
    ASSERT_TRUE(pair.shake_hands());
    const auto there = pattern(1'000'000, 1), back = pattern(1'000'000, 2);
    std::vector<std::byte> got_there(there.size()), got_back(back.size());
    std::array<outcome, 4> all;
    net::async_write(pair.client, view(std::span<const std::byte>(there)), all[0].handler());
    net::async_write(pair.server, view(std::span<const std::byte>(back)), all[1].handler());
    net::async_read(pair.server, view(std::span(got_there)), all[2].handler());
    net::async_read(pair.client, view(std::span(got_back)), all[3].handler());
    ASSERT_TRUE(pair.until([&] { return std::ranges::all_of(all, &outcome::done); }));
    for (const auto& each : all) EXPECT_TRUE(each.good()) << each.ec->message();
    EXPECT_EQ(got_there, there);
    EXPECT_EQ(got_back, back);
}

ASIO_TEST(asio, a_read_that_waits_is_no_obstacle_to_writing) {
    ends pair;
    ASSERT_TRUE(pair.shake_hands());
    std::array<char, 8> buffer;
    outcome waits;
    pair.client.async_read_some(net::buffer(buffer), waits.handler());
    EXPECT_TRUE(carries(pair, pair.client, pair.server, 50'000));
    EXPECT_FALSE(waits.done());
    outcome wrote;
    net::async_write(pair.server, net::buffer("late", 4), wrote.handler());
    ASSERT_TRUE(pair.until(wrote, waits));
    EXPECT_EQ(std::string(buffer.data(), waits.count), "late");
}

ASIO_TEST(asio, reads_into_several_buffers) {
    ends pair;
    ASSERT_TRUE(pair.shake_hands());
    outcome wrote, read;
    net::async_write(pair.client, net::buffer("headbody", 8), wrote.handler());
    std::array<char, 4> head;
    std::array<char, 4> body;
    net::async_read(pair.server, std::array{net::buffer(head), net::buffer(body)}, read.handler());
    ASSERT_TRUE(pair.until(wrote, read));
    EXPECT_EQ(std::string(head.data(), 4) + std::string(body.data(), 4), "headbody");
}

ASIO_TEST(asio, small_buffers_share_a_record) {
    const contexts from;
    driver on;
    local_socket a(on.io), b(on.io);
    net::local::connect_pair(a, b);
    local_stream client(std::move(a), from.client, from.names);
    auto server = tlseam::or_throw(tlseam::stream::wrap(from.server, b.release()));
    auto served = std::async(std::launch::async, [&]() -> tlseam::result<std::size_t> {
        std::array<std::byte, 100> buffer;
        return server.read_some(buffer, tlseam::within(patience));  // at most a record
    });
    outcome wrote;
    net::async_write(client, std::array{net::buffer("head", 4), net::buffer("", 0), net::buffer("body!", 5)},
                     wrote.handler());
    ASSERT_TRUE(on.until(wrote));
    const auto got = served.get();
    ASSERT_TRUE(ok(got));
    EXPECT_EQ(*got, 9u);
}

ASIO_TEST(asio, nothing_is_read_or_written_with_empty_buffers) {
    ends pair;
    ASSERT_TRUE(pair.shake_hands());
    outcome read, wrote;
    pair.client.async_read_some(net::mutable_buffer(), read.handler());
    pair.client.async_write_some(net::const_buffer(), wrote.handler());
    ASSERT_TRUE(pair.until(read, wrote));
    EXPECT_TRUE(read.good() && read.count == 0);
    EXPECT_TRUE(wrote.good() && wrote.count == 0);
}

ASIO_TEST(asio, a_handshake_with_bytes_that_were_received_before) {
    ends pair;
    outcome shook;
    pair.client.async_handshake(shook.handler());
    std::array<char, 100> first;  // of the ClientHello, as a program that looks at it would have them
    outcome looked;
    pair.server.next_layer().async_read_some(net::buffer(first), looked.handler());
    ASSERT_TRUE(pair.until(looked));
    outcome served;
    pair.server.async_handshake(net::buffer(first.data(), looked.count), served.handler());
    ASSERT_TRUE(pair.until(shook, served));
    EXPECT_TRUE(served.good()) << served.ec->message();
    EXPECT_EQ(served.count, looked.count);
}

ASIO_TEST(asio, over_a_reference_to_a_socket) {
    const contexts from;
    driver on;
    local_socket a(on.io), b(on.io);
    net::local::connect_pair(a, b);
    outcome shook, served;
    {
        tls_over<local_socket&> client(a, from.client, from.names);
        tls_over<local_socket&> server(b, from.server);
        client.async_handshake(shook.handler());
        server.async_handshake(served.handler());
        ASSERT_TRUE(on.until(shook, served));
        EXPECT_TRUE(shook.good() && served.good());
        EXPECT_EQ(&client.next_layer(), &a);
    }
    EXPECT_TRUE(a.is_open()) << "it belongs to the program";
}

ASIO_TEST(asio, half_closed_in_tls1_3) {
    ends pair{contexts(only(protocol_version::tls1_3))};
    ASSERT_TRUE(pair.shake_hands());
    outcome closed, read;
    std::array<char, 8> buffer;
    pair.client.async_close_write(closed.handler());
    pair.server.async_read_some(net::buffer(buffer), read.handler());
    ASSERT_TRUE(pair.until(closed, read));
    EXPECT_TRUE(closed.good());
    EXPECT_EQ(*read.ec, net_error(net::error::eof));
    EXPECT_TRUE(carries(pair, pair.server, pair.client, 1000));
}

ASIO_TEST(asio, shutdown_of_both_ends) {
    for (const auto version : {protocol_version::tls1_2, protocol_version::tls1_3}) {
        ends pair{contexts(only(version))};
        ASSERT_TRUE(pair.shake_hands());
        outcome a, b;
        pair.client.async_shutdown(a.handler());
        pair.server.async_shutdown(b.handler());
        ASSERT_TRUE(pair.until(a, b));
        EXPECT_TRUE(a.good()) << a.ec->message();
        EXPECT_TRUE(b.good()) << b.ec->message();
    }
}

ASIO_TEST(asio, shutdown_discards_what_still_comes) {
    ends pair{contexts(only(protocol_version::tls1_3))};
    ASSERT_TRUE(pair.shake_hands());
    const auto data = pattern(200'000);
    outcome shut, wrote, closed;
    pair.client.async_shutdown(shut.handler());
    net::async_write(pair.server, view(std::span<const std::byte>(data)), wrote.handler());
    ASSERT_TRUE(pair.until(wrote));
    pair.server.async_close_write(closed.handler());
    ASSERT_TRUE(pair.until(shut, closed));
    EXPECT_TRUE(shut.good()) << shut.ec->message();
}

}  // namespace
}  // namespace tlseam_test
