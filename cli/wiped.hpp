// SPDX-License-Identifier: Apache-2.0
// Memory for secrets that this program reads or writes itself.
#pragma once

#include <cstddef>
#include <span>

namespace cli {

/// In a way that the compiler does not remove.
inline void wipe(std::span<std::byte> bytes) noexcept {
    for (std::byte& each : bytes) const_cast<volatile std::byte&>(each) = {};
}

/// Wipes a string or vector at the end of a scope.
template <class Bytes>
class wiped_at_exit {
public:
    explicit wiped_at_exit(Bytes& bytes) noexcept : bytes_(bytes) {}
    ~wiped_at_exit() { wipe(std::as_writable_bytes(std::span(bytes_))); }
    wiped_at_exit(const wiped_at_exit&) = delete;
    wiped_at_exit& operator=(const wiped_at_exit&) = delete;

private:
    Bytes& bytes_;
};

/// Overwritten at the end. Never grows: that would leave copies behind.
template <class Bytes>
class wiped {
public:
    explicit wiped(std::size_t size) : bytes_(size, typename Bytes::value_type{}) {}
    ~wiped() { wipe(std::as_writable_bytes(std::span(bytes_))); }
    wiped(const wiped&) = delete;
    wiped& operator=(const wiped&) = delete;
    Bytes& operator*() noexcept { return bytes_; }

private:
    Bytes bytes_;
};

}  // namespace cli
