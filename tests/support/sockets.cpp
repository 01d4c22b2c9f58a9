// SPDX-License-Identifier: Apache-2.0
// Bare sockets for the far end of a connection.
#include "tests/support/sockets.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace tlseam_test {
namespace {

[[noreturn]] void throw_errno(const char* what) { throw std::system_error(errno, std::system_category(), what); }

int checked(int value, const char* what) {
    if (value < 0) throw_errno(what);
    return value;
}

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

unique_fd new_tcp_socket() { return unique_fd(checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket")); }

}  // namespace

void unique_fd::reset() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

socket_ends socket_pair() {
    int fds[2];
    checked(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), "socketpair");
    return {.a = unique_fd(fds[0]), .b = unique_fd(fds[1])};
}

socket_ends tcp_pair() {
    const tcp_port port;
    auto near = tcp_connect(port.port());
    return {.a = std::move(near), .b = port.accept()};
}

tcp_port::tcp_port(mode m) : fd_(new_tcp_socket()) {
    sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    checked(::bind(fd_.get(), generic, length), "bind");
    checked(::getsockname(fd_.get(), generic, &length), "getsockname");
    port_ = ntohs(address.sin_port);
    if (m == mode::listening) checked(::listen(fd_.get(), 64), "listen");
}

unique_fd tcp_port::accept() const {
    if (!wait_for(fd_.get(), POLLIN)) throw std::system_error(ETIMEDOUT, std::system_category(), "accept");
    return unique_fd(checked(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC), "accept"));
}

unique_fd tcp_connect(std::uint16_t port) {
    auto fd = new_tcp_socket();
    const sockaddr_in address = loopback(port);
    checked(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), "connect");
    return fd;
}

void send_all(int fd, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        if (!wait_for(fd, POLLOUT)) throw std::system_error(ETIMEDOUT, std::system_category(), "send");
        const auto count = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0) throw_errno("send");
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
}

void send_all(int fd, std::string_view text) { send_all(fd, std::as_bytes(std::span(text.data(), text.size()))); }

std::vector<std::byte> receive_some(int fd) {
    if (!wait_for(fd, POLLIN)) throw std::system_error(ETIMEDOUT, std::system_category(), "receive");
    std::vector<std::byte> bytes(65536);
    const auto count = ::recv(fd, bytes.data(), bytes.size(), 0);
    if (count < 0 && errno != ECONNRESET) throw_errno("receive");
    bytes.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    return bytes;
}

std::vector<std::byte> receive_to_end(int fd) {
    std::vector<std::byte> all;
    for (;;) {
        const auto some = receive_some(fd);
        if (some.empty()) return all;
        all.insert(all.end(), some.begin(), some.end());
    }
}

void reset_on_close(int fd) {
    const linger now = {.l_onoff = 1, .l_linger = 0};
    checked(::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now), "setsockopt");
}

bool wait_for(int fd, short events) {
    const auto end = std::chrono::steady_clock::now() + patience;
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        if (left.count() <= 0) return false;
        pollfd watched = {.fd = fd, .events = events, .revents = 0};
        const int ready = ::poll(&watched, 1, static_cast<int>(left.count()));
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) throw_errno("poll");
    }
}

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) != -1; }

void set_nonblocking(int fd) { checked(::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK), "fcntl"); }

void shrink_buffers(int fd) {
    const int smallest = 1;  // the system rounds up
    checked(::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &smallest, sizeof smallest), "setsockopt");
    checked(::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &smallest, sizeof smallest), "setsockopt");
}

}  // namespace tlseam_test
