// SPDX-License-Identifier: Apache-2.0
// DER (X.690), as much as certificates and keys need: strict, definite lengths, low tag numbers, no recursion.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <vector>

namespace tlseam::seam::der {

using bytes = std::span<const std::byte>;

namespace tag {
inline constexpr std::uint8_t boolean = 0x01, integer = 0x02, bit_string = 0x03, octet_string = 0x04, oid = 0x06,
                              enumerated = 0x0a, utc_time = 0x17, generalized_time = 0x18, sequence = 0x30, set = 0x31;
/// [n] of a choice or an optional field.
[[nodiscard]] constexpr std::uint8_t context(unsigned n) { return static_cast<std::uint8_t>(0x80 | n); }
[[nodiscard]] constexpr std::uint8_t context_constructed(unsigned n) { return static_cast<std::uint8_t>(0xa0 | n); }
}  // namespace tag

struct element {
    std::uint8_t tag = 0;
    bytes content;
    bytes whole;  // with tag and length
};

/// Walks the elements of one level. After a failure every further call fails, and at_end() stays false: what was not
/// read well was not read to its end.
class reader {
public:
    explicit reader(bytes input) noexcept : rest_(input) {}

    [[nodiscard]] bool at_end() const noexcept { return rest_.empty() && !failed_; }
    [[nodiscard]] bytes rest() const noexcept { return rest_; }
    /// The tag of the next element, or 0.
    [[nodiscard]] std::uint8_t peek() const noexcept;
    [[nodiscard]] std::optional<element> any() noexcept;
    [[nodiscard]] std::optional<element> expect(std::uint8_t tag) noexcept;
    /// The element if one with this tag is next; nothing was read otherwise.
    [[nodiscard]] std::optional<element> optional(std::uint8_t tag) noexcept;

private:
    std::nullopt_t fail() noexcept;

    bytes rest_;
    bool failed_ = false;
};

/// One element that fills input, without bytes behind it.
[[nodiscard]] std::optional<element> single(bytes input, std::uint8_t tag) noexcept;

/// Are these the content of an OBJECT IDENTIFIER, and of an INTEGER in its shortest form?
[[nodiscard]] bool is_oid(bytes content) noexcept;
[[nodiscard]] bool is_integer(bytes content) noexcept;

/// tag, length, then the parts one behind the other. Throws std::bad_alloc.
[[nodiscard]] std::vector<std::byte> encode(std::uint8_t tag, std::initializer_list<bytes> parts);

}  // namespace tlseam::seam::der
