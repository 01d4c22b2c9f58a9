// SPDX-License-Identifier: Apache-2.0
#include "bench/sockets.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string_view>
#include <system_error>
#include <vector>

namespace bench {
namespace {

/// The value of a system call, or an exception.
template <class Value>
Value checked(Value value, const char* what) {
    if (value < 0) throw std::system_error(errno, std::generic_category(), what);
    return value;
}

/// A kernel without cubic has reno, and what it is without either is the same for all who are compared.
void do_not_pace(int socket) {
    for (const std::string_view control : {"cubic", "reno"}) {
        if (::setsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, control.data(), static_cast<socklen_t>(control.size())) ==
            0) {
            return;
        }
    }
}

int plain_socket() { return checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"); }

int tcp_socket() {
    const int made = plain_socket();
    do_not_pace(made);
    return made;
}

void connect_socket(int made, std::uint16_t port) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    checked(::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address), "connect");
}

void send_at_once(int socket) {
    const int on = 1;
    checked(::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "TCP_NODELAY");
}

/// Those that we may use, which need not begin with the first one.
std::vector<int> cores_at_start() {
    cpu_set_t allowed = {};
    checked(::sched_getaffinity(0, sizeof allowed, &allowed), "sched_getaffinity");
    std::vector<int> out;
    for (int core = 0; core < CPU_SETSIZE; ++core) {
        if (CPU_ISSET(core, &allowed)) out.push_back(core);
    }
    return out;
}

double seconds(clockid_t clock) {
    timespec now = {};
    checked(::clock_gettime(clock, &now), "clock_gettime");
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

}  // namespace

listening_socket::listening_socket() : socket_(tcp_socket()) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    checked(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size), "bind");
    checked(::listen(socket_, SOMAXCONN), "listen");
    checked(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
    port_ = ntohs(address.sin_port);
}

listening_socket::~listening_socket() { ::close(socket_); }

int listening_socket::connect() const {
    const int made = tcp_socket();
    connect_socket(made, port_);
    send_at_once(made);
    return made;
}

int listening_socket::accept() const {
    const int made = checked(::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC), "accept");
    send_at_once(made);
    return made;
}

int connect_to(std::uint16_t port) {
    const int made = plain_socket();
    connect_socket(made, port);
    return made;
}

socket_pair tcp_pair() {
    const listening_socket listening;
    const int client = listening.connect();
    return {.client = client, .server = listening.accept()};
}

socket_pair unix_pair() {
    int ends[2] = {};
    checked(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), "socketpair");
    return {.client = ends[0], .server = ends[1]};
}

void hold_much(int socket) {
    const int bytes = 1 << 20;  // the system takes less
    checked(::setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes), "SO_SNDBUF");
}

void allow_many_sockets() {
    rlimit limit = {};
    checked(::getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
    limit.rlim_cur = limit.rlim_max;
    checked(::setrlimit(RLIMIT_NOFILE, &limit), "setrlimit");
}

void send_all(int socket, std::span<const std::byte> data) {
    while (!data.empty()) {
        const auto sent = checked(::send(socket, data.data(), data.size(), MSG_NOSIGNAL), "send");
        data = data.subspan(static_cast<std::size_t>(sent));
    }
}

std::size_t receive(int socket, std::span<std::byte> room) {
    return static_cast<std::size_t>(checked(::recv(socket, room.data(), room.size(), 0), "recv"));
}

void pin_to_core(unsigned core) {
    static const std::vector<int> cores = cores_at_start();
    if (cores.size() <= core) return;
    cpu_set_t only = {};
    CPU_SET(cores[core], &only);
    checked(::sched_setaffinity(0, sizeof only, &only), "sched_setaffinity");
}

double cpu_seconds_of(std::thread::native_handle_type thread) {
    clockid_t clock = {};
    if (const int problem = ::pthread_getcpuclockid(thread, &clock); problem != 0) {
        throw std::system_error(problem, std::generic_category(), "pthread_getcpuclockid");
    }
    return seconds(clock);
}

double cpu_seconds_of_this_thread() { return seconds(CLOCK_THREAD_CPUTIME_ID); }

void give_up(const std::string& why) {
    std::fprintf(stderr, "%s\n", why.c_str());
    std::_Exit(1);
}

}  // namespace bench
