// SPDX-License-Identifier: Apache-2.0
// POSIX sockets: how connections come to be, and the addresses of their ends.
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>

#include "core/fail.hpp"
#include "core/sockets.hpp"

namespace tlseam::seam::sockets {
namespace {

struct free_addresses {
    void operator()(addrinfo* list) const noexcept { freeaddrinfo(list); }
};
using address_list = std::unique_ptr<addrinfo, free_addresses>;

bool set_flag(int fd, int flag, bool on) noexcept {
    const int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && fcntl(fd, F_SETFL, on ? flags | flag : flags & ~flag) == 0;
}

std::string host_and_port(const std::string& host, std::uint16_t port) {
    return socket_address{host, port}.to_string();
}

result<address_list> resolve(const std::string& host, std::uint16_t port, bool to_listen) {
    addrinfo hints = {};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV | (to_listen ? AI_PASSIVE : 0);
    std::string name = host;  // without the brackets of an IPv6 address
    if (name.size() > 2 && name.front() == '[' && name.back() == ']') name = name.substr(1, name.size() - 2);
    addrinfo* found = nullptr;
    const std::string service = std::to_string(port);
    const int problem = getaddrinfo(name.empty() ? nullptr : name.c_str(), service.c_str(), &hints, &found);
    if (problem != 0) {
        const int system_code = errno;
        std::string what = "cannot resolve '" + host + "'";
        if (problem == EAI_SYSTEM) return fail_system(errc_for(system_code), system_code, std::move(what));
        error_detail detail;
        detail.message = std::move(what) + ": " + gai_strerror(problem);
        detail.origin = error_origin::system;
        return fail(problem == EAI_MEMORY ? errc::out_of_memory : errc::host_not_found, std::move(detail));
    }
    return address_list(found);
}

owned open_socket(const addrinfo& address) noexcept {
    return owned(::socket(address.ai_family, address.ai_socktype | SOCK_CLOEXEC, address.ai_protocol));
}

/// 0, an errno, or the wait's own end as an errc.
struct attempt {
    int system_code = 0;
    std::optional<errc> ended;
};

attempt try_connect(int fd, const addrinfo& address, const wait_options& limits) noexcept {
    if (!set_flag(fd, O_NONBLOCK, true)) return {errno, {}};
    if (::connect(fd, address.ai_addr, address.ai_addrlen) != 0) {
        if (errno != EINPROGRESS && errno != EINTR) return {errno, {}};
        for (bool waiting = true; waiting;) {
            const interest writable[] = {{.fd = fd, .writable = true}};
            int problem = 0;
            switch (wait(writable, this_threads_waker(), limits, problem)) {
                case wake_reason::ready: waiting = false; break;
                case wake_reason::woken: break;
                case wake_reason::timed_out: return {0, errc::timed_out};
                case wake_reason::cancelled: return {0, errc::cancelled};
                case wake_reason::failed: return {problem, {}};
            }
        }
        int problem = 0;
        socklen_t size = sizeof problem;
        if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &problem, &size) != 0) return {errno, {}};
        if (problem != 0) return {problem, {}};
    }
    if (!set_flag(fd, O_NONBLOCK, false)) return {errno, {}};
    return {};
}

result<socket_address> describe(const sockaddr_storage& address, socklen_t size) {
    if (address.ss_family == AF_UNIX) {
        const auto& local = reinterpret_cast<const sockaddr_un&>(address);
        const std::size_t length = size > offsetof(sockaddr_un, sun_path) ? size - offsetof(sockaddr_un, sun_path) : 0;
        return socket_address{std::string(local.sun_path, strnlen(local.sun_path, length)), 0};
    }
    char host[NI_MAXHOST], port[NI_MAXSERV];
    const int problem = getnameinfo(reinterpret_cast<const sockaddr*>(&address), size, host, sizeof host, port,
                                    sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
    if (problem != 0) {
        return fail(problem == EAI_MEMORY ? errc::out_of_memory : errc::transport_error,
                    std::string("cannot name an address: ") + gai_strerror(problem));
    }
    return socket_address{host, static_cast<std::uint16_t>(std::stoi(port))};
}

template <class Function>
result<socket_address> address_of(Function&& ask, int fd, const char* what) {
    sockaddr_storage address = {};
    socklen_t size = sizeof address;
    if (ask(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        const int problem = errno;
        return fail_system(errc_for(problem), problem, what);
    }
    return describe(address, size);
}

}  // namespace

result<owned> connect(const std::string& host, std::uint16_t port, const wait_options& limits) {
    auto addresses = resolve(host, port, false);
    if (!addresses) return std::unexpected(addresses.error());
    int last = EADDRNOTAVAIL;
    for (const addrinfo* address = addresses->get(); address != nullptr; address = address->ai_next) {
        owned fd = open_socket(*address);
        if (fd.get() < 0) {
            last = errno;
            continue;
        }
        const attempt tried = try_connect(fd.get(), *address, limits);
        if (tried.ended) return std::unexpected(*tried.ended);
        if (tried.system_code == 0) return fd;
        last = tried.system_code;
    }
    return fail_system(errc_for(last), last, "cannot connect to " + host_and_port(host, port));
}

result<std::vector<owned>> listen(const std::string& host, std::uint16_t port, int backlog, bool reuse_address) {
    auto addresses = resolve(host, port, true);
    if (!addresses) return std::unexpected(addresses.error());
    std::vector<owned> out;
    int last = EADDRNOTAVAIL;
    for (addrinfo* address = addresses->get(); address != nullptr; address = address->ai_next) {
        const bool ip6 = address->ai_family == AF_INET6;
        if (!ip6 && address->ai_family != AF_INET) continue;
        // All addresses share the port that the system picked for the first.
        auto& in_port = ip6 ? reinterpret_cast<sockaddr_in6*>(address->ai_addr)->sin6_port
                            : reinterpret_cast<sockaddr_in*>(address->ai_addr)->sin_port;
        in_port = htons(port);
        owned fd = open_socket(*address);
        const int on = 1;
        const bool good = fd.get() >= 0 &&
                          (!reuse_address || setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0) &&
                          (!ip6 || setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) == 0) &&
                          ::bind(fd.get(), address->ai_addr, address->ai_addrlen) == 0 &&
                          set_flag(fd.get(), O_NONBLOCK, true) && ::listen(fd.get(), backlog) == 0;
        if (!good) {
            last = errno;
            // A machine without IPv6 still listens. For any other reason, half of the addresses would be missing
            // unseen.
            if (last == EAFNOSUPPORT || last == EADDRNOTAVAIL) continue;
            out.clear();
            break;
        }
        if (port == 0) {
            auto bound = local_address(fd.get());
            if (!bound) return std::unexpected(bound.error());
            port = bound->port;
        }
        out.push_back(std::move(fd));
    }
    if (out.empty()) {
        return fail_system(errc_for(last), last, "cannot listen on " + host_and_port(host, port));
    }
    return out;
}

transfer accept(int fd, owned& connection) noexcept {
    for (;;) {
        const int accepted = ::accept4(fd, nullptr, nullptr, SOCK_CLOEXEC);
        if (accepted >= 0) {
            connection = owned(accepted);
            return {outcome::moved};
        }
        // The client, or the way to it, may be gone again: that is no failure of the listener.
        constexpr std::array clients = {EINTR,     ECONNABORTED, EPROTO,       ENOPROTOOPT,
                                        EHOSTDOWN, ENETDOWN,     EHOSTUNREACH, ENETUNREACH};
        if (std::ranges::find(clients, errno) != clients.end()) continue;
        if (errno == EAGAIN || errno == EWOULDBLOCK) return {outcome::would_block};
        return {outcome::failed, 0, errno};
    }
}

bool is_stream_socket(int fd) noexcept {
    int type = 0;
    socklen_t size = sizeof type;
    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

bool is_listening(int fd) noexcept {
    int listening = 0;
    socklen_t size = sizeof listening;
    return is_stream_socket(fd) && getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening != 0;
}

void make_nonblocking(int fd) noexcept { set_flag(fd, O_NONBLOCK, true); }

void disable_nagle(int fd) noexcept {
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // fails on Unix sockets, which do not need it
}

result<socket_address> local_address(int fd) { return address_of(getsockname, fd, "cannot ask for the local address"); }
result<socket_address> peer_address(int fd) { return address_of(getpeername, fd, "cannot ask for the peer's address"); }

}  // namespace tlseam::seam::sockets
