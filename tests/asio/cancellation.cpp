// SPDX-License-Identifier: Apache-2.0
// Every operation, cancelled or abandoned after each handler that runs on its way: it ends with operation_aborted, or
// it was quicker, and afterwards the stream is as good as before.
#include <array>
#include <string>

#include "tests/asio/ends.hpp"
#include "tests/support/bytes.hpp"

namespace tlseam_test {
namespace {

using begin = std::function<void(ends&, outcome&, net::cancellation_slot)>;
constexpr std::size_t most_handlers = 400;  // an operation takes fewer

template <class Handler>
auto cancellable(net::cancellation_slot slot, Handler handler) {
    return net::bind_cancellation_slot(slot, std::move(handler));
}

bool aborted(const outcome& one) { return one.done() && *one.ec == net_error(net::error::operation_aborted); }

/// After cancelling: whatever was left undone is done by more of the same, and data arrives whole.
void goes_on(ends& pair) {
    ASSERT_TRUE(pair.shake_hands());
    std::array<char, 5> buffer;
    outcome wrote, read;
    net::async_write(pair.client, net::buffer("there", 5), wrote.handler());
    net::async_read(pair.server, net::buffer(buffer), read.handler());
    ASSERT_TRUE(pair.until(wrote, read));
    EXPECT_EQ(std::string(buffer.data(), 5), "there");
    outcome back, got;
    net::async_write(pair.server, net::buffer("back!", 5), back.handler());
    net::async_read(pair.client, net::buffer(buffer), got.handler());
    ASSERT_TRUE(pair.until(back, got));
    EXPECT_EQ(std::string(buffer.data(), 5), "back!");
}

/// True when the operation was complete before the k-th handler ran.
bool cancel_after(std::size_t k, net::cancellation_type type, const begin& what,
                  const std::function<void(ends&, const outcome&)>& then) {
    ends pair;
    net::cancellation_signal signal;
    outcome one;
    what(pair, one, signal.slot());
    for (std::size_t ran = 0; ran < k && !one.done(); ++ran) {
        pair.io.restart();
        if (pair.io.run_one_for(patience) == 0) break;
    }
    if (one.done()) return true;
    signal.emit(type);
    EXPECT_TRUE(pair.until(one));
    EXPECT_TRUE(one.good() || aborted(one)) << one.ec->message();
    then(pair, one);
    return false;
}

void sweep(const begin& what, const std::function<void(ends&, const outcome&)>& then,
           net::cancellation_type type = net::cancellation_type::total) {
    for (std::size_t k = 0; k < most_handlers; ++k) {
        SCOPED_TRACE("after " + std::to_string(k) + " handlers");
        if (cancel_after(k, type, what, then) || testing::Test::HasFailure()) return;
    }
    FAIL() << "never complete";
}

/// The peer's part, for whom nobody waits.
struct in_passing {
    outcome one, other;
    std::vector<std::byte> buffer = std::vector<std::byte>(300'000);
};

ASIO_TEST(asio_cancellation, of_a_handshake) {
    in_passing peers;
    sweep(
        [&](ends& pair, outcome& one, net::cancellation_slot slot) {
            peers.one = {};
            pair.server.async_handshake(peers.one.handler());
            pair.client.async_handshake(cancellable(slot, one.handler()));
        },
        [&](ends& pair, const outcome&) {
            outcome rest;
            pair.client.async_handshake(rest.handler());
            ASSERT_TRUE(pair.until(rest, peers.one));
            EXPECT_TRUE(rest.good() && peers.one.good());
            goes_on(pair);
        });
}

ASIO_TEST(asio_cancellation, of_a_servers_handshake) {
    in_passing peers;
    sweep(
        [&](ends& pair, outcome& one, net::cancellation_slot slot) {
            peers.one = {};
            pair.client.async_handshake(peers.one.handler());
            pair.server.async_handshake(cancellable(slot, one.handler()));
        },
        [&](ends& pair, const outcome&) {
            outcome rest;
            pair.server.async_handshake(rest.handler());
            ASSERT_TRUE(pair.until(rest, peers.one));
            EXPECT_TRUE(rest.good() && peers.one.good());
            goes_on(pair);
        });
}

ASIO_TEST(asio_cancellation, of_a_read_loses_nothing) {
    in_passing peers;
    std::array<char, 5> buffer;
    sweep(
        [&](ends& pair, outcome& one, net::cancellation_slot slot) {
            ASSERT_TRUE(pair.shake_hands());
            peers.one = {};
            net::async_write(pair.server, net::buffer("first", 5), peers.one.handler());
            pair.client.async_read_some(net::buffer(buffer), cancellable(slot, one.handler()));
        },
        [&](ends& pair, const outcome& one) {
            outcome rest;
            if (one.good()) {
                EXPECT_EQ(std::string(buffer.data(), one.count), "first");
            } else {
                pair.client.async_read_some(net::buffer(buffer), rest.handler());
                ASSERT_TRUE(pair.until(rest));
                EXPECT_EQ(std::string(buffer.data(), rest.count), "first");
            }
            ASSERT_TRUE(pair.until(peers.one));
            goes_on(pair);
        });
}

void cancel_writing(net::cancellation_type type) {
    const auto data = pattern(100'000);
    in_passing peers;
    std::size_t stopped = 0;
    sweep(
        [&](ends& pair, outcome& one, net::cancellation_slot slot) {
            ASSERT_TRUE(pair.shake_hands());
            pair.client.next_layer().set_option(net::socket_base::send_buffer_size(4096));
            pair.client.async_write_some(view(std::span<const std::byte>(data)), cancellable(slot, one.handler()));
            peers.one = {};
            net::async_read(pair.server, net::buffer(peers.buffer.data(), data.size()), peers.one.handler());
        },
        [&](ends& pair, const outcome& one) {
            if (aborted(one)) ++stopped;
            EXPECT_GT(one.count, 0u) << "it was encrypted at once";
            outcome rest;
            net::async_write(pair.client, view(std::span(data).subspan(one.count)), rest.handler());
            ASSERT_TRUE(pair.until(rest, peers.one));
            EXPECT_TRUE(rest.good());
            EXPECT_TRUE(std::ranges::equal(data, std::span(peers.buffer).first(data.size())));
            goes_on(pair);
        },
        type);
    EXPECT_EQ(stopped != 0, type != net::cancellation_type::total);
}

ASIO_TEST(asio_cancellation, of_a_write_says_how_much_goes_out) { cancel_writing(net::cancellation_type::partial); }

ASIO_TEST(asio_cancellation, of_a_write_that_must_have_no_effect_comes_too_late) {
    cancel_writing(net::cancellation_type::total);
}

ASIO_TEST(asio_cancellation, of_shutdown) {
    in_passing peers;
    sweep(
        [&](ends& pair, outcome& one, net::cancellation_slot slot) {
            ASSERT_TRUE(pair.shake_hands());
            peers.one = {};
            pair.server.async_shutdown(peers.one.handler());
            pair.client.async_shutdown(cancellable(slot, one.handler()));
        },
        [&](ends& pair, const outcome&) {
            outcome rest;
            pair.client.async_shutdown(rest.handler());
            ASSERT_TRUE(pair.until(rest, peers.one));
            EXPECT_TRUE(rest.good()) << rest.ec->message();
            EXPECT_TRUE(peers.one.good()) << peers.one.ec->message();
        });
}

ASIO_TEST(asio_cancellation, of_one_direction_leaves_the_other) {
    ends pair;
    ASSERT_TRUE(pair.shake_hands());
    std::array<char, 5> buffer;
    net::cancellation_signal signal;
    outcome cancelled, wrote, read;
    pair.client.async_read_some(net::buffer(buffer), cancellable(signal.slot(), cancelled.handler()));
    net::async_write(pair.client, net::buffer("there", 5), wrote.handler());
    signal.emit(net::cancellation_type::total);
    ASSERT_TRUE(pair.until(cancelled, wrote));
    EXPECT_TRUE(aborted(cancelled));
    EXPECT_TRUE(wrote.good());
    net::async_read(pair.server, net::buffer(buffer), read.handler());
    ASSERT_TRUE(pair.until(read));
    goes_on(pair);
}

ASIO_TEST(asio_cancellation, by_the_socket) {
    ends pair;
    ASSERT_TRUE(pair.shake_hands());
    std::array<char, 5> buffer;
    outcome read;
    pair.client.async_read_some(net::buffer(buffer), read.handler());
    pair.io.restart();
    pair.io.poll();  // tickets; now it waits
    pair.client.next_layer().cancel();
    ASSERT_TRUE(pair.until(read));
    EXPECT_TRUE(aborted(read));
    goes_on(pair);
}

/// The streams go while both ends are at work; nothing hangs, and nothing is used that is gone.
ASIO_TEST(asio_cancellation, by_destroying_the_stream) {
    for (std::size_t k = 0; k < most_handlers; ++k) {
        SCOPED_TRACE("after " + std::to_string(k) + " handlers");
        auto pair = std::make_unique<ends>();
        std::vector<std::byte> data(50'000), got(50'000);
        outcome a, b, c;
        net::async_write(pair->client, view(std::span<const std::byte>(data)), a.handler());
        net::async_read(pair->server, view(std::span(got)), b.handler());
        for (std::size_t ran = 0; ran < k && !(a.done() && b.done()); ++ran) {
            pair->io.restart();
            if (pair->io.run_one_for(patience) == 0) break;
        }
        const bool complete = a.done() && b.done();
        if (complete) pair->client.async_shutdown(c.handler());
        {
            const auto client = std::make_unique<local_stream>(std::move(pair->client));
            const auto server = std::make_unique<local_stream>(std::move(pair->server));
        }
        ASSERT_TRUE(pair->until(a, b));
        if (!complete) continue;
        ASSERT_TRUE(pair->until(c));
        EXPECT_TRUE(aborted(c));
        return;
    }
    FAIL() << "never complete";
}

}  // namespace
}  // namespace tlseam_test
