// SPDX-License-Identifier: Apache-2.0
// Data to send, and TLS records to look at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tlseam_test {

/// Reproducible data without a short period, so that a lost, doubled or moved byte shows.
[[nodiscard]] std::vector<std::byte> pattern(std::size_t size, std::uint32_t seed = 1);

[[nodiscard]] std::vector<std::byte> to_bytes(std::string_view text);
[[nodiscard]] std::vector<std::byte> to_bytes(std::initializer_list<unsigned> values);
[[nodiscard]] std::string to_text(std::span<const std::byte> bytes);

/// One record as it stands on the wire (RFC 8446 5.1): five bytes of header, then length bytes.
struct record {
    std::size_t offset;
    std::uint8_t type;
    std::size_t length;
};
inline constexpr std::size_t record_header = 5;

/// The complete records of a stream of bytes.
[[nodiscard]] std::vector<record> records_in(std::span<const std::byte> bytes);

}  // namespace tlseam_test
