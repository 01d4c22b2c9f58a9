// SPDX-License-Identifier: Apache-2.0
// Files and standard streams as descriptors: binary safe, and with waits that can be ended.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <span>
#include <stop_token>

namespace cli {

/// Owns a descriptor; -1 is none.
class descriptor {
public:
    explicit descriptor(int fd) noexcept : fd_(fd) {}
    ~descriptor();
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    [[nodiscard]] int get() const noexcept { return fd_; }

private:
    int fd_;
};

/// Opens /dev/null for each standard descriptor that is closed: else the next socket would become "standard input".
void open_standard_descriptors() noexcept;

/// As read(2), but never EINTR.
[[nodiscard]] ssize_t read_bytes(int fd, std::span<std::byte> buffer) noexcept;

/// All of it; false, with errno, when that is not possible.
[[nodiscard]] bool write_bytes(int fd, std::span<const std::byte> data) noexcept;

/// Until read() would not wait; false when stop was requested first. Throws std::system_error.
[[nodiscard]] bool wait_readable(int fd, const std::stop_token& stop);

}  // namespace cli
