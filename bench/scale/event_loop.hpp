// SPDX-License-Identifier: Apache-2.0
// An echo server on one thread: epoll, and any number of connections.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <unordered_map>
#include <utility>

#include <tlseam/tlseam.hpp>

namespace scale {

/// Throws std::system_error and tlseam::exception. Not thread safe.
class event_loop {
public:
    event_loop(tlseam::listener& listener, std::chrono::milliseconds handshake_limit);
    ~event_loop();
    event_loop(const event_loop&) = delete;
    event_loop& operator=(const event_loop&) = delete;

    /// Serves until the descriptor can be read.
    void run_until_readable(int fd);

    [[nodiscard]] std::size_t connections() const noexcept { return clients_.size(); }
    /// Those that were accepted, whose handshake was complete, and that were dropped at their deadline.
    std::size_t accepted = 0, served = 0, overdue = 0;

private:
    struct client {
        explicit client(tlseam::stream s) : stream(std::move(s)) {}
        tlseam::stream stream;
        bool talks = false;  // its handshake is complete
        std::chrono::steady_clock::time_point deadline;
        unsigned waits_for = 0;
    };

    void accept_all();
    void go_on(int fd);
    [[nodiscard]] tlseam::result<bool> serve(client& one);
    void watch(int fd, client& one, unsigned events);
    void drop(int fd);
    void drop_overdue();

    tlseam::listener& listener_;
    std::chrono::milliseconds limit_;
    int epoll_;
    std::unordered_map<int, std::unique_ptr<client>> clients_;
    std::set<std::pair<std::chrono::steady_clock::time_point, int>> deadlines_;  // of handshakes
};

}  // namespace scale
