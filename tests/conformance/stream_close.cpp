// SPDX-License-Identifier: Apache-2.0
// The end of a stream: close_write, shutdown and unwrap, and peers that end it in worse ways.
#include <cerrno>
#include <csignal>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/bytes.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/stream_pair.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

class stream_end : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, stream_end, both_versions(), version_name());

// CLS-001
TEST_P(stream_end, by_close_write_is_clean) {
    auto pair = open_streams(only(version()));
    ASSERT_TRUE(ok(pair.client.write_all(as_bytes("last"), soon())));
    ASSERT_TRUE(ok(pair.client.close_write(soon())));
    EXPECT_TRUE(ok(pair.client.close_write(soon())));
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "last");
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "");
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "");
    EXPECT_TRUE(fails_with(pair.client.write_some(as_bytes("x"), soon()), errc::closed));
}

// IO-013, CLS-015
TEST_P(stream_end, of_one_half_leaves_the_other_in_tls1_3_only) {
    auto pair = open_streams(only(version()));
    ASSERT_TRUE(ok(pair.client.close_write(soon())));
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "");
    if (is_tls1_3()) {
        EXPECT_EQ(carry(pair.server, pair.client, "the answer"), "the answer");
    } else {
        EXPECT_TRUE(fails_with(pair.server.write_all(as_bytes("the answer"), soon()), errc::closed));
    }
    ASSERT_TRUE(ok(pair.server.close_write(soon())));
    EXPECT_EQ(read_text(pair.client).value_or("failed"), "");
}

TEST_P(stream_end, before_the_handshake_is_misuse) {
    auto pair = wrap_both(socket_pair(), contexts(only(version())));
    EXPECT_TRUE(fails_with(pair.client.close_write(soon()), errc::misuse));
    EXPECT_TRUE(ok(handshake_both(pair).client));
}

// CLS-002
TEST_P(stream_end, without_close_notify_is_truncated) {
    auto pair = open_streams(only(version()));
    ASSERT_TRUE(ok(pair.server.write_all(as_bytes("half a"), soon())));
    { const stream gone(std::move(pair.server)); }
    EXPECT_EQ(read_text(pair.client).value_or("failed"), "half a");
    EXPECT_TRUE(fails_with(read_text(pair.client), errc::truncated));
    EXPECT_TRUE(fails_with(read_text(pair.client), errc::truncated));
}

TEST_P(stream_end, cuts_read_exactly_short_and_reports_the_count) {
    for (const bool clean : {true, false}) {
        auto pair = open_streams(only(version()));
        ASSERT_TRUE(ok(pair.server.write_all(as_bytes("0123"), soon())));
        if (clean) {
            ASSERT_TRUE(ok(pair.server.close_write(soon())));
        } else {
            const stream gone(std::move(pair.server));
        }
        std::vector<std::byte> buffer(10);
        std::size_t received = 99;
        EXPECT_TRUE(
            fails_with(pair.client.read_exactly(buffer, soon(), &received), clean ? errc::closed : errc::truncated));
        EXPECT_EQ(received, 4U);
        EXPECT_EQ(to_text(std::span(buffer).first(4)), "0123");
    }
}

// ---- shutdown: CLS-006, CLS-007 ----

TEST_P(stream_end, by_shutdown_on_both_sides_is_clean) {
    auto pair = open_streams(only(version()));
    auto server = in_background([&] { return pair.server.shutdown(soon()); });
    EXPECT_TRUE(ok(pair.client.shutdown(soon())));
    EXPECT_TRUE(ok(server.get()));
}

TEST_P(stream_end, by_shutdown_is_content_with_a_peer_that_just_goes_away) {
    auto pair = open_streams(only(version()));
    auto server = in_background([&] {
        EXPECT_EQ(read_text(pair.server).value_or("failed"), "");
        const stream gone(std::move(pair.server));
    });
    EXPECT_TRUE(ok(pair.client.shutdown(soon())));
}

TEST_P(stream_end, by_shutdown_discards_what_still_comes) {
    auto pair = open_streams(only(version()));
    ASSERT_TRUE(ok(pair.server.write_all(pattern(50'000), soon())));
    ASSERT_TRUE(ok(pair.server.close_write(soon())));
    EXPECT_TRUE(ok(pair.client.shutdown(soon())));
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "");
}

TEST_P(stream_end, by_shutdown_times_out_when_the_peer_is_silent) {
    auto pair = open_streams(only(version()));
    EXPECT_TRUE(fails_with(pair.client.shutdown(briefly()), errc::timed_out));
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "");
    ASSERT_TRUE(ok(pair.server.close_write(soon())));
    EXPECT_TRUE(ok(pair.client.shutdown(soon())));
}

// ---- unwrap: HS-029 ----

/// Writes text to a bare socket and reads as much from the other.
void expect_plain(int from, int to, std::string_view text, std::string already) {
    send_all(from, text);
    while (already.size() < text.size()) already += to_text(receive_some(to));
    EXPECT_EQ(already, text);
}

TEST_P(stream_end, by_unwrap_gives_the_socket_back) {
    auto pair = open_streams(only(version()));
    EXPECT_EQ(carry(pair.client, pair.server, "in secret"), "in secret");
    const int fd = pair.client.native_handle();
    auto server = in_background([&] { return pair.server.unwrap(soon()); });
    const auto client = pair.client.unwrap(soon());
    const auto other = server.get();
    ASSERT_TRUE(ok(client));
    ASSERT_TRUE(ok(other));
    EXPECT_EQ(client->socket, fd);
    const unique_fd a(client->socket), b(other->socket);
    EXPECT_TRUE(client->unread.empty());
    expect_plain(a.get(), b.get(), "in the clear", to_text(other->unread));
    expect_plain(b.get(), a.get(), "and back", to_text(client->unread));
}

TEST_P(stream_end, by_unwrap_keeps_what_came_behind_the_close_notify) {
    auto pair = open_streams(only(version()));
    ASSERT_TRUE(ok(pair.client.close_write(soon())));
    send_all(pair.client.native_handle(), "the next protocol begins");
    const auto server = pair.server.unwrap(soon());
    ASSERT_TRUE(ok(server));
    const unique_fd bare(server->socket);
    std::string plain = to_text(server->unread);
    while (plain.size() < 24) plain += to_text(receive_some(bare.get()));
    EXPECT_EQ(plain, "the next protocol begins");
}

TEST_P(stream_end, by_unwrap_is_strict_about_the_close_notify) {
    auto pair = open_streams(only(version()));
    { const stream gone(std::move(pair.server)); }
    const int fd = pair.client.native_handle();
    EXPECT_TRUE(fails_with_one_of(pair.client.unwrap(soon()), {errc::truncated, errc::connection_reset}));
    EXPECT_TRUE(is_open(fd));
    EXPECT_EQ(pair.client.native_handle(), fd);
}

TEST_P(stream_end, by_unwrap_does_not_lose_data_that_was_not_read) {
    auto pair = open_streams(only(version()));
    ASSERT_TRUE(ok(pair.server.write_all(as_bytes("read me first"), soon())));
    ASSERT_TRUE(ok(pair.server.close_write(soon())));
    ASSERT_TRUE(fails_with(pair.client.unwrap(soon()), errc::misuse));
    EXPECT_TRUE(is_open(pair.client.native_handle()));
}

TEST_P(stream_end, by_unwrap_times_out_and_may_be_tried_again) {
    auto pair = open_streams(only(version()));
    EXPECT_TRUE(fails_with(pair.client.unwrap(briefly()), errc::timed_out));
    auto server = pair.server.unwrap(soon());
    ASSERT_TRUE(ok(server));
    const unique_fd b(server->socket);
    const auto client = pair.client.unwrap(soon());
    ASSERT_TRUE(ok(client));
    const unique_fd a(client->socket);
    expect_plain(a.get(), b.get(), "in the clear", to_text(server->unread));
}

// ---- the transport breaks: CLS-004, IO-016, ERR-009 ----

TEST_P(stream_end, by_a_reset_is_connection_reset_and_stays_so) {
    auto pair = open_tcp_streams(contexts(only(version())));
    reset_on_close(pair.server.native_handle());
    { const stream gone(std::move(pair.server)); }
    const auto read = read_text(pair.client);
    EXPECT_TRUE(fails_with(read, errc::connection_reset));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().system_code(), ECONNRESET);
    EXPECT_TRUE(fails_with(read_text(pair.client), errc::connection_reset));
    EXPECT_TRUE(fails_with(pair.client.write_some(as_bytes("x"), soon()), errc::connection_reset));
}

TEST_P(stream_end, of_the_peer_fails_writing_without_a_signal) {
    // A program that has not touched SIGPIPE: the default would end it, and this test with it.
    struct sigaction now = {};
    ASSERT_EQ(::sigaction(SIGPIPE, nullptr, &now), 0);
    ASSERT_EQ(now.sa_handler, SIG_DFL);
    auto pair = open_streams(only(version()));
    { const stream gone(std::move(pair.server)); }
    result<void> written;
    for (int i = 0; i < 100 && written; ++i) written = pair.client.write_all(pattern(16384), soon());
    EXPECT_TRUE(fails_with(written, errc::connection_reset));
    ASSERT_FALSE(written);
    EXPECT_NE(written.error().system_code(), 0);
}

// The peer's alert wins over the reset that follows it.
TEST_P(stream_end, by_an_alert_is_reported_although_the_socket_is_gone) {
    auto s = only(version());
    s.server.client_auth = client_auth::required;
    s.server.client_trust = pki::trust();
    auto pair = wrap_both(tcp_pair(), contexts(s));
    auto server = in_background([&] {
        const auto refused = pair.server.handshake(soon());
        const stream gone(std::move(pair.server));
        return refused;
    });
    result<void> written = pair.client.handshake(soon());
    for (int i = 0; i < 200 && written; ++i) written = pair.client.write_all(pattern(16384), soon());
    EXPECT_TRUE(fails_with(server.get(), errc::certificate_required));
    EXPECT_TRUE(received_alert(written, is_tls1_3() ? 116 : 40));
}

// CLS-010
TEST_P(stream_end, by_destruction_does_not_wait_for_a_silent_peer) {
    auto pair = open_streams(only(version()));
    const auto begin = std::chrono::steady_clock::now();
    { const stream gone(std::move(pair.client)); }
    EXPECT_LT(std::chrono::steady_clock::now() - begin, patience / 4);
    EXPECT_TRUE(fails_with(read_text(pair.server), errc::truncated));
}

}  // namespace
