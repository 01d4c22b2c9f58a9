// SPDX-License-Identifier: Apache-2.0
// Peers that do not speak TLS, or speak it badly: prompt errors that say what came instead.
#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/bytes.hpp"
#include "tests/support/client_hello.hpp"
#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

/// What a new server says to these bytes, whole or one by one.
result<void> server_given(std::span<const std::byte> bytes, std::size_t chunk = unlimited) {
    auto pair = new_pair();
    result<void> done = pair.server.handshake();
    while (!bytes.empty() && needs_input(done)) {
        const auto part = bytes.first(std::min(chunk, bytes.size()));
        EXPECT_TRUE(ok(pair.server.feed(part)));
        bytes = bytes.subspan(part.size());
        done = pair.server.handshake();
    }
    return done;
}

/// What a client that has sent its hello says to these bytes.
result<void> client_given(std::span<const std::byte> bytes, std::size_t chunk = unlimited) {
    auto pair = new_pair();
    result<void> done = pair.client.handshake();
    while (!bytes.empty() && needs_input(done)) {
        const auto part = bytes.first(std::min(chunk, bytes.size()));
        EXPECT_TRUE(ok(pair.client.feed(part)));
        bytes = bytes.subspan(part.size());
        done = pair.client.handshake();
    }
    return done;
}

const std::size_t chunks[] = {1, 3, unlimited};

// ---- HTTP: HS-018, HS-019 ----

TEST(plain_http, of_a_client_is_recognised_by_the_server) {
    for (const auto* request : {"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "POST /form HTTP/1.1\r\n\r\n",
                                "HEAD / HTTP/1.0\r\n\r\n", "PUT /x HTTP/1.1\r\n\r\n", "OPTIONS * HTTP/1.1\r\n\r\n",
                                "DELETE /x HTTP/1.1\r\n\r\n", "CONNECT localhost:443 HTTP/1.1\r\n\r\n"}) {
        for (const auto chunk : chunks) {
            EXPECT_TRUE(fails_with(server_given(as_bytes(request), chunk), errc::plaintext_http)) << request;
        }
    }
}

TEST(plain_http, of_a_server_is_recognised_by_the_client) {
    for (const auto* answer : {"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\n"}) {
        for (const auto chunk : chunks) {
            EXPECT_TRUE(fails_with(client_given(as_bytes(answer), chunk), errc::plaintext_http)) << answer;
        }
    }
}

// ---- anything else: HS-018, HS-019 ----

TEST(not_tls, is_what_a_server_calls_other_first_bytes) {
    for (const auto& bytes :
         {to_bytes("SSH-2.0-OpenSSH_9.2\r\n"), to_bytes("EHLO client.example\r\n"), to_bytes({0, 0, 0, 0, 0, 0, 0, 0}),
          to_bytes({0xff, 0xff, 0xff, 0xff, 0xff}), std::vector<std::byte>(100, std::byte{0x80})}) {
        for (const auto chunk : chunks) {
            EXPECT_TRUE(fails_with(server_given(bytes, chunk), errc::not_tls)) << to_text(bytes);
        }
    }
}

TEST(not_tls, is_what_a_client_calls_other_first_bytes) {
    for (const auto& bytes :
         {to_bytes("220 mail.example ESMTP\r\n"), to_bytes("SSH-2.0-OpenSSH_9.2\r\n"), to_bytes("+OK ready\r\n"),
          to_bytes({0, 0, 0, 0, 0, 0}), to_bytes({0xff, 0xff, 0xff, 0xff, 0xff})}) {
        for (const auto chunk : chunks) {
            EXPECT_TRUE(fails_with(client_given(bytes, chunk), errc::not_tls)) << to_text(bytes);
        }
    }
}

TEST(not_tls, is_final) {
    auto pair = new_pair();
    ASSERT_TRUE(ok(pair.server.feed(as_bytes("EHLO client.example\r\n"))));
    EXPECT_TRUE(fails_with(pair.server.handshake(), errc::not_tls));
    EXPECT_TRUE(ok(pair.client.feed({})));
    EXPECT_TRUE(needs_input(pair.client.handshake()));
    (void)pair.server.feed(pair.client.output());
    EXPECT_TRUE(fails_with(pair.server.handshake(), errc::not_tls));
    EXPECT_TRUE(fails_with(read_text(pair.server), errc::not_tls));
}

// HS-020
TEST(not_tls, is_never_delivered_as_data) {
    auto pair = new_pair();
    ASSERT_TRUE(ok(pair.server.feed(as_bytes("attack at dawn, and then some more text"))));
    EXPECT_TRUE(fails_with(read_text(pair.server), errc::not_tls));
    EXPECT_TRUE(fails_with(read_text(pair.server), errc::not_tls));
}

// ---- records with nonsense in them ----

TEST(bad_hello, of_random_bytes_in_a_record_is_a_protocol_error) {
    for (std::uint32_t seed = 1; seed <= 50; ++seed) {
        auto payload = pattern(200, seed);
        payload[0] = std::byte{1};  // client_hello, of the length that it says
        payload[1] = payload[2] = std::byte{0};
        payload[3] = std::byte{196};
        EXPECT_TRUE(
            fails_with_one_of(server_given(in_record(22, payload)), {errc::protocol_error, errc::no_shared_version}))
            << "seed " << seed;
    }
}

TEST(bad_hello, with_another_message_type_is_a_protocol_error) {
    for (const unsigned type : {0U, 2U, 11U, 20U, 24U, 255U}) {
        EXPECT_TRUE(
            fails_with(server_given(in_record(22, to_bytes({type, 0, 0, 4, 1, 2, 3, 4}))), errc::protocol_error))
            << type;
    }
}

TEST(bad_hello, of_no_bytes_is_a_protocol_error) {
    EXPECT_TRUE(fails_with(server_given(in_record(22, to_bytes({1, 0, 0, 0}))), errc::protocol_error));
}

TEST(bad_hello, with_bytes_missing_or_left_over_is_a_protocol_error) {
    const auto good = old_client_hello(0x0303);
    std::vector<std::byte> shorter(good.begin() + record_header, good.end() - 1);
    shorter[3] = static_cast<std::byte>(shorter.size() - 4);
    EXPECT_TRUE(fails_with(server_given(in_record(22, shorter)), errc::protocol_error));
    std::vector<std::byte> longer(good.begin() + record_header, good.end());
    longer.push_back(std::byte{0});
    longer[3] = static_cast<std::byte>(longer.size() - 4);
    EXPECT_TRUE(fails_with(server_given(in_record(22, longer)), errc::protocol_error));
}

// CIP-002: nothing in common. Its suites are without forward secrecy or older than what we accept.
TEST(bad_hello, without_anything_that_we_accept_has_no_shared_parameters) {
    auto hello = old_client_hello(0x0303);
    // The suites stand behind header (9), version (2), random (32), session id (1) and their length (2).
    for (std::size_t at = 46; at < 46 + 10; at += 2) {
        hello[at] = std::byte{0x00};
        hello[at + 1] = std::byte{0x2f};
    }
    auto pair = new_pair();
    ASSERT_TRUE(ok(pair.server.feed(hello)));
    const auto done = pair.server.handshake();
    EXPECT_TRUE(fails_with(done, errc::no_shared_parameters));
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().alert(), 40);
}

TEST(bad_hello, in_application_data_is_refused) {
    EXPECT_TRUE(fails_with_one_of(server_given(in_record(23, pattern(50))), {errc::not_tls, errc::protocol_error}));
}

// ERR-003
TEST(plain_alert, before_anything_else_is_reported_by_its_number) {
    for (const unsigned alert : {40U, 70U, 80U}) {
        EXPECT_TRUE(
            received_alert(client_given(in_record(21, to_bytes({2, alert}))), static_cast<std::uint8_t>(alert)));
    }
}

// CLS-012: a peer may hang up politely, or strangely. It never makes us look broken.
TEST(plain_alert, of_close_notify_in_the_handshake_is_the_end_of_it) {
    for (const unsigned level : {1U, 2U}) {
        const auto close_notify = in_record(21, to_bytes({level, 0}));
        EXPECT_TRUE(fails_with_one_of(client_given(close_notify),
                                      {errc::truncated, errc::protocol_error, errc::alert_received}));
        auto pair = new_pair();
        EXPECT_TRUE(needs_input(pair.client.handshake()));
        pair.move_all();
        EXPECT_TRUE(needs_input(pair.server.handshake()));
        ASSERT_TRUE(ok(pair.server.feed(close_notify)));
        EXPECT_TRUE(
            fails_with_one_of(pair.server.handshake(), {errc::truncated, errc::protocol_error, errc::alert_received}));
    }
}

// LIM-001
TEST(too_large, is_a_hello_of_sixteen_megabytes) {
    auto pair = new_pair();
    auto payload = pattern(16384);
    payload[0] = std::byte{1};
    payload[1] = payload[2] = payload[3] = std::byte{0xff};
    result<void> done = pair.server.handshake();
    for (int i = 0; i < 64 && needs_input(done); ++i) {
        ASSERT_TRUE(ok(pair.server.feed(in_record(22, payload))));
        done = pair.server.handshake();
    }
    EXPECT_TRUE(fails_with(done, errc::too_large));
}

// LIM-001
TEST(too_large, is_an_answer_of_sixteen_megabytes) {
    auto pair = new_pair();
    auto payload = pattern(16384);
    payload[0] = std::byte{2};
    payload[1] = payload[2] = payload[3] = std::byte{0xff};
    result<void> done = pair.client.handshake();
    for (int i = 0; i < 64 && needs_input(done); ++i) {
        ASSERT_TRUE(ok(pair.client.feed(in_record(22, payload))));
        done = pair.client.handshake();
    }
    EXPECT_TRUE(fails_with(done, errc::too_large));
}

// REC-001, REC-005: after the handshake, garbage is caught by the record layer.
class garbage : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, garbage, both_versions(), version_name());

TEST_P(garbage, after_the_handshake_is_never_data) {
    const contexts shared(only(version()));
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
        auto pair = open_pair(shared);
        ASSERT_TRUE(ok(pair.server.feed(pattern(2000, seed))));
        pair.server.end_of_input();
        const auto read = read_text(pair.server);
        EXPECT_TRUE(
            fails_with_one_of(read, {errc::protocol_error, errc::bad_record_mac, errc::too_large, errc::truncated}))
            << seed;
    }
}

TEST_P(garbage, in_a_data_record_is_bad_record_mac) {
    auto pair = open_pair(only(version()));
    auto record = in_record(23, pattern(100));
    record[2] = std::byte{3};
    ASSERT_TRUE(ok(pair.server.feed(record)));
    EXPECT_TRUE(fails_with(read_text(pair.server), errc::bad_record_mac));
}

// REC-001
TEST_P(garbage, in_a_record_longer_than_any_may_be_is_too_large) {
    auto pair = open_pair(only(version()));
    auto record = to_bytes({23, 3, 3, 0x48, 0x01});  // 16,384 + 2,049: one more than TLS 1.2 allows
    const auto body = pattern(0x4801);
    record.insert(record.end(), body.begin(), body.end());
    ASSERT_TRUE(ok(pair.server.feed(record)));
    EXPECT_TRUE(fails_with(read_text(pair.server), errc::too_large));
}

}  // namespace
