// SPDX-License-Identifier: Apache-2.0
// Data through streams over real sockets.
#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/bytes.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/stream_pair.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

class stream_io : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, stream_io, both_versions(), version_name());

TEST_P(stream_io, carries_both_roles_over_a_socket_pair) {
    auto pair = open_streams(only(version()));
    EXPECT_EQ(carry(pair.client, pair.server, "hello"), "hello");
    EXPECT_EQ(carry(pair.server, pair.client, "world"), "world");
    EXPECT_EQ(pair.client.info().version, version());
    EXPECT_EQ(pair.server.info().version, version());
}

// HS-002
TEST_P(stream_io, does_the_handshake_on_first_use) {
    auto pair = wrap_both(socket_pair(), contexts(only(version())));
    auto server = in_background([&] { return read_text(pair.server); });
    EXPECT_TRUE(ok(pair.client.write_all(as_bytes("no handshake()"), soon())));
    EXPECT_EQ(server.get().value_or("failed"), "no handshake()");
}

// HS-003
TEST_P(stream_io, makes_a_second_handshake_a_no_op) {
    auto pair = open_streams(only(version()));
    EXPECT_TRUE(ok(pair.client.handshake(soon())));
    EXPECT_TRUE(ok(pair.server.handshake(soon())));
    EXPECT_EQ(carry(pair.client, pair.server, "hello"), "hello");
}

// IO-001
TEST_P(stream_io, carries_every_size) {
    auto pair = open_streams(only(version()));
    for (const std::size_t size : {0U, 1U, 16383U, 16384U, 16385U, 65536U, 1000000U}) {
        const auto sent = pattern(size);
        std::vector<std::byte> received(size);
        auto writing = in_background([&] { return pair.client.write_all(sent, soon()); });
        EXPECT_TRUE(ok(pair.server.read_exactly(received, soon()))) << size;
        EXPECT_TRUE(ok(writing.get())) << size;
        EXPECT_EQ(received, sent) << size;
    }
}

// IO-008, IO-009
TEST_P(stream_io, is_full_duplex_with_one_reading_and_one_writing_thread_each) {
    auto pair = open_streams(only(version()));
    constexpr std::size_t size = std::size_t{8} << 20U;
    const auto up = pattern(size, 1);
    const auto down = pattern(size, 2);
    std::vector<std::byte> got_up(size), got_down(size);
    const auto wait = within(std::chrono::minutes(2));
    auto a = in_background([&] { return pair.client.write_all(up, wait); });
    auto b = in_background([&] { return pair.server.write_all(down, wait); });
    auto c = in_background([&] { return pair.client.read_exactly(got_down, wait); });
    auto d = in_background([&] { return pair.server.read_exactly(got_up, wait); });
    EXPECT_TRUE(ok(a.get()));
    EXPECT_TRUE(ok(b.get()));
    EXPECT_TRUE(ok(c.get()));
    EXPECT_TRUE(ok(d.get()));
    EXPECT_TRUE(got_up == up);
    EXPECT_TRUE(got_down == down);
}

TEST_P(stream_io, writes_at_most_a_record_with_write_some) {
    auto pair = open_streams(only(version()));
    const auto sent = pattern(50'000);
    const auto count = pair.client.write_some(sent, soon());
    ASSERT_TRUE(ok(count));
    EXPECT_EQ(*count, 16384U);
    std::vector<std::byte> buffer(50'000);
    EXPECT_EQ(pair.server.read_some(buffer, soon()).value_or(0), 16384U);
}

TEST_P(stream_io, reads_nothing_into_nothing) {
    auto pair = open_streams(only(version()));
    EXPECT_EQ(pair.client.read_some({}, soon()).value_or(99), 0U);
    EXPECT_EQ(pair.client.write_some({}, soon()).value_or(99), 0U);
    EXPECT_TRUE(ok(pair.client.read_exactly({}, soon())));
    EXPECT_TRUE(ok(pair.client.write_all({}, soon())));
    EXPECT_EQ(carry(pair.client, pair.server, "still fine"), "still fine");
}

// IO-007, NB-006
TEST_P(stream_io, tells_what_is_pending) {
    auto pair = open_streams(only(version()));
    ASSERT_TRUE(ok(pair.client.write_all(as_bytes("0123456789"), soon())));
    std::byte buffer[4];
    ASSERT_EQ(pair.server.read_some(buffer, soon()).value_or(0), 4U);
    EXPECT_LE(pair.server.pending(), 6U);
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "456789");
    EXPECT_EQ(pair.server.pending(), 0U);
}

// IO-017: the bytes are those of an engine.
TEST_P(stream_io, talks_to_an_engine_behind_a_bare_socket) {
    const contexts made(only(version()));
    auto ends = socket_pair();
    auto server = or_throw(stream::wrap(made.server, ends.b.get()));
    ends.b.release();
    auto client = or_throw(engine::create(made.client, made.names));
    auto serving = in_background([&] { return read_text(server); });
    auto written = client.write_some(as_bytes("from an engine"));
    for (int i = 0; i < 100 && needs_input(written); ++i) {
        send_all(ends.a.get(), client.output());
        client.consume_output(client.output().size());
        ASSERT_TRUE(ok(client.feed(receive_some(ends.a.get()))));
        written = client.write_some(as_bytes("from an engine"));
    }
    EXPECT_TRUE(ok(written));
    send_all(ends.a.get(), client.output());
    EXPECT_EQ(serving.get().value_or("failed"), "from an engine");
}

// IO-019, NB-004: the socket takes and gives almost nothing at a time.
TEST_P(stream_io, works_with_the_smallest_socket_buffers) {
    auto ends = socket_pair();
    shrink_buffers(ends.a.get());
    shrink_buffers(ends.b.get());
    auto pair = wrap_both(std::move(ends), contexts(only(version())));
    const auto seen = handshake_both(pair);
    ASSERT_TRUE(ok(seen.client));
    ASSERT_TRUE(ok(seen.server));
    const auto sent = pattern(300'000);
    std::vector<std::byte> received(sent.size());
    auto writing = in_background([&] { return pair.client.write_all(sent, soon()); });
    EXPECT_TRUE(ok(pair.server.read_exactly(received, soon())));
    EXPECT_TRUE(ok(writing.get()));
    EXPECT_TRUE(received == sent);
}

TEST_P(stream_io, takes_key_updates_while_both_write) {
    auto pair = open_streams(only(version()));
    if (!is_tls1_3()) {
        EXPECT_TRUE(fails_with(pair.client.key_update(true, soon()), errc::unsupported));
        return;
    }
    const bool ask = !backend().supports(feature::key_update_unanswered);
    for (int i = 0; i < 10; ++i) {
        ASSERT_TRUE(ok(pair.client.key_update(true, soon())));
        EXPECT_EQ(carry(pair.client, pair.server, "hello"), "hello");
        EXPECT_EQ(carry(pair.server, pair.client, "world"), "world");
        ASSERT_TRUE(ok(pair.server.key_update(ask || i % 2 == 0, soon())));
    }
}

TEST_P(stream_io, moves_to_another_object_between_calls) {
    auto pair = open_streams(only(version()));
    stream client(std::move(pair.client));
    pair.client = std::move(client);
    EXPECT_EQ(carry(pair.client, pair.server, "moved"), "moved");
    EXPECT_EQ(carry(pair.server, pair.client, "moved too"), "moved too");
}

}  // namespace
