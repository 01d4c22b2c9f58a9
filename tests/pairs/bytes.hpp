// SPDX-License-Identifier: Apache-2.0
// Bytes as text, and what stands for many of them: both sides compare without sending it twice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace peer {

[[nodiscard]] std::string hex(std::span<const std::byte> bytes);

/// How many bytes went by, and which: two of these are equal when the bytes were (FNV-1a).
class tally {
public:
    void add(std::span<const std::byte> bytes) noexcept;
    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    [[nodiscard]] std::uint64_t hash() const noexcept { return hash_; }

private:
    std::size_t count_ = 0;
    std::uint64_t hash_ = 0xcbf29ce484222325U;
};

}  // namespace peer
