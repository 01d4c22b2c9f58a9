// SPDX-License-Identifier: Apache-2.0
// Small writes and several pieces at once: they become full records, nothing of them stays behind, and nobody waits for
// what was not sent.
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

using bytes = std::vector<std::byte>;
using pieces = std::vector<std::span<const std::byte>>;

class stream_writer : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, stream_writer, both_versions(), version_name());

/// A client's stream whose peer is an engine behind a bare socket, so that its records can be seen.
class watched_client {
public:
    explicit watched_client(const setup& from) : made_(from), server_(or_throw(engine::create(made_.server))) {
        auto ends = socket_pair();
        client_.emplace(or_throw(stream::wrap(made_.client, ends.a.get(), made_.names)));
        (void)ends.a.release();
        socket_ = std::move(ends.b);
        auto shaken = in_background([&] { return client_->handshake(soon()); });
        for (auto done = server_.handshake();; done = server_.handshake()) {
            send_all(socket_.get(), server_.output());
            server_.consume_output(server_.output().size());
            if (done || !needs_input(done)) break;
            EXPECT_TRUE(ok(server_.feed(receive_some(socket_.get()))));
        }
        EXPECT_TRUE(ok(shaken.get()));
    }

    [[nodiscard]] stream& client() { return *client_; }
    void hang_up() { client_.reset(); }

    [[nodiscard]] bool anything_there() const {
        pollfd look = {.fd = socket_.get(), .events = POLLIN, .revents = 0};
        return ::poll(&look, 1, 0) == 1;
    }

    /// So many bytes of plaintext; the number of records that they came in goes to records().
    bytes receive(std::size_t size) {
        bytes out, buffer(16384);
        while (out.size() < size) {
            const auto got = server_.read_some(buffer);
            if (got && *got == 0) break;
            if (got) {
                out.insert(out.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*got));
                ++records_;
                continue;
            }
            if (!needs_input(got)) {
                ADD_FAILURE() << describe(got);
                break;
            }
            const auto more = receive_some(socket_.get());
            if (more.empty()) break;
            EXPECT_TRUE(ok(server_.feed(more)));
        }
        return out;
    }
    /// A read gives at most one record.
    [[nodiscard]] int records() const { return records_; }

private:
    contexts made_;
    engine server_;
    std::optional<stream> client_;
    unique_fd socket_;
    int records_ = 0;
};

TEST_P(stream_writer, makes_full_records_of_small_writes) {
    watched_client peer(only(version()));
    const auto sent = pattern(100'000);
    stream::writer out(peer.client());
    for (std::size_t at = 0; at < sent.size(); at += 100) {
        std::size_t accepted = 0;
        ASSERT_TRUE(ok(out.write(std::span(sent).subspan(at, 100), soon(), &accepted)));
        EXPECT_EQ(accepted, 100U);
    }
    EXPECT_FALSE(peer.anything_there()) << "it was not that much yet";
    ASSERT_TRUE(ok(out.flush(soon())));
    EXPECT_EQ(peer.receive(sent.size()), sent);
    EXPECT_EQ(peer.records(), 7);
}

TEST_P(stream_writer, goes_by_the_record_size_of_the_settings) {
    auto s = only(version());
    s.client.max_record_size = 1000;
    watched_client peer(s);
    const auto sent = pattern(10'500);
    stream::writer out(peer.client());
    ASSERT_TRUE(ok(out.write(std::span(sent).first(10), soon())));
    ASSERT_TRUE(ok(out.write(std::span(sent).subspan(10), soon())));
    ASSERT_TRUE(ok(peer.client().flush(soon())));
    EXPECT_EQ(peer.receive(sent.size()), sent);
    EXPECT_EQ(peer.records(), 11);
}

TEST_P(stream_writer, is_emptied_before_the_answer_is_awaited) {
    auto pair = open_streams(only(version()));
    auto server = in_background([&] {
        auto request = read_text(pair.server);
        EXPECT_TRUE(ok(pair.server.write_all(as_bytes("answer"), soon())));
        return request.value_or("failed");
    });
    stream::writer out(pair.client);
    ASSERT_TRUE(ok(out.write(as_bytes("request"), soon())));
    EXPECT_EQ(read_text(pair.client).value_or("failed"), "answer");
    EXPECT_EQ(server.get(), "request");
}

TEST_P(stream_writer, is_emptied_before_want_read) {
    auto pair = open_streams(only(version()));
    pair.client.set_blocking(false);
    stream::writer out(pair.client);
    ASSERT_TRUE(ok(out.write(as_bytes("request"))));
    std::byte buffer[16];
    EXPECT_TRUE(fails_with(pair.client.read_some(buffer), errc::want_read));
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "request");
}

TEST_P(stream_writer, keeps_the_order_of_all_writing_verbs) {
    auto pair = open_streams(only(version()));
    stream::writer out(pair.client);
    ASSERT_TRUE(ok(out.write(as_bytes("one "), soon())));
    ASSERT_TRUE(ok(pair.client.write_all(as_bytes("two "), soon())));
    ASSERT_TRUE(ok(out.write(as_bytes("three "), soon())));
    ASSERT_TRUE(ok(pair.client.write_some(as_bytes("four "), soon())));
    ASSERT_TRUE(ok(out.write(as_bytes("five"), soon())));
    ASSERT_TRUE(ok(pair.client.close_write(soon())));
    std::string got;
    for (;;) {
        const auto more = read_text(pair.server);
        ASSERT_TRUE(ok(more));
        if (more->empty()) break;
        got += *more;
    }
    EXPECT_EQ(got, "one two three four five");
    EXPECT_TRUE(fails_with(out.write(as_bytes("six"), soon()), errc::closed));
}

TEST_P(stream_writer, is_emptied_by_shutdown) {
    auto pair = open_streams(only(version()));
    auto server = in_background([&] {
        auto last = read_text(pair.server);
        EXPECT_TRUE(ok(pair.server.shutdown(soon())));
        return last.value_or("failed");
    });
    stream::writer out(pair.client);
    ASSERT_TRUE(ok(out.write(as_bytes("last words"), soon())));
    EXPECT_TRUE(ok(pair.client.shutdown(soon())));
    EXPECT_EQ(server.get(), "last words");
}

TEST_P(stream_writer, says_that_the_peer_has_closed_and_then_lets_go) {
    auto pair = open_streams(only(version()));
    stream::writer out(pair.client);
    ASSERT_TRUE(ok(out.write(as_bytes("too late?"), soon())));
    ASSERT_TRUE(ok(pair.server.close_write(soon())));
    EXPECT_EQ(read_text(pair.client).value_or("failed"), "");
    if (is_tls1_3()) {
        EXPECT_TRUE(ok(out.flush(soon())));
        EXPECT_EQ(read_text(pair.server).value_or("failed"), "too late?");
    } else {
        EXPECT_TRUE(fails_with(out.flush(soon()), errc::closed));
    }
    EXPECT_TRUE(ok(pair.client.close_write(soon())));
    EXPECT_TRUE(ok(pair.client.shutdown(soon())));
}

TEST_P(stream_writer, that_is_not_flushed_sends_nothing) {
    watched_client peer(only(version()));
    {
        stream::writer out(peer.client());
        ASSERT_TRUE(ok(out.write(as_bytes("for nobody"), soon())));
    }
    EXPECT_FALSE(peer.anything_there());
    peer.hang_up();
    EXPECT_TRUE(peer.anything_there()) << "the end";
}

TEST_P(stream_writer, takes_only_so_much_that_cannot_be_sent) {
    auto pair = open_streams(only(version()));
    pair.client.set_blocking(false);
    const auto sent = pattern(8'000'000);
    stream::writer out(pair.client);
    std::size_t accepted = 0;
    EXPECT_TRUE(fails_with(out.write(sent, {}, &accepted), errc::want_write));
    EXPECT_GT(accepted, 100'000U);
    EXPECT_LT(accepted, sent.size());
    bytes received(sent.size());
    auto reading = in_background([&] { return pair.server.read_exactly(received, soon()); });
    pair.client.set_blocking(true);
    EXPECT_TRUE(ok(out.write(std::span(sent).subspan(accepted), soon())));
    EXPECT_TRUE(ok(out.flush(soon())));
    EXPECT_TRUE(ok(reading.get()));
    EXPECT_TRUE(received == sent);
}

TEST_P(stream_writer, works_beside_a_reader_and_after_a_move) {
    auto pair = open_streams(only(version()));
    stream::writer out(pair.client);
    ASSERT_TRUE(ok(out.write(as_bytes("before"), soon())));
    stream moved(std::move(pair.client));
    const auto up = pattern(2'000'000, 1), down = pattern(2'000'000, 2);
    bytes got_up(up.size() + 6), got_down(down.size());
    auto a = in_background([&] { return pair.server.write_all(down, soon()); });
    auto b = in_background([&] { return pair.server.read_exactly(got_up, soon()); });
    auto c = in_background([&] { return moved.read_exactly(got_down, soon()); });
    for (std::size_t at = 0; at < up.size(); at += 1000) {
        ASSERT_TRUE(ok(out.write(std::span(up).subspan(at, 1000), soon())));
    }
    EXPECT_TRUE(ok(out.flush(soon())));
    EXPECT_TRUE(ok(a.get()));
    EXPECT_TRUE(ok(b.get()));
    EXPECT_TRUE(ok(c.get()));
    EXPECT_TRUE(std::ranges::equal(std::span(got_up).subspan(6), up));
    EXPECT_TRUE(got_down == down);
}

TEST_P(stream_writer, does_the_handshake_on_first_use) {
    auto pair = wrap_both(socket_pair(), contexts(only(version())));
    auto server = in_background([&] { return read_text(pair.server); });
    stream::writer out(pair.client);
    EXPECT_TRUE(ok(out.write(as_bytes("first"), soon())));
    EXPECT_EQ(pair.client.info().version, version());
    EXPECT_TRUE(ok(out.flush(soon())));
    EXPECT_EQ(server.get().value_or("failed"), "first");
}

TEST_P(stream_writer, learns_that_the_peer_is_gone) {
    auto pair = open_tcp_streams(contexts(only(version())));
    reset_on_close(pair.server.native_handle());
    { const stream gone(std::move(pair.server)); }
    ASSERT_TRUE(wait_for(pair.client.native_handle(), POLLIN));
    stream::writer out(pair.client);
    (void)out.write(as_bytes("hello?"), soon());
    EXPECT_TRUE(fails_with(out.flush(soon()), errc::connection_reset));
    EXPECT_TRUE(fails_with(out.write(as_bytes("hello?"), soon()), errc::connection_reset));
}

// ---- several pieces ----

TEST_P(stream_writer, is_not_needed_for_a_header_and_a_body) {
    watched_client peer(only(version()));
    const auto header = pattern(10, 1), body = pattern(16'374, 2);
    ASSERT_TRUE(ok(peer.client().write_all({header, body}, soon())));
    auto expected = header;
    expected.insert(expected.end(), body.begin(), body.end());
    EXPECT_EQ(peer.receive(16'384), expected);
    EXPECT_EQ(peer.records(), 1);
}

TEST_P(stream_writer, is_not_needed_for_pieces_of_every_size) {
    auto pair = open_streams(only(version()));
    const auto data = pattern(300'000);
    pieces all;
    std::size_t at = 0;
    for (const std::size_t size : {0U, 1U, 5U, 16'378U, 16'384U, 16'385U, 3U, 0U, 100'000U, 16'383U, 2U, 40'000U}) {
        all.push_back(std::span(data).subspan(at, size));
        at += size;
    }
    bytes received(at);
    auto reading = in_background([&] { return pair.server.read_exactly(received, soon()); });
    std::size_t accepted = 0;
    EXPECT_TRUE(ok(pair.client.write_all(all, soon(), &accepted)));
    EXPECT_EQ(accepted, at);
    EXPECT_TRUE(ok(reading.get()));
    EXPECT_TRUE(std::ranges::equal(received, std::span(data).first(at)));
    EXPECT_TRUE(ok(pair.client.write_all(pieces(), soon(), &accepted)));
    EXPECT_EQ(accepted, 0U);
}

TEST_P(stream_writer, is_not_needed_when_pieces_meet_a_full_socket) {
    auto pair = open_streams(only(version()));
    pair.client.set_blocking(false);
    const auto data = pattern(8'000'000);
    const pieces both = {std::span(data).first(7), std::span(data).subspan(7)};
    std::size_t accepted = 0;
    EXPECT_TRUE(fails_with(pair.client.write_all(both, {}, &accepted), errc::want_write));
    EXPECT_GT(accepted, 100'000U);
    bytes received(data.size());
    auto reading = in_background([&] { return pair.server.read_exactly(received, soon()); });
    pair.client.set_blocking(true);
    EXPECT_TRUE(ok(pair.client.write_all(std::span(data).subspan(accepted), soon())));
    EXPECT_TRUE(ok(reading.get()));
    EXPECT_TRUE(received == data);
}

}  // namespace
