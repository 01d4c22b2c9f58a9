// SPDX-License-Identifier: Apache-2.0
// The headers must not define inline what is defined here.
#undef _FORTIFY_SOURCE
#include "tests/interposed/system_calls.hpp"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>

namespace {

using interposed::before;
using interposed::call;

/// The C library's own, where there is no system call to take its place.
template <class Function>
Function* next(const char* name) noexcept {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

/// -1 and errno, when this one is to fail.
bool fails(call what) noexcept {
    const int error = before(what).error;
    if (error != 0) errno = error;
    return error != 0;
}

/// One system call that moves bytes.
template <class System>
ssize_t move(call what, std::size_t size, System&& system) noexcept {
    const auto verdict = before(what);
    if (verdict.error != 0) {
        errno = verdict.error;
        return -1;
    }
    return system(std::min(size, verdict.most));
}

int control(int fd, int command, long argument) noexcept {
    if (command == F_GETFL && fails(call::get_flags)) return -1;
    if (command == F_SETFL && fails(call::set_flags)) return -1;
    return static_cast<int>(::syscall(SYS_fcntl, fd, command, argument));
}

int open_in(call what, int directory, const char* path, int flags, mode_t mode) noexcept {
    return fails(what) ? -1 : static_cast<int>(::syscall(SYS_openat, directory, path, flags, mode));
}

// Where an offset has 64 bits anyway, both names are the same.
static_assert(sizeof(off_t) == 8);
int look_at(const char* path, struct stat* out) noexcept {
    return fails(call::stat) ? -1 : next<int(const char*, struct stat*)>("stat")(path, out);
}
int look_at(int fd, struct stat* out) noexcept {
    return fails(call::fstat) ? -1 : next<int(int, struct stat*)>("fstat")(fd, out);
}
dirent* next_entry(DIR* directory) noexcept {
    return fails(call::read_directory) ? nullptr : next<dirent*(DIR*)>("readdir")(directory);
}

}  // namespace

// The C library says of some of its pointers that they are never null, and the compiler reminds us.
extern "C" {

// ---- bytes ----

ssize_t send(int fd, const void* data, std::size_t size, int flags) {
    return move(call::send, size,
                [&](std::size_t most) { return ::syscall(SYS_sendto, fd, data, most, flags, nullptr, 0); });
}
ssize_t recv(int fd, void* data, std::size_t size, int flags) {
    return move(call::receive, size,
                [&](std::size_t most) { return ::syscall(SYS_recvfrom, fd, data, most, flags, nullptr, nullptr); });
}
ssize_t write(int fd, const void* data, std::size_t size) {
    return move(call::write, size, [&](std::size_t most) { return ::syscall(SYS_write, fd, data, most); });
}
ssize_t read(int fd, void* data, std::size_t size) {
    return move(call::read, size, [&](std::size_t most) { return ::syscall(SYS_read, fd, data, most); });
}
ssize_t sendmsg(int fd, const msghdr* message, int flags) {
    return fails(call::send) ? -1 : ::syscall(SYS_sendmsg, fd, message, flags);
}
ssize_t recvmsg(int fd, msghdr* message, int flags) {
    return fails(call::receive) ? -1 : ::syscall(SYS_recvmsg, fd, message, flags);
}
ssize_t writev(int fd, const iovec* pieces, int count) {
    return fails(call::write) ? -1 : ::syscall(SYS_writev, fd, pieces, count);
}
ssize_t readv(int fd, const iovec* pieces, int count) {
    return fails(call::read) ? -1 : ::syscall(SYS_readv, fd, pieces, count);
}

// ---- sockets ----

int socket(int domain, int type, int protocol) noexcept {
    return fails(call::socket) ? -1 : static_cast<int>(::syscall(SYS_socket, domain, type, protocol));
}
int connect(int fd, const sockaddr* address, socklen_t size) {
    const int error = before(call::connect).error;
    int done = -1;
    if (error == 0 || error == EINTR) done = static_cast<int>(::syscall(SYS_connect, fd, address, size));
    if (error == 0) return done;
    errno = error;
    return -1;
}
int bind(int fd, const sockaddr* address, socklen_t size) noexcept {
    return fails(call::bind) ? -1 : static_cast<int>(::syscall(SYS_bind, fd, address, size));
}
int listen(int fd, int backlog) noexcept {
    return fails(call::listen) ? -1 : static_cast<int>(::syscall(SYS_listen, fd, backlog));
}
int accept4(int fd, sockaddr* address, socklen_t* size, int flags) {
    return fails(call::accept) ? -1 : static_cast<int>(::syscall(SYS_accept4, fd, address, size, flags));
}
int shutdown(int fd, int how) noexcept {
    return fails(call::shut_down) ? -1 : static_cast<int>(::syscall(SYS_shutdown, fd, how));
}
int getsockname(int fd, sockaddr* address, socklen_t* size) noexcept {
    return fails(call::local_address) ? -1 : static_cast<int>(::syscall(SYS_getsockname, fd, address, size));
}
int getpeername(int fd, sockaddr* address, socklen_t* size) noexcept {
    return fails(call::peer_address) ? -1 : static_cast<int>(::syscall(SYS_getpeername, fd, address, size));
}
int getsockopt(int fd, int level, int name, void* value, socklen_t* size) noexcept {
    const bool pending = level == SOL_SOCKET && name == SO_ERROR;
    if (pending && fails(call::get_pending_error)) return -1;
    const int done = static_cast<int>(::syscall(SYS_getsockopt, fd, level, name, value, size));
    if (done == 0 && pending) {
        if (const int error = before(call::pending_error).error; error != 0) *static_cast<int*>(value) = error;
    }
    return done;
}
int setsockopt(int fd, int level, int name, const void* value, socklen_t size) noexcept {
    const bool no_delay = level == IPPROTO_TCP && name == TCP_NODELAY;
    if (fails(no_delay ? call::set_no_delay : call::set_option)) return -1;
    return static_cast<int>(::syscall(SYS_setsockopt, fd, level, name, value, size));
}
int getaddrinfo(const char* host, const char* service, const addrinfo* hints, addrinfo** found) {
    const int error = before(call::resolve).error;
    if (error == EAI_SYSTEM) errno = EMFILE;
    if (error != 0) return error;
    return next<decltype(getaddrinfo)>("getaddrinfo")(host, service, hints, found);
}
int getnameinfo(const sockaddr* address, socklen_t size, char* host, socklen_t host_size, char* service,
                socklen_t service_size, int flags) {
    const int error = before(call::name_address).error;
    if (error != 0) return error;
    return next<decltype(getnameinfo)>("getnameinfo")(address, size, host, host_size, service, service_size, flags);
}

// ---- descriptors ----

int poll(pollfd* descriptors, nfds_t count, int timeout) {
    for (;;) {
        const auto verdict = before(call::poll);
        if (verdict.error != 0) {
            errno = verdict.error;
            return -1;
        }
        const bool whole = timeout >= 0 && static_cast<std::size_t>(timeout) <= verdict.most;
        const bool forever = timeout < 0 && verdict.most == interposed::verdict().most;
        const int part = whole ? timeout : static_cast<int>(forever ? 0 : verdict.most);
        const timespec limit = {.tv_sec = part / 1000, .tv_nsec = part % 1000 * 1'000'000L};
        const int ready = ::ppoll(descriptors, count, forever ? nullptr : &limit, nullptr);
        if (ready != 0 || whole) return ready;
        if (timeout > 0) timeout -= part;
    }
}
int pipe2(int* ends, int flags) noexcept {
    return fails(call::pipe) ? -1 : static_cast<int>(::syscall(SYS_pipe2, ends, flags));
}
// Each by both of its names: which of them the headers mean depends on how large an offset is to be.
#define BY_NAME(name) __asm__(name)
int fcntl_of_files(int fd, int command, ...) BY_NAME("fcntl");
int fcntl_of_large_files(int fd, int command, ...) BY_NAME("fcntl64");
int fcntl_of_files(int fd, int command, ...) {
    va_list rest;
    va_start(rest, command);
    const long argument = va_arg(rest, long);  // whatever it is, if there is one
    va_end(rest);
    return control(fd, command, argument);
}
int fcntl_of_large_files(int fd, int command, ...) {
    va_list rest;
    va_start(rest, command);
    const long argument = va_arg(rest, long);
    va_end(rest);
    return control(fd, command, argument);
}
int close(int fd) {
    const int done = static_cast<int>(::syscall(SYS_close, fd));
    return fails(call::close) ? -1 : done;
}

// ---- files ----

// Without O_CREAT, whatever stands in the place of the mode is not looked at.
int open_file(const char* path, int flags, mode_t mode) BY_NAME("open");
int open_large_file(const char* path, int flags, mode_t mode) BY_NAME("open64");
int open_file_at(int directory, const char* path, int flags, mode_t mode) BY_NAME("openat");
int open_large_file_at(int directory, const char* path, int flags, mode_t mode) BY_NAME("openat64");
int open_file(const char* path, int flags, mode_t mode) { return open_in(call::open, AT_FDCWD, path, flags, mode); }
int open_large_file(const char* path, int flags, mode_t mode) {
    return open_in(call::open, AT_FDCWD, path, flags, mode);
}
// As FORTIFY has it, of calls without a mode.
int __open_2(const char* path, int flags) { return open_in(call::open, AT_FDCWD, path, flags, 0); }    // NOLINT
int __open64_2(const char* path, int flags) { return open_in(call::open, AT_FDCWD, path, flags, 0); }  // NOLINT
int open_file_at(int directory, const char* path, int flags, mode_t mode) {
    return open_in(call::open_directory, directory, path, flags, mode);
}
int open_large_file_at(int directory, const char* path, int flags, mode_t mode) {
    return open_in(call::open_directory, directory, path, flags, mode);
}
int fsync(int fd) { return fails(call::synchronize) ? -1 : static_cast<int>(::syscall(SYS_fsync, fd)); }
int rename(const char* from, const char* to) noexcept {
    return fails(call::rename) ? -1 : next<int(const char*, const char*)>("rename")(from, to);
}
int stat_file(const char* path, struct stat* out) BY_NAME("stat");
int stat_large_file(const char* path, struct stat* out) BY_NAME("stat64");
int fstat_file(int fd, struct stat* out) BY_NAME("fstat");
int fstat_large_file(int fd, struct stat* out) BY_NAME("fstat64");
int stat_file(const char* path, struct stat* out) { return look_at(path, out); }
int stat_large_file(const char* path, struct stat* out) { return look_at(path, out); }
int fstat_file(int fd, struct stat* out) { return look_at(fd, out); }
int fstat_large_file(int fd, struct stat* out) { return look_at(fd, out); }
dirent* read_directory(DIR* directory) BY_NAME("readdir");
dirent* read_large_directory(DIR* directory) BY_NAME("readdir64");
dirent* read_directory(DIR* directory) { return next_entry(directory); }
dirent* read_large_directory(DIR* directory) { return next_entry(directory); }
}
