// SPDX-License-Identifier: Apache-2.0
#include "tests/pairs/bytes.hpp"

namespace peer {

std::string hex(std::span<const std::byte> bytes) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const auto b : bytes) {
        text += digits[std::to_integer<unsigned>(b) >> 4U];
        text += digits[std::to_integer<unsigned>(b) & 15U];
    }
    return text;
}

void tally::add(std::span<const std::byte> bytes) noexcept {
    count_ += bytes.size();
    for (const auto b : bytes) hash_ = (hash_ ^ std::to_integer<std::uint64_t>(b)) * 0x100000001b3U;
}

}  // namespace peer
