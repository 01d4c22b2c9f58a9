// SPDX-License-Identifier: Apache-2.0
#include "cli/descriptors.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace cli {

descriptor::~descriptor() {
    if (fd_ >= 0) ::close(fd_);
}

void open_standard_descriptors() noexcept {
    for (int fd = 0; fd <= 2; ++fd) {
        // open() gives the lowest free number, which is this one.
        if (::fcntl(fd, F_GETFD) < 0) (void)::open("/dev/null", O_RDWR);
    }
}

ssize_t read_bytes(int fd, std::span<std::byte> buffer) noexcept {
    for (;;) {
        const ssize_t count = ::read(fd, buffer.data(), buffer.size());
        if (count >= 0 || errno != EINTR) return count;
    }
}

bool write_bytes(int fd, std::span<const std::byte> data) noexcept {
    while (!data.empty()) {
        const ssize_t count = ::write(fd, data.data(), data.size());
        if (count >= 0) {
            data = data.subspan(static_cast<std::size_t>(count));
        } else if (errno == EAGAIN) {  // somebody shares this pipe and made it non-blocking
            pollfd writable = {.fd = fd, .events = POLLOUT, .revents = 0};
            (void)::poll(&writable, 1, -1);
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

bool wait_readable(int fd, const std::stop_token& stop) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
    const descriptor woken(ends[0]), wake(ends[1]);
    const std::stop_callback on_stop(stop, [&] { (void)!::write(wake.get(), "", 1); });
    pollfd polled[] = {{.fd = fd, .events = POLLIN, .revents = 0}, {.fd = woken.get(), .events = POLLIN, .revents = 0}};
    while (::poll(polled, 2, -1) < 0) {
        if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "poll");
    }
    return polled[1].revents == 0;
}

}  // namespace cli
