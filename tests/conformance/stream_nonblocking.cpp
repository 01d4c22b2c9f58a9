// SPDX-License-Identifier: Apache-2.0
// Streams that never wait: the program polls for what they want.
#include <poll.h>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/bytes.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/stream_pair.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

class nonblocking : public in_each_version {
protected:
    [[nodiscard]] static stream_pair open_nonblocking() {
        auto pair = open_streams(only(version()));
        pair.client.set_blocking(false);
        pair.server.set_blocking(false);
        return pair;
    }
};
INSTANTIATE_TEST_SUITE_P(tls, nonblocking, both_versions(), version_name());

/// Calls f until it wants nothing any more, and polls in between for exactly what it wants.
template <class F>
auto poll_until_done(stream& s, F f) -> decltype(f()) {
    for (int i = 0; i < 100'000; ++i) {
        auto done = f();
        if (done || (done.error() != errc::want_read && done.error() != errc::want_write)) return done;
        EXPECT_TRUE(wait_for(s.native_handle(), done.error() == errc::want_read ? POLLIN : POLLOUT));
    }
    ADD_FAILURE() << "still wants something after 100,000 rounds";
    return f();
}

// NB-001, NB-004
TEST_P(nonblocking, handshake_is_driven_by_poll) {
    auto pair = wrap_both(socket_pair(), contexts(only(version())));
    pair.client.set_blocking(false);
    pair.server.set_blocking(false);
    EXPECT_TRUE(fails_with(pair.server.handshake(), errc::want_read));
    auto server = in_background([&] { return poll_until_done(pair.server, [&] { return pair.server.handshake(); }); });
    EXPECT_TRUE(ok(poll_until_done(pair.client, [&] { return pair.client.handshake(); })));
    EXPECT_TRUE(ok(server.get()));
}

// NB-009
TEST_P(nonblocking, handshake_needs_only_one_thread) {
    auto pair = wrap_both(socket_pair(), contexts(only(version())));
    pair.client.set_blocking(false);
    pair.server.set_blocking(false);
    result<void> client, server;
    for (int i = 0; i < 50; ++i) {
        client = pair.client.handshake();
        server = pair.server.handshake();
        if (client && server) break;
    }
    EXPECT_TRUE(ok(client));
    EXPECT_TRUE(ok(server));
}

TEST_P(nonblocking, read_of_nothing_wants_read) {
    auto pair = open_nonblocking();
    std::byte buffer[16];
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(fails_with(pair.client.read_some(buffer), errc::want_read));
    ASSERT_TRUE(ok(pair.server.write_some(as_bytes("now"))));
    EXPECT_EQ(poll_until_done(pair.client, [&] { return pair.client.read_some(buffer); }).value_or(0), 3U);
}

// NB-001
TEST_P(nonblocking, write_into_a_full_socket_wants_write_and_goes_on) {
    auto pair = open_nonblocking();
    const auto sent = pattern(3'000'000);
    std::size_t written = 0;
    result<std::size_t> count = 0U;
    while (written < sent.size() && (count = pair.client.write_some(std::span(sent).subspan(written))))
        written += *count;
    ASSERT_TRUE(fails_with(count, errc::want_write));
    ASSERT_LT(written, sent.size());
    std::vector<std::byte> received;
    auto reading = in_background([&] {
        std::vector<std::byte> buffer(65536);
        while (received.size() < sent.size()) {
            const auto got = poll_until_done(pair.server, [&] { return pair.server.read_some(buffer); });
            if (!got || *got == 0) break;
            received.insert(received.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*got));
        }
    });
    while (written < sent.size()) {
        // The data is at another address each time.
        const std::vector<std::byte> copy(sent.begin() + static_cast<std::ptrdiff_t>(written), sent.end());
        count = poll_until_done(pair.client, [&] { return pair.client.write_some(copy); });
        ASSERT_TRUE(ok(count));
        written += *count;
    }
    EXPECT_TRUE(ok(poll_until_done(pair.client, [&] { return pair.client.flush(); })));
    reading.get();
    EXPECT_TRUE(received == sent);
}

// Called again, as want_write would ask for, it would be another update, and in the end a flood.
TEST(nonblocking_in_tls1_3, key_update_into_a_full_socket_is_taken_once) {
    auto pair = open_streams(only(protocol_version::tls1_3));
    pair.client.set_blocking(false);
    const auto data = pattern(16384);
    std::size_t written = 0;
    result<std::size_t> count = 0U;
    while ((count = pair.client.write_some(data))) written += *count;
    ASSERT_TRUE(fails_with(count, errc::want_write));
    EXPECT_TRUE(ok(pair.client.key_update(true)));
    std::vector<std::byte> received(written);
    auto reading = in_background([&] { return pair.server.read_exactly(received, soon()); });
    EXPECT_TRUE(ok(poll_until_done(pair.client, [&] { return pair.client.flush(); })));
    EXPECT_TRUE(ok(reading.get()));
    pair.client.set_blocking(true);
    EXPECT_EQ(carry(pair.client, pair.server, "under new keys"), "under new keys");
    EXPECT_EQ(carry(pair.server, pair.client, "and back"), "and back");
}

TEST_P(nonblocking, write_all_reports_how_much_it_took) {
    auto pair = open_nonblocking();
    const auto sent = pattern(3'000'000);
    std::size_t written = 0;
    EXPECT_TRUE(fails_with(pair.client.write_all(sent, {}, &written), errc::want_write));
    EXPECT_GT(written, 0U);
    EXPECT_LT(written, sent.size());
}

TEST_P(nonblocking, read_exactly_reports_how_much_came) {
    auto pair = open_nonblocking();
    ASSERT_TRUE(ok(pair.server.write_some(as_bytes("0123"))));
    std::vector<std::byte> buffer(10);
    std::size_t received = 0, total = 0;
    for (int i = 0; i < 100 && total < 4; ++i) {
        EXPECT_TRUE(
            fails_with(pair.client.read_exactly(std::span(buffer).subspan(total), {}, &received), errc::want_read));
        total += received;
    }
    EXPECT_EQ(total, 4U);
    EXPECT_EQ(to_text(std::span(buffer).first(4)), "0123");
}

// NB-005
TEST_P(nonblocking, mode_may_change_at_any_time) {
    auto pair = open_nonblocking();
    std::byte buffer[16];
    EXPECT_TRUE(fails_with(pair.client.read_some(buffer), errc::want_read));
    pair.client.set_blocking(true);
    EXPECT_TRUE(fails_with(pair.client.read_some(buffer, briefly()), errc::timed_out));
    pair.client.set_blocking(false);
    EXPECT_TRUE(fails_with(pair.client.read_some(buffer), errc::want_read));
    pair.client.set_blocking(true);
    pair.server.set_blocking(true);
    EXPECT_EQ(carry(pair.server, pair.client, "hello"), "hello");
}

// NB-008
TEST_P(nonblocking, shutdown_goes_in_steps) {
    auto pair = open_nonblocking();
    EXPECT_TRUE(fails_with(pair.client.shutdown(), errc::want_read));
    EXPECT_TRUE(fails_with(pair.client.shutdown(), errc::want_read));
    std::byte buffer[16];
    EXPECT_EQ(poll_until_done(pair.server, [&] { return pair.server.read_some(buffer); }).value_or(99), 0U);
    EXPECT_TRUE(ok(poll_until_done(pair.server, [&] { return pair.server.shutdown(); })));
    EXPECT_TRUE(ok(poll_until_done(pair.client, [&] { return pair.client.shutdown(); })));
}

TEST_P(nonblocking, unwrap_goes_in_steps) {
    auto pair = open_nonblocking();
    EXPECT_TRUE(fails_with(pair.client.unwrap(), errc::want_read));
    const auto server = poll_until_done(pair.server, [&] { return pair.server.unwrap(); });
    ASSERT_TRUE(ok(server));
    const unique_fd b(server->socket);
    const auto client = poll_until_done(pair.client, [&] { return pair.client.unwrap(); });
    ASSERT_TRUE(ok(client));
    const unique_fd a(client->socket);
}

TEST_P(nonblocking, end_of_the_peer_is_truncated) {
    auto pair = open_nonblocking();
    { const stream gone(std::move(pair.server)); }
    std::byte buffer[16];
    EXPECT_TRUE(
        fails_with(poll_until_done(pair.client, [&] { return pair.client.read_some(buffer); }), errc::truncated));
}

// NB-006
TEST_P(nonblocking, data_that_is_pending_is_read_without_poll) {
    auto pair = open_nonblocking();
    const auto sent = pattern(40'000);
    std::size_t written = 0;
    while (written < sent.size()) written += or_throw(pair.server.write_some(std::span(sent).subspan(written)));
    ASSERT_TRUE(ok(poll_until_done(pair.server, [&] { return pair.server.flush(); })));
    std::vector<std::byte> received;
    std::byte one[1000];
    ASSERT_TRUE(wait_for(pair.client.native_handle(), POLLIN));
    while (const auto count = pair.client.read_some(one)) {
        received.insert(received.end(), one, one + *count);
        if (*count == 0 || received.size() >= sent.size()) break;
    }
    EXPECT_TRUE(received == sent);
}

}  // namespace
