// SPDX-License-Identifier: Apache-2.0
// Numbers and vectors with a length in front (RFC 8446 3): what core/first_message.hpp's cursor reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/secret.hpp"

namespace tlseam::seam {

/// Appends; what it holds is wiped when it goes, as it may be a secret. Throws std::bad_alloc.
class byte_writer {
public:
    byte_writer() = default;
    ~byte_writer() { wipe(out_); }
    byte_writer(const byte_writer&) = delete;
    byte_writer& operator=(const byte_writer&) = delete;

    void number(std::uint64_t value, unsigned size) {
        std::byte parts[8];
        for (unsigned i = 0; i < size; ++i) parts[i] = static_cast<std::byte>(value >> (8 * (size - 1 - i)) & 0xff);
        raw(std::span(parts).first(size));
    }
    void raw(std::span<const std::byte> bytes) {
        if (out_.capacity() - out_.size() < bytes.size()) grow(bytes.size());
        out_.insert(out_.end(), bytes.begin(), bytes.end());
    }
    /// Four bytes of length, then the bytes.
    void vector(std::span<const std::byte> bytes) {
        number(bytes.size(), 4);
        raw(bytes);
    }
    void text(std::string_view text) { vector(std::as_bytes(std::span(text))); }

    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return out_; }
    [[nodiscard]] std::vector<std::byte> take() noexcept { return std::exchange(out_, {}); }

private:
    /// A vector that grows by itself leaves a copy behind.
    void grow(std::size_t more) {
        std::vector<std::byte> larger;
        larger.reserve(2 * (out_.size() + more));
        larger.insert(larger.end(), out_.begin(), out_.end());
        wipe(out_);
        out_ = std::move(larger);
    }

    std::vector<std::byte> out_;
};

}  // namespace tlseam::seam
