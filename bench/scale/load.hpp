// SPDX-License-Identifier: Apache-2.0
// The clients, in a process of their own; the server's process is told how far they are.
#pragma once

#include <cstddef>
#include <cstdint>

#include <tlseam/tlseam.hpp>

namespace scale {

/// What two processes say to each other, a byte at a time, over a Unix socket pair.
class line {
public:
    explicit line(int fd) noexcept : fd_(fd) {}
    void say() const;
    void await() const;  // throws when the other one is gone
    [[nodiscard]] int fd() const noexcept { return fd_; }

private:
    int fd_;
};

/// Connects count clients; says so when all are; sends 16 KiB with each and reads them back; says so; ends when told.
void hold_connections(const tlseam::context& context, std::uint16_t port, std::size_t count, const line& server);

/// What became of a storm.
struct storm {
    std::size_t answered = 0, failed = 0, dropped = 0;
    double seconds = 0, seconds_until_dropped = 0;
};
/// Connects count clients as fast as possible, every second of which says nothing. The others shake hands, send a byte
/// and read it back. Then waits until the silent ones are dropped, 60 seconds at most.
[[nodiscard]] storm make_storm(const tlseam::context& context, std::uint16_t port, std::size_t count);

}  // namespace scale
