// SPDX-License-Identifier: Apache-2.0
#include "bench/scale/event_loop.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace scale {
namespace {

using std::chrono::steady_clock;
using tlseam::errc;

constexpr int most_events = 256;

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

void add(int epoll, int fd, unsigned events) {
    epoll_event wanted = {};
    wanted.events = events;
    wanted.data.fd = fd;
    if (::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &wanted) != 0) fail("epoll_ctl");
}

}  // namespace

event_loop::event_loop(tlseam::listener& listener, std::chrono::milliseconds handshake_limit)
    : listener_(listener), limit_(handshake_limit), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (epoll_ < 0) fail("epoll_create1");
    for (const int fd : listener_.native_handles()) add(epoll_, fd, EPOLLIN);
}

event_loop::~event_loop() { ::close(epoll_); }

void event_loop::run_until_readable(int fd) {
    add(epoll_, fd, EPOLLIN);
    for (bool asked = false; !asked;) {
        std::array<epoll_event, most_events> events;
        const int wait = deadlines_.empty() ? -1 : 100;
        const int count = ::epoll_wait(epoll_, events.data(), most_events, wait);
        if (count < 0 && errno != EINTR) fail("epoll_wait");
        bool knocks = false;
        for (int i = 0; i < count; ++i) {
            const int ready = events[static_cast<std::size_t>(i)].data.fd;
            if (ready == fd)
                asked = true;
            else if (clients_.contains(ready))
                go_on(ready);
            else
                knocks = true;
        }
        if (knocks) accept_all();
        drop_overdue();
    }
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
}

void event_loop::accept_all() {
    while (auto got = listener_.accept(tlseam::within(std::chrono::milliseconds(0)))) {
        got->set_blocking(false);
        const int fd = got->native_handle();
        auto& one = *(clients_[fd] = std::make_unique<client>(std::move(*got)));
        ++accepted;
        one.deadline = steady_clock::now() + limit_;
        deadlines_.emplace(one.deadline, fd);
        one.waits_for = EPOLLIN;
        add(epoll_, fd, EPOLLIN);
    }
}

void event_loop::go_on(int fd) {
    client& one = *clients_.at(fd);
    if (!one.talks) {
        const auto shook = one.stream.handshake();
        if (shook) {
            one.talks = true;
            ++served;
            deadlines_.erase({one.deadline, fd});
        } else if (shook.error() == errc::want_read || shook.error() == errc::want_write) {
            return watch(fd, one, shook.error() == errc::want_read ? EPOLLIN : EPOLLOUT);
        } else {
            return drop(fd);
        }
    }
    const auto more = serve(one);
    if (more && !*more) return drop(fd);
    if (!more && more.error() == errc::want_write) return watch(fd, one, EPOLLOUT);
    if (!more && more.error() != errc::want_read) return drop(fd);
    watch(fd, one, EPOLLIN);
}

/// False at the end of the connection.
tlseam::result<bool> event_loop::serve(client& one) {
    static std::array<std::byte, 16384> buffer;  // between a read and the write of the same bytes nobody else has it
    for (;;) {
        const auto got = one.stream.read_some(buffer);
        if (!got) return std::unexpected(got.error());
        if (*got == 0) return false;
        // What does not fit into the socket's buffer is kept by the stream, so that nothing is lost here.
        if (auto sent = one.stream.write_all(std::span(buffer).first(*got)); !sent)
            return std::unexpected(sent.error());
    }
}

void event_loop::watch(int fd, client& one, unsigned events) {
    if (one.waits_for == events) return;
    one.waits_for = events;
    epoll_event wanted = {};
    wanted.events = events;
    wanted.data.fd = fd;
    if (::epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &wanted) != 0) fail("epoll_ctl");
}

void event_loop::drop(int fd) {
    const auto found = clients_.find(fd);
    deadlines_.erase({found->second->deadline, fd});
    clients_.erase(found);  // which closes it
}

void event_loop::drop_overdue() {
    const auto now = steady_clock::now();
    while (!deadlines_.empty() && deadlines_.begin()->first < now) {
        ++overdue;
        drop(deadlines_.begin()->second);
    }
}

}  // namespace scale
