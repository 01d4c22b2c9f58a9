// SPDX-License-Identifier: Apache-2.0
#include "tests/counts/counted.hpp"

#include <malloc.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <utility>

namespace {
constinit thread_local counts::counted now;
constinit counts::counted everywhere;
constinit std::atomic<std::size_t> in_use = 0;

void bump(std::size_t counts::counted::*what) noexcept {
    ++(now.*what);
    ++std::atomic_ref(everywhere.*what);
}

void* counted_block(void* block) noexcept {
    bump(&counts::counted::mallocs);
    in_use += ::malloc_usable_size(block);
    return block;
}

void forget(void* block) noexcept {
    if (block == nullptr) return;
    bump(&counts::counted::frees);
    in_use -= ::malloc_usable_size(block);
}

}  // namespace

namespace counts {
counted take() noexcept { return std::exchange(now, {}); }
counted take_everywhere() noexcept { return std::exchange(everywhere, {}); }
std::size_t heap_in_use() noexcept { return in_use; }
}  // namespace counts

// glibc's own names of these.
extern "C" {
void* __libc_malloc(std::size_t);                 // NOLINT(bugprone-reserved-identifier)
void* __libc_calloc(std::size_t, std::size_t);    // NOLINT(bugprone-reserved-identifier)
void* __libc_realloc(void*, std::size_t);         // NOLINT(bugprone-reserved-identifier)
void* __libc_memalign(std::size_t, std::size_t);  // NOLINT(bugprone-reserved-identifier)
void __libc_free(void*);                          // NOLINT(bugprone-reserved-identifier)

void* malloc(std::size_t size) { return counted_block(__libc_malloc(size)); }
void* calloc(std::size_t count, std::size_t size) { return counted_block(__libc_calloc(count, size)); }
void* realloc(void* old, std::size_t size) {
    const std::size_t before = old == nullptr ? 0 : ::malloc_usable_size(old);
    void* const block = __libc_realloc(old, size);
    if (block == nullptr && size != 0) return block;  // the old one is still there
    if (old != nullptr) bump(&counts::counted::frees);
    in_use -= before;
    return counted_block(block);
}
void* memalign(std::size_t alignment, std::size_t size) { return counted_block(__libc_memalign(alignment, size)); }
void* aligned_alloc(std::size_t alignment, std::size_t size) { return memalign(alignment, size); }
int posix_memalign(void** out, std::size_t alignment, std::size_t size) {
    *out = memalign(alignment, size);
    return *out == nullptr ? ENOMEM : 0;
}
void free(void* block) {
    forget(block);
    __libc_free(block);
}

ssize_t send(int fd, const void* data, std::size_t size, int flags) {
    bump(&counts::counted::sends);
    return ::syscall(SYS_sendto, fd, data, size, flags, nullptr, 0);
}
ssize_t sendmsg(int fd, const msghdr* message, int flags) {
    bump(&counts::counted::sends);
    return ::syscall(SYS_sendmsg, fd, message, flags);
}
ssize_t write(int fd, const void* data, std::size_t size) {
    bump(&counts::counted::sends);
    return ::syscall(SYS_write, fd, data, size);
}
ssize_t writev(int fd, const iovec* pieces, int count) {
    bump(&counts::counted::sends);
    return ::syscall(SYS_writev, fd, pieces, count);
}
ssize_t recv(int fd, void* data, std::size_t size, int flags) {
    bump(&counts::counted::receives);
    return ::syscall(SYS_recvfrom, fd, data, size, flags, nullptr, nullptr);
}
ssize_t recvmsg(int fd, msghdr* message, int flags) {
    bump(&counts::counted::receives);
    return ::syscall(SYS_recvmsg, fd, message, flags);
}
ssize_t read(int fd, void* data, std::size_t size) {
    bump(&counts::counted::receives);
    return ::syscall(SYS_read, fd, data, size);
}
ssize_t readv(int fd, const iovec* pieces, int count) {
    bump(&counts::counted::receives);
    return ::syscall(SYS_readv, fd, pieces, count);
}
int poll(pollfd* descriptors, nfds_t count, int timeout) {
    bump(&counts::counted::waits);
    const timespec limit = {.tv_sec = timeout / 1000, .tv_nsec = timeout % 1000 * 1'000'000L};
    return ::ppoll(descriptors, count, timeout < 0 ? nullptr : &limit, nullptr);
}
}
