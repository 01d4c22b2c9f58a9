// SPDX-License-Identifier: Apache-2.0
// TCP for the commands that stand between a client and a server: addresses, and waits that can be ended.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "cli/address.hpp"

namespace cli::front {

/// Owns a descriptor; -1 is none.
class owned_fd {
public:
    explicit owned_fd(int fd = -1) noexcept : fd_(fd) {}
    owned_fd(owned_fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    owned_fd& operator=(owned_fd&& other) noexcept;
    ~owned_fd() { close(); }
    void close() noexcept;
    [[nodiscard]] int get() const noexcept { return fd_; }
    [[nodiscard]] bool is_open() const noexcept { return fd_ >= 0; }

private:
    int fd_;
};

/// Readable once it was woken, from any thread, until that is forgotten.
class wake_up {
public:
    wake_up();
    void wake() noexcept;
    void forget() noexcept;
    [[nodiscard]] int readable() const noexcept { return read_.get(); }

private:
    owned_fd read_, write_;
};

/// What a wait is given up for. A wait that is given up throws `stopped`, or system_error with timed_out.
struct patience {
    std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
    std::stop_token stop;
};
struct stopped {};

struct tcp_address {
    sockaddr_storage storage = {};
    socklen_t size = 0;
    [[nodiscard]] std::string text() const;  ///< "192.0.2.1:443", "[::1]:443"
    [[nodiscard]] std::uint16_t port() const noexcept;
    void set_port(std::uint16_t port) noexcept;
};

/// Not empty. passive: to listen on, where no host is every address. Throws usage_error when there is no
/// such host, std::runtime_error when nobody can tell. Neither a deadline nor a stop token ends it: call it before
/// signals are taken from their usual ends.
[[nodiscard]] std::vector<tcp_address> resolve(const address& of, bool passive = false);

/// A connection that sends at once and does not block. Throws std::system_error, stopped.
[[nodiscard]] owned_fd connect_to(const tcp_address& where, const patience& patience);

/// Listens; with port 0, the system picks one. Throws std::system_error.
[[nodiscard]] owned_fd listen_on(const tcp_address& where);
[[nodiscard]] owned_fd listen_on_loopback();
[[nodiscard]] tcp_address local_address(int fd);

/// The next connection to any of them. Throws std::system_error, stopped.
[[nodiscard]] owned_fd accept_from(const std::vector<owned_fd>& listeners, const patience& patience);
[[nodiscard]] tcp_address peer_address(int fd);  ///< one whose text is "?" for a peer that has gone

/// Until something has arrived, be it the end. Throws std::system_error, stopped.
void wait_for_input(int fd, const patience& patience);

}  // namespace cli::front
