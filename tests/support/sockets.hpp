// SPDX-License-Identifier: Apache-2.0
// Bare sockets for the far end of a connection: peers that speak anything but TLS, or nothing at all.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tlseam_test {

/// What any single wait in a test may take. Only reached when something is broken.
inline constexpr std::chrono::seconds patience{20};

/// Closes the descriptor it holds.
class unique_fd {
public:
    unique_fd() = default;
    explicit unique_fd(int fd) : fd_(fd) {}
    ~unique_fd() { reset(); }
    unique_fd(unique_fd&& other) noexcept : fd_(other.release()) {}
    unique_fd& operator=(unique_fd&& other) noexcept {
        if (this != &other) {
            reset();
            fd_ = other.release();
        }
        return *this;
    }

    [[nodiscard]] int get() const { return fd_; }
    int release() { return std::exchange(fd_, -1); }
    void reset();

private:
    int fd_ = -1;
};

// All of these throw std::system_error when the system refuses.

struct socket_ends {
    unique_fd a;
    unique_fd b;
};
/// Two connected Unix stream sockets.
[[nodiscard]] socket_ends socket_pair();
/// Two connected TCP sockets on 127.0.0.1.
[[nodiscard]] socket_ends tcp_pair();

/// A TCP socket on 127.0.0.1 with a port of the system's choice; listens only when told to.
class tcp_port {
public:
    enum class mode { listening, only_bound };
    explicit tcp_port(mode m = mode::listening);

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] int fd() const { return fd_.get(); }
    int release() { return fd_.release(); }
    /// Waits for a client, with patience.
    [[nodiscard]] unique_fd accept() const;

private:
    unique_fd fd_;
    std::uint16_t port_ = 0;
};

/// Connects to 127.0.0.1.
[[nodiscard]] unique_fd tcp_connect(std::uint16_t port);

void send_all(int fd, std::span<const std::byte> bytes);
void send_all(int fd, std::string_view text);

/// Waits with patience for at least one byte; empty at the end of the stream or after a reset.
[[nodiscard]] std::vector<std::byte> receive_some(int fd);
/// Everything until the end of the stream or a reset.
[[nodiscard]] std::vector<std::byte> receive_to_end(int fd);

/// When it is closed, the peer gets a reset instead of an end. TCP only.
void reset_on_close(int fd);

/// Waits until poll() reports one of these events. false when patience ends first.
[[nodiscard]] bool wait_for(int fd, short events);

/// The descriptor belongs to an open file.
[[nodiscard]] bool is_open(int fd);

void set_nonblocking(int fd);
/// The smallest buffers that the system allows, so that little fits into the socket.
void shrink_buffers(int fd);

}  // namespace tlseam_test
