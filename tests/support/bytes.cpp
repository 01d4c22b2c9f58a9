// SPDX-License-Identifier: Apache-2.0
// Data to send, and TLS records to look at.
#include "tests/support/bytes.hpp"

namespace tlseam_test {

std::vector<std::byte> pattern(std::size_t size, std::uint32_t seed) {
    std::vector<std::byte> data(size);
    std::uint32_t state = seed * 2654435761U + 1;
    for (auto& byte : data) {
        state = state * 1664525U + 1013904223U;
        byte = static_cast<std::byte>(state >> 24U);
    }
    return data;
}

std::vector<std::byte> to_bytes(std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text.data(), text.size()));
    return {bytes.begin(), bytes.end()};
}

std::vector<std::byte> to_bytes(std::initializer_list<unsigned> values) {
    std::vector<std::byte> bytes;
    for (const unsigned value : values) bytes.push_back(static_cast<std::byte>(value));
    return bytes;
}

std::string to_text(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::vector<record> records_in(std::span<const std::byte> bytes) {
    std::vector<record> records;
    std::size_t at = 0;
    while (bytes.size() - at >= record_header) {
        const auto length =
            std::to_integer<std::size_t>(bytes[at + 3]) << 8U | std::to_integer<std::size_t>(bytes[at + 4]);
        if (bytes.size() - at < record_header + length) break;
        records.push_back({.offset = at, .type = std::to_integer<std::uint8_t>(bytes[at]), .length = length});
        at += record_header + length;
    }
    return records;
}

}  // namespace tlseam_test
