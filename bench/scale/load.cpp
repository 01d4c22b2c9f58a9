// SPDX-License-Identifier: Apache-2.0
#include "bench/scale/load.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

#include "bench/sockets.hpp"

namespace scale {
namespace {

using std::chrono::steady_clock;
using tlseam::or_throw;

constexpr auto patience = std::chrono::seconds(60);
constexpr std::size_t threads = 4;

bool answered(const tlseam::context& context, int fd) {
    auto stream = tlseam::stream::wrap(context, fd, {.server_name = "localhost"});
    if (!stream) return false;
    std::array<std::byte, 1> byte = {std::byte{7}};
    const auto soon = tlseam::within(patience);
    return stream->write_all(byte, soon) && stream->read_exactly(byte, soon) && stream->close_write(soon);
}

/// How many of them the server has dropped.
std::size_t await_end(const std::vector<int>& silent) {
    std::size_t dropped = 0;
    const auto deadline = steady_clock::now() + patience;
    for (const int fd : silent) {
        pollfd wait = {.fd = fd, .events = POLLIN, .revents = 0};
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now()).count();
        char byte = 0;
        if (::poll(&wait, 1, left < 0 ? 0 : static_cast<int>(left)) == 1 && ::recv(fd, &byte, 1, 0) <= 0) ++dropped;
        ::close(fd);
    }
    return dropped;
}

double seconds_since(steady_clock::time_point start) {
    return std::chrono::duration<double>(steady_clock::now() - start).count();
}

}  // namespace

void line::say() const {
    if (::send(fd_, "", 1, MSG_NOSIGNAL) != 1) throw std::runtime_error("the other process is gone");
}

void line::await() const {
    char byte = 0;
    if (::recv(fd_, &byte, 1, 0) != 1) throw std::runtime_error("the other process is gone");
}

void hold_connections(const tlseam::context& context, std::uint16_t port, std::size_t count, const line& server) {
    std::vector<tlseam::stream> open;
    open.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        open.push_back(or_throw(tlseam::stream::wrap(context, bench::connect_to(port), {.server_name = "localhost"})));
        or_throw(open.back().handshake(tlseam::within(patience)));
    }
    server.say();
    server.await();
    std::vector<std::byte> data(16384, std::byte{1});
    for (auto& each : open) {
        or_throw(each.write_all(data, tlseam::within(patience)));
        or_throw(each.read_exactly(data, tlseam::within(patience)));
    }
    server.say();
    server.await();
}

storm make_storm(const tlseam::context& context, std::uint16_t port, std::size_t count) {
    storm out;
    const auto start = steady_clock::now();
    std::vector<int> silent, live;
    for (std::size_t i = 0; i < count; ++i) (i % 2 == 0 ? live : silent).push_back(bench::connect_to(port));

    std::atomic<std::size_t> next = 0, good = 0;
    {
        std::vector<std::jthread> workers;
        for (std::size_t i = 0; i < threads; ++i) {
            workers.emplace_back([&] {
                for (std::size_t mine = next++; mine < live.size(); mine = next++) {
                    if (answered(context, live[mine])) ++good;
                }
            });
        }
    }
    out.answered = good;
    out.failed = live.size() - good;
    out.seconds = seconds_since(start);
    out.dropped = await_end(silent);
    out.seconds_until_dropped = seconds_since(start);
    return out;
}

}  // namespace scale
