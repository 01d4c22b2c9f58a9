// SPDX-License-Identifier: Apache-2.0
// What Asio asks of a stream and its operations, and what programs rely on.
#include <array>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include "tests/asio/ends.hpp"
#include "tests/support/bytes.hpp"

namespace tlseam_test {
namespace {

// Requirements on types: AsyncReadStream, AsyncWriteStream, SyncReadStream, SyncWriteStream.
template <class Stream>
concept reads_and_writes = requires(Stream& stream, net::mutable_buffer into, net::const_buffer from, net_error ec) {
    { stream.get_executor() } -> std::same_as<typename Stream::executor_type>;
    stream.async_read_some(into, [](net_error, std::size_t) {});
    stream.async_write_some(from, [](net_error, std::size_t) {});
    { stream.read_some(into) } -> std::same_as<std::size_t>;
    { stream.read_some(into, ec) } -> std::same_as<std::size_t>;
    { stream.write_some(from) } -> std::same_as<std::size_t>;
    { stream.write_some(from, ec) } -> std::same_as<std::size_t>;
};
static_assert(reads_and_writes<local_stream>);
static_assert(reads_and_writes<tls_over<net::ip::tcp::socket&>>);
static_assert(std::is_nothrow_move_constructible_v<local_stream> && !std::is_copy_constructible_v<local_stream>);

ASIO_TEST(asio_rules, no_handler_runs_within_the_call_that_began_the_operation) {
    ends pair;
    ASSERT_TRUE(pair.shake_hands());
    outcome done, wrote, closed;
    pair.client.async_handshake(done.handler());
    EXPECT_FALSE(done.done());
    pair.client.async_write_some(net::buffer("x", 1), wrote.handler());
    EXPECT_FALSE(wrote.done());
    ASSERT_TRUE(pair.until(done, wrote));
    pair.client.async_close_write(closed.handler());
    EXPECT_FALSE(closed.done());
    ASSERT_TRUE(pair.until(closed));
}

ASIO_TEST(asio_rules, handlers_that_can_only_be_moved) {
    ends pair;
    bool called = false;
    outcome served;
    pair.server.async_handshake(served.handler());
    pair.client.async_handshake(
        [owned = std::make_unique<int>(7), &called](net_error ec) { called = !ec && *owned == 7; });
    EXPECT_TRUE(pair.until([&] { return called && served.done(); }));
}

ASIO_TEST(asio_rules, handlers_run_on_their_executor) {
    ends pair;
    net::io_context elsewhere;
    outcome served;
    bool there = false;
    pair.server.async_handshake(served.handler());
    pair.client.async_handshake(net::bind_executor(elsewhere, [&](net_error ec) { there = !ec; }));
    // Its steps run there too: whoever binds a strand has all of an operation in it.
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!(there && served.done()) && std::chrono::steady_clock::now() < deadline) {
        for (net::io_context* each : {&elsewhere, &pair.io}) {
            each->restart();
            each->run_for(std::chrono::milliseconds(1));
        }
    }
    EXPECT_TRUE(there && served.good());
    pair.client.async_handshake(net::bind_executor(elsewhere, [&](net_error) { there = false; }));
    pair.io.restart();
    pair.io.poll();
    EXPECT_TRUE(there) << "it ran elsewhere";
}

/// A handler with an allocator that counts.
template <class T>
struct counting {
    using value_type = T;
    explicit counting(std::size_t* counter) : count(counter) {}
    template <class U>
    counting(const counting<U>& other) : count(other.count) {}  // NOLINT(google-explicit-constructor)
    T* allocate(std::size_t n) {
        ++*count;
        return std::allocator<T>().allocate(n);
    }
    void deallocate(T* p, std::size_t n) { std::allocator<T>().deallocate(p, n); }
    bool operator==(const counting& other) const { return count == other.count; }
    std::size_t* count;
};
struct with_allocator {
    using allocator_type = counting<char>;
    [[nodiscard]] allocator_type get_allocator() const noexcept { return allocator_type(count); }
    void operator()(net_error ec) const { *ended = !ec; }
    std::size_t* count;
    bool* ended;
};

ASIO_TEST(asio_rules, operations_take_memory_from_the_handlers_allocator) {
    ends pair;
    std::size_t allocations = 0;
    bool ended = false;
    outcome served;
    pair.server.async_handshake(served.handler());
    pair.client.async_handshake(with_allocator{&allocations, &ended});
    ASSERT_TRUE(pair.until([&] { return ended && served.done(); }));
    EXPECT_GT(allocations, 0u);
}

ASIO_TEST(asio_rules, a_stream_may_move_while_it_is_used) {
    ends pair;
    ASSERT_TRUE(pair.shake_hands());
    std::array<char, 4> buffer;
    outcome read, wrote;
    pair.client.async_read_some(net::buffer(buffer), read.handler());
    local_stream moved = std::move(pair.client);
    net::async_write(pair.server, net::buffer("here", 4), wrote.handler());
    ASSERT_TRUE(pair.until(read, wrote));
    EXPECT_EQ(std::string(buffer.data(), read.count), "here");
}

ASIO_TEST(asio_rules, a_handler_may_destroy_the_stream) {
    ends pair;
    auto client = std::make_unique<local_stream>(std::move(pair.client));
    outcome served;
    pair.server.async_handshake(served.handler());
    client->async_handshake([&](net_error) { client.reset(); });
    EXPECT_TRUE(pair.until([&] { return client == nullptr && served.done(); }));
}

ASIO_TEST(asio_rules, futures) {
    ends pair;
    std::jthread runs([&, work = net::make_work_guard(pair.io)](const std::stop_token& stop) {
        while (!stop.stop_requested()) pair.io.run_for(std::chrono::milliseconds(5));
    });
    auto served = pair.server.async_handshake(net::use_future);
    auto shook = pair.client.async_handshake(net::use_future);
    ASSERT_EQ(shook.wait_for(patience), std::future_status::ready);
    ASSERT_EQ(served.wait_for(patience), std::future_status::ready);
    EXPECT_NO_THROW(shook.get());
    EXPECT_NO_THROW(served.get());
}

net::awaitable<std::string> talk(local_stream& client) {
    co_await client.async_handshake(net::use_awaitable);
    co_await net::async_write(client, net::buffer("hello", 5), net::use_awaitable);
    std::array<char, 16> buffer;
    const auto [ec, count] =
        co_await client.async_read_some(net::buffer(buffer), net::experimental::as_tuple(net::use_awaitable));
    co_return ec ? ec.message() : std::string(buffer.data(), count);
}

net::awaitable<void> echo(local_stream& server) {
    std::array<char, 16> buffer;
    const std::size_t count = co_await server.async_read_some(net::buffer(buffer), net::use_awaitable);
    co_await net::async_write(server, net::buffer(buffer.data(), count), net::use_awaitable);
}

ASIO_TEST(asio_rules, coroutines) {
    ends pair;
    std::string answer;
    bool echoed = false;
    net::co_spawn(pair.io, echo(pair.server), [&](const std::exception_ptr& problem) { echoed = !problem; });
    net::co_spawn(pair.io, talk(pair.client), [&](const std::exception_ptr& problem, std::string got) {
        answer = problem ? "it threw" : std::move(got);
    });
    ASSERT_TRUE(pair.until([&] { return !answer.empty() && echoed; }));
    EXPECT_EQ(answer, "hello");
}

ASIO_TEST(asio_rules, blocking_calls) {
    ends pair;
    auto served = std::async(std::launch::async, [&] {
        std::array<char, 8> buffer;
        const std::size_t count = pair.server.read_some(net::buffer(buffer));
        net::write(pair.server, net::buffer(buffer.data(), count));
        net_error ec;
        (void)pair.server.read_some(net::buffer(buffer), ec);
        return ec;
    });
    pair.client.handshake();
    net::write(pair.client, net::buffer("echo", 4));
    std::array<char, 4> buffer;
    EXPECT_EQ(net::read(pair.client, net::buffer(buffer)), 4u);
    EXPECT_EQ(std::string(buffer.data(), 4), "echo");
    pair.client.close_write();
    EXPECT_EQ(served.get(), net_error(net::error::eof));
}

ASIO_TEST(asio_rules, blocking_calls_throw_what_is_wrong) {
    ends pair;
    pair.server.next_layer().close();
    EXPECT_THROW(pair.client.handshake(), net_exception);
    net_error ec;
    pair.client.handshake(ec);
    EXPECT_TRUE(ec);
}

}  // namespace
}  // namespace tlseam_test
