// SPDX-License-Identifier: Apache-2.0
#include "cli/front/tcp.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <system_error>

#include "cli/front/programs.hpp"

namespace cli::front {
namespace {

using clock = std::chrono::steady_clock;

[[noreturn]] void fail(int code, const std::string& what) {
    throw std::system_error(code, std::generic_category(), what);
}

void set(int fd, int level, int option) {
    const int on = 1;
    (void)::setsockopt(fd, level, option, &on, sizeof on);
}

owned_fd make_socket(const tcp_address& where) {
    owned_fd out(::socket(where.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!out.is_open()) fail(errno, "cannot make a socket");
    return out;
}

/// Until one of them is as wanted; which one.
std::size_t wait_for(std::vector<pollfd> waits, const patience& patience) {
    wake_up woken;
    const std::stop_callback on_stop(patience.stop, [&] { woken.wake(); });
    waits.push_back({.fd = woken.readable(), .events = POLLIN, .revents = 0});
    for (;;) {
        const bool for_ever = patience.deadline == clock::time_point::max();
        const auto left =
            for_ever ? 60'000 : std::chrono::ceil<std::chrono::milliseconds>(patience.deadline - clock::now()).count();
        if (left <= 0) fail(ETIMEDOUT, "it took too long");
        const int ready = ::poll(waits.data(), waits.size(), static_cast<int>(std::min<long>(left, 60'000)));
        if (ready < 0 && errno != EINTR) fail(errno, "poll");
        if (patience.stop.stop_requested()) throw stopped();
        for (std::size_t i = 0; ready > 0 && i + 1 < waits.size(); ++i) {
            if (waits[i].revents != 0) return i;
        }
    }
}

template <class Name>
tcp_address address_of(int fd, Name&& name) {
    tcp_address out;
    out.size = sizeof out.storage;
    if (name(fd, reinterpret_cast<sockaddr*>(&out.storage), &out.size) != 0) fail(errno, "a socket has no address");
    return out;
}

}  // namespace

owned_fd& owned_fd::operator=(owned_fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

void owned_fd::close() noexcept {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

wake_up::wake_up() {
    std::array<int, 2> ends;
    if (pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) fail(errno, "cannot make a pipe");
    read_ = owned_fd(ends[0]);
    write_ = owned_fd(ends[1]);
}

void wake_up::wake() noexcept { (void)!::write(write_.get(), "", 1); }

void wake_up::forget() noexcept {
    std::array<char, 64> bytes;
    while (::read(read_.get(), bytes.data(), bytes.size()) > 0) {
    }
}

std::string tcp_address::text() const {
    std::array<char, NI_MAXHOST> host;
    const auto* generic = reinterpret_cast<const sockaddr*>(&storage);
    if (getnameinfo(generic, size, host.data(), host.size(), nullptr, 0, NI_NUMERICHOST) != 0) return "?";
    return address{host.data(), port()}.to_string();
}

std::uint16_t tcp_address::port() const noexcept {
    if (storage.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_port);
    return ntohs(reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
}

void tcp_address::set_port(std::uint16_t port) noexcept {
    if (storage.ss_family == AF_INET6) {
        reinterpret_cast<sockaddr_in6*>(&storage)->sin6_port = htons(port);
    } else {
        reinterpret_cast<sockaddr_in*>(&storage)->sin_port = htons(port);
    }
}

std::vector<tcp_address> resolve(const address& of, bool passive) {
    addrinfo wanted = {};
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = passive ? AI_PASSIVE : 0;
    addrinfo* list = nullptr;
    const char* host = of.host.empty() ? nullptr : of.host.c_str();
    const int problem = getaddrinfo(host, std::to_string(of.port).c_str(), &wanted, &list);
    if (problem == EAI_NONAME || problem == EAI_NODATA) throw usage_error("there is no host '" + of.host + "'");
    if (problem != 0) throw std::runtime_error("cannot look up '" + of.host + "': " + gai_strerror(problem));
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(list, freeaddrinfo);
    std::vector<tcp_address> out;
    for (const addrinfo* each = list; each != nullptr; each = each->ai_next) {
        tcp_address& next = out.emplace_back();
        next.size = each->ai_addrlen;
        std::memcpy(&next.storage, each->ai_addr, each->ai_addrlen);
    }
    return out;
}

owned_fd connect_to(const tcp_address& where, const patience& patience) {
    owned_fd out = make_socket(where);
    set(out.get(), IPPROTO_TCP, TCP_NODELAY);
    if (::connect(out.get(), reinterpret_cast<const sockaddr*>(&where.storage), where.size) == 0) return out;
    if (errno != EINPROGRESS) fail(errno, "cannot connect to " + where.text());
    wait_for({{.fd = out.get(), .events = POLLOUT, .revents = 0}}, patience);
    int problem = 0;
    socklen_t size = sizeof problem;
    if (::getsockopt(out.get(), SOL_SOCKET, SO_ERROR, &problem, &size) != 0) problem = errno;
    if (problem != 0) fail(problem, "cannot connect to " + where.text());
    return out;
}

owned_fd listen_on(const tcp_address& where) {
    constexpr int backlog = 64;
    owned_fd out = make_socket(where);
    set(out.get(), SOL_SOCKET, SO_REUSEADDR);
    if (where.storage.ss_family == AF_INET6) set(out.get(), IPPROTO_IPV6, IPV6_V6ONLY);
    const bool bound = ::bind(out.get(), reinterpret_cast<const sockaddr*>(&where.storage), where.size) == 0;
    if (!bound || ::listen(out.get(), backlog) != 0) fail(errno, "cannot listen on " + where.text());
    return out;
}

owned_fd listen_on_loopback() {
    tcp_address where;
    auto* loopback = reinterpret_cast<sockaddr_in*>(&where.storage);
    loopback->sin_family = AF_INET;
    loopback->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    where.size = sizeof *loopback;
    return listen_on(where);
}

tcp_address local_address(int fd) { return address_of(fd, ::getsockname); }
tcp_address peer_address(int fd) {
    try {
        return address_of(fd, ::getpeername);
    } catch (const std::system_error&) {
        return {};
    }
}

owned_fd accept_from(const std::vector<owned_fd>& listeners, const patience& patience) {
    std::vector<pollfd> waits;
    for (const auto& each : listeners) waits.push_back({.fd = each.get(), .events = POLLIN, .revents = 0});
    for (;;) {
        const int from = listeners[wait_for(waits, patience)].get();
        owned_fd out(::accept4(from, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (out.is_open()) {
            set(out.get(), IPPROTO_TCP, TCP_NODELAY);
            return out;
        }
        // Gone before we came to it.
        if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR) fail(errno, "cannot accept a connection");
    }
}

void wait_for_input(int fd, const patience& patience) {
    wait_for({{.fd = fd, .events = POLLIN, .revents = 0}}, patience);
}

}  // namespace cli::front
