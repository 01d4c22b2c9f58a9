// SPDX-License-Identifier: Apache-2.0
#include "tests/pairs/control.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace peer {
namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

/// The descriptor that came with a message (SCM_RIGHTS), if one did.
descriptor attached(msghdr& message) {
    for (auto* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
        int number = -1;
        std::memcpy(&number, CMSG_DATA(c), sizeof number);
        return descriptor(number);
    }
    return descriptor();
}

}  // namespace

std::optional<request> control::receive() const {
    request r;
    while (r.line.empty() || r.line.back() != '\n') {
        char text[16384];
        alignas(cmsghdr) char rights[CMSG_SPACE(sizeof(int))];
        iovec into{.iov_base = text, .iov_len = sizeof text};
        msghdr message{};
        message.msg_iov = &into;
        message.msg_iovlen = 1;
        message.msg_control = rights;
        message.msg_controllen = sizeof rights;
        const auto count = ::recvmsg(socket_, &message, MSG_CMSG_CLOEXEC);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail("the runner's request");
        if (count == 0) return std::nullopt;
        if (auto connection = attached(message); connection.get() >= 0) r.connection = std::move(connection);
        r.line.append(text, static_cast<std::size_t>(count));
    }
    return r;
}

void control::send(std::string_view line) const {
    while (!line.empty()) {
        const auto count = ::send(socket_, line.data(), line.size(), MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail("the answer to the runner");
        line.remove_prefix(static_cast<std::size_t>(count));
    }
}

}  // namespace peer
