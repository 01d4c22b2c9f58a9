// SPDX-License-Identifier: Apache-2.0
// The program's own recv(), open() and whatever else tlseam asks of the system: all that is loaded with the program
// calls these. They do what the C library's do, unless the program, which defines before(), says otherwise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace interposed {

enum class call : std::uint8_t {
    socket,
    connect,
    bind,
    listen,
    accept,
    send,     // also sendmsg()
    receive,  // also recvmsg()
    poll,
    pipe,
    get_flags,          // fcntl(F_GETFL)
    set_flags,          // fcntl(F_SETFL)
    get_pending_error,  // getsockopt(SO_ERROR)
    pending_error,      // what that finds
    set_option,
    set_no_delay,  // setsockopt(TCP_NODELAY)
    shut_down,
    local_address,  // getsockname()
    peer_address,   // getpeername()
    resolve,        // getaddrinfo(); its own numbers
    name_address,   // getnameinfo(); the same
    open,
    close,  // the descriptor is closed all the same, as Linux does
    read,   // also readv()
    write,  // also writev()
    stat,
    fstat,
    synchronize,  // fsync()
    rename,
    open_directory,  // openat(), with which std::filesystem does it
    read_directory,
};

/// What becomes of a call. error: it fails with this errno, without having done anything but what a call of its kind
/// does then (connect() goes on after EINTR, close() closes). most: of the bytes that it may move; of poll(), the
/// milliseconds to wait before asking again.
struct verdict {
    int error = 0;
    std::size_t most = std::numeric_limits<std::size_t>::max();
};

/// Before each call, whoever makes it.
[[nodiscard]] verdict before(call what) noexcept;

}  // namespace interposed
