// SPDX-License-Identifier: Apache-2.0
#include "core/der.hpp"

namespace tlseam::seam::der {

std::uint8_t reader::peek() const noexcept {
    return rest_.empty() ? std::uint8_t{0} : std::to_integer<std::uint8_t>(rest_.front());
}

std::nullopt_t reader::fail() noexcept {
    rest_ = {};
    failed_ = true;
    return std::nullopt;
}

std::optional<element> reader::any() noexcept {
    const bytes input = rest_;
    if (input.size() < 2) return fail();
    const auto at = [&](std::size_t i) { return std::to_integer<std::size_t>(input[i]); };
    constexpr std::size_t high_tag_number = 0x1f;
    if (at(0) == 0 || (at(0) & high_tag_number) == high_tag_number) return fail();

    std::size_t length = at(1);
    std::size_t header = 2;
    if (length >= 0x80) {
        const std::size_t digits = length & 0x7f;
        if (digits == 0 || digits > 4 || input.size() < header + digits) return fail();  // indefinite, or absurd
        length = 0;
        for (std::size_t i = 0; i < digits; ++i) length = length << 8 | at(header + i);
        const bool minimal = length >= 0x80 && at(header) != 0;
        if (!minimal) return fail();
        header += digits;
    }
    if (input.size() - header < length) return fail();
    rest_ = input.subspan(header + length);
    return element{std::to_integer<std::uint8_t>(input[0]), input.subspan(header, length),
                   input.first(header + length)};
}

std::optional<element> reader::expect(std::uint8_t tag) noexcept { return peek() == tag ? any() : fail(); }

std::optional<element> reader::optional(std::uint8_t tag) noexcept {
    if (rest_.empty() || peek() != tag) return std::nullopt;
    return any();
}

std::optional<element> single(bytes input, std::uint8_t tag) noexcept {
    reader in(input);
    auto found = in.expect(tag);
    if (!found || found->whole.size() != input.size()) return std::nullopt;
    return found;
}

bool is_oid(bytes content) noexcept {
    bool arc_begins = true;
    for (const std::byte b : content) {
        if (arc_begins && b == std::byte{0x80}) return false;  // a leading zero
        arc_begins = (b & std::byte{0x80}) == std::byte{0};
    }
    return !content.empty() && arc_begins;
}

bool is_integer(bytes content) noexcept {
    if (content.size() < 2) return !content.empty();
    const bool next_is_high = (content[1] & std::byte{0x80}) != std::byte{0};
    return content[0] != (next_is_high ? std::byte{0xff} : std::byte{0x00});
}

std::vector<std::byte> encode(std::uint8_t tag, std::initializer_list<bytes> parts) {
    std::size_t length = 0;
    for (const bytes part : parts) length += part.size();
    std::vector<std::byte> out;
    out.reserve(length + 6);
    out.push_back(std::byte{tag});
    if (length < 0x80) {
        out.push_back(static_cast<std::byte>(length));
    } else {
        unsigned digits = 0;
        for (std::size_t left = length; left != 0; left >>= 8) ++digits;
        out.push_back(static_cast<std::byte>(0x80 | digits));
        for (unsigned i = digits; i-- > 0;) out.push_back(static_cast<std::byte>(length >> (8 * i)));
    }
    for (const bytes part : parts) out.insert(out.end(), part.begin(), part.end());
    return out;
}

}  // namespace tlseam::seam::der
