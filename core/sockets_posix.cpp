// SPDX-License-Identifier: Apache-2.0
// POSIX sockets: bytes, and waiting for them. With connections_posix.cpp, the only files of tlseam with a system call on
// a socket.
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>

#include "core/sockets.hpp"

namespace tlseam::seam::sockets {
namespace {

int milliseconds_left(const wait_options& limits) noexcept {
    using namespace std::chrono;
    if (limits.deadline == steady_clock::time_point::max()) return -1;
    const auto now = steady_clock::now();
    if (limits.deadline <= now) return 0;
    const auto left = ceil<milliseconds>(limits.deadline - now).count();  // never wake before the deadline
    return static_cast<int>(std::min<decltype(left)>(left, 1'000'000'000));
}

}  // namespace

owned& owned::operator=(owned&& other) noexcept {
    if (this != &other) {
        reset();
        fd_ = other.release();
    }
    return *this;
}

int owned::release() noexcept { return std::exchange(fd_, -1); }

void owned::reset() noexcept {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

transfer receive(int fd, std::span<std::byte> buffer) noexcept {
    for (;;) {
        const ssize_t count = ::recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (count > 0) return {outcome::moved, static_cast<std::size_t>(count)};
        if (count == 0) return {outcome::ended};
        if (errno == EINTR) continue;
        if (errno == EAGAIN || errno == EWOULDBLOCK) return {outcome::would_block};
        return {outcome::failed, 0, errno};
    }
}

transfer send(int fd, std::span<const std::byte> data) noexcept {
    for (;;) {
        const ssize_t count = ::send(fd, data.data(), data.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count >= 0) return {outcome::moved, static_cast<std::size_t>(count)};
        if (errno == EINTR) continue;
        if (errno == EAGAIN || errno == EWOULDBLOCK) return {outcome::would_block};
        return {outcome::failed, 0, errno};
    }
}

void shut_down_sending(int fd) noexcept { ::shutdown(fd, SHUT_WR); }

errc errc_for(int system_code) noexcept {
    switch (system_code) {
        case ECONNREFUSED: return errc::connection_refused;
        case ECONNRESET:
        case ECONNABORTED:
        case EPIPE: return errc::connection_reset;
        case ENETUNREACH:
        case EHOSTUNREACH:
        case ENETDOWN:
        case ETIMEDOUT: return errc::unreachable;
        case EADDRINUSE: return errc::address_in_use;
        case ENOMEM: return errc::out_of_memory;
        default: return errc::transport_error;
    }
}

// ---- waiting ----

waker::waker() noexcept { (void)make_usable(); }

bool waker::make_usable() noexcept {
    if (usable()) return true;
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return false;
    read_ = owned(ends[0]);
    write_ = owned(ends[1]);
    return true;
}

waker::~waker() = default;

void waker::wake() noexcept {
    const char byte = 0;
    while (::write(write_.get(), &byte, 1) < 0 && errno == EINTR) {
    }
}

void waker::drain() noexcept {
    char bytes[64];
    while (::read(read_.get(), bytes, sizeof bytes) > 0) {
    }
}

waker& this_threads_waker() noexcept {
    thread_local waker own;
    (void)own.make_usable();  // what there was none of the last time may be there now
    return own;
}

wake_reason wait(std::span<const interest> interests, waker& own, const wait_options& limits,
                 int& system_code) noexcept {
    constexpr std::size_t most = 32;
    std::array<pollfd, most + 1> polled = {};
    if (!own.usable() || interests.size() > most) {
        system_code = EMFILE;
        return wake_reason::failed;
    }
    for (std::size_t i = 0; i < interests.size(); ++i) {
        polled[i].fd = interests[i].fd;
        polled[i].events =
            static_cast<short>((interests[i].readable ? POLLIN : 0) | (interests[i].writable ? POLLOUT : 0));
    }
    polled[interests.size()] = {own.handle(), POLLIN, 0};
    const auto wake_up = [&own] { own.wake(); };
    std::optional<std::stop_callback<decltype(wake_up)>> on_stop;
    if (limits.stop.stop_possible()) on_stop.emplace(limits.stop, wake_up);
    for (;;) {
        if (limits.stop.stop_requested()) {
            own.drain();
            return wake_reason::cancelled;
        }
        const int timeout = milliseconds_left(limits);
        const int count = ::poll(polled.data(), static_cast<nfds_t>(interests.size() + 1), timeout);
        if (count < 0 && errno != EINTR) {
            system_code = errno;
            return wake_reason::failed;
        }
        if (count == 0 && milliseconds_left(limits) == 0) return wake_reason::timed_out;
        if (count <= 0) continue;
        for (std::size_t i = 0; i < interests.size(); ++i) {
            if (polled[i].revents != 0) return wake_reason::ready;
        }
        own.drain();
        if (!limits.stop.stop_requested()) return wake_reason::woken;
    }
}

}  // namespace tlseam::seam::sockets
