// SPDX-License-Identifier: Apache-2.0
// Looks at one direction of the wire: how many records, and how many hellos among them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace peer {

/// Takes the bytes in any pieces.
class record_counter {
public:
    void add(std::span<const std::byte> bytes) noexcept;
    [[nodiscard]] std::size_t records() const noexcept { return records_; }
    /// Plaintext ClientHello messages: two of them mean a HelloRetryRequest. None is ever split over records here.
    [[nodiscard]] std::size_t client_hellos() const noexcept { return client_hellos_; }

private:
    /// The header of a record, of the message in it, and the message's version: enough to tell a ClientHello from
    /// encrypted bytes that happen to begin like one.
    std::array<std::byte, 11> start_{};
    std::size_t at_ = 0;      // bytes of the current record seen, with its header
    std::size_t length_ = 0;  // of the whole record, once its header is complete
    std::size_t records_ = 0;
    std::size_t client_hellos_ = 0;
};

}  // namespace peer
