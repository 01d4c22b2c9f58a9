// SPDX-License-Identifier: Apache-2.0
// Everything that core wants from the operating system's sockets. sockets_posix.cpp and connections_posix.cpp implement
// it; a port to another system is other files beside those.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <tlseam/error.hpp>
#include <tlseam/stream.hpp>
#include <tlseam/types.hpp>

namespace tlseam::seam::sockets {

/// Owns one descriptor.
class owned {
public:
    owned() = default;
    explicit owned(int fd) noexcept : fd_(fd) {}
    ~owned() { reset(); }
    owned(owned&& other) noexcept : fd_(other.release()) {}
    owned& operator=(owned&& other) noexcept;
    [[nodiscard]] int get() const noexcept { return fd_; }
    [[nodiscard]] int release() noexcept;
    void reset() noexcept;

private:
    int fd_ = -1;
};

// ---- bytes: never block, never raise SIGPIPE, EINTR retried ----

enum class outcome : std::uint8_t { moved, would_block, ended, failed };
struct transfer {
    outcome what;
    std::size_t bytes = 0;
    int system_code = 0;
};
[[nodiscard]] transfer receive(int fd, std::span<std::byte> buffer) noexcept;
[[nodiscard]] transfer send(int fd, std::span<const std::byte> data) noexcept;
void shut_down_sending(int fd) noexcept;

/// errno of a socket call as an errc.
[[nodiscard]] errc errc_for(int system_code) noexcept;

// ---- waiting ----

/// Ends the wait of one thread, from another. Level triggered until drained.
class waker {
public:
    waker() noexcept;
    ~waker();
    waker(const waker&) = delete;
    waker& operator=(const waker&) = delete;
    [[nodiscard]] bool usable() const noexcept { return read_.get() >= 0; }
    /// Tries again, where there were no descriptors left.
    [[nodiscard]] bool make_usable() noexcept;
    [[nodiscard]] int handle() const noexcept { return read_.get(); }
    void wake() noexcept;
    void drain() noexcept;

private:
    owned read_, write_;
};

/// This thread's own, made on first use; may be unusable when there are no descriptors left.
[[nodiscard]] waker& this_threads_waker() noexcept;

struct interest {
    int fd = -1;
    bool readable = false;
    bool writable = false;
};
enum class wake_reason : std::uint8_t { ready, woken, timed_out, cancelled, failed };
/// Waits for one of the descriptors (error and hang-up count as ready), for own.wake(), a stop request, or the
/// deadline.
[[nodiscard]] wake_reason wait(std::span<const interest> interests, waker& own, const wait_options& limits,
                               int& system_code) noexcept;

// ---- connections ----

/// Resolves and tries each address in turn. Errors as stream::connect().
[[nodiscard]] result<owned> connect(const std::string& host, std::uint16_t port, const wait_options& limits);
[[nodiscard]] result<std::vector<owned>> listen(const std::string& host, std::uint16_t port, int backlog,
                                                bool reuse_address);
/// would_block when there is nothing to accept.
[[nodiscard]] transfer accept(int fd, owned& connection) noexcept;

[[nodiscard]] bool is_stream_socket(int fd) noexcept;
[[nodiscard]] bool is_listening(int fd) noexcept;
/// For listening sockets: with several threads, or a client that is gone again, a blocking accept would hang.
void make_nonblocking(int fd) noexcept;
/// Whole flights are sent at once: waiting for more only costs time.
void disable_nagle(int fd) noexcept;
[[nodiscard]] result<socket_address> local_address(int fd);
[[nodiscard]] result<socket_address> peer_address(int fd);

}  // namespace tlseam::seam::sockets
