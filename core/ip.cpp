// SPDX-License-Identifier: Apache-2.0
#include "core/ip.hpp"

#include <algorithm>
#include <charconv>

namespace tlseam::seam {
namespace {

std::optional<unsigned> parse_number(std::string_view text, int base, std::size_t max_digits, unsigned max) {
    if (text.empty() || text.size() > max_digits) return std::nullopt;
    unsigned value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (problem != std::errc{} || end != text.data() + text.size() || value > max) return std::nullopt;
    return value;
}

/// The colon-separated groups of one side of "::", appended to out. False when malformed.
bool parse_groups(std::string_view text, bool may_end_in_ip4, std::array<std::byte, 16>& out, std::size_t& size) {
    if (text.empty()) return true;
    for (;;) {
        const std::size_t colon = text.find(':');
        const std::string_view group = text.substr(0, colon);
        const bool last = colon == std::string_view::npos;
        if (last && may_end_in_ip4 && group.find('.') != std::string_view::npos) {
            const auto quad = parse_ip4(group);
            if (!quad || size > 12) return false;
            for (const std::byte b : *quad) out[size++] = b;
            return true;
        }
        const auto value = parse_number(group, 16, 4, 0xffff);
        if (!value || size > 14) return false;
        out[size++] = static_cast<std::byte>(*value >> 8);
        out[size++] = static_cast<std::byte>(*value);
        if (last) return true;
        text.remove_prefix(colon + 1);
    }
}

}  // namespace

std::optional<std::array<std::byte, 4>> parse_ip4(std::string_view text) noexcept {
    std::array<std::byte, 4> out;
    for (std::size_t i = 0; i < 4; ++i) {
        const std::size_t dot = i < 3 ? text.find('.') : text.size();
        if (dot == std::string_view::npos) return std::nullopt;
        const std::string_view part = text.substr(0, dot);
        const auto value = parse_number(part, 10, 3, 255);
        if (!value || (part.size() > 1 && part.front() == '0')) return std::nullopt;
        out[i] = static_cast<std::byte>(*value);
        text.remove_prefix(i < 3 ? dot + 1 : dot);
    }
    return out;
}

std::optional<std::array<std::byte, 16>> parse_ip6(std::string_view text) noexcept {
    std::array<std::byte, 16> head{}, tail{};
    std::size_t head_size = 0, tail_size = 0;
    const std::size_t gap = text.find("::");
    if (gap == std::string_view::npos) {
        if (!parse_groups(text, true, head, head_size) || head_size != 16) return std::nullopt;
        return head;
    }
    if (!parse_groups(text.substr(0, gap), false, head, head_size)) return std::nullopt;
    if (!parse_groups(text.substr(gap + 2), true, tail, tail_size)) return std::nullopt;
    if (head_size + tail_size > 14) return std::nullopt;  // "::" stands for at least one group
    for (std::size_t i = 0; i < tail_size; ++i) head[16 - tail_size + i] = tail[i];
    return head;
}

std::string ip_text(std::span<const std::byte> address) {
    std::string out;
    const auto at = [&](std::size_t i) { return std::to_integer<unsigned>(address[i]); };
    if (address.size() == 4) {
        for (std::size_t i = 0; i < 4; ++i) out += (i == 0 ? "" : ".") + std::to_string(at(i));
        return out;
    }
    if (address.size() != 16) return out;
    const auto group = [&](std::size_t i) { return at(2 * i) << 8 | at(2 * i + 1); };
    constexpr std::byte mapped[12] = {{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, std::byte{0xff}, std::byte{0xff}};
    if (std::ranges::equal(address.first(12), mapped)) return "::ffff:" + ip_text(address.last(4));  // RFC 5952 5
    std::size_t best = 8, best_length = 1;  // the longest run of two or more zero groups becomes "::"
    for (std::size_t i = 0; i < 8; ++i) {
        std::size_t length = 0;
        while (i + length < 8 && group(i + length) == 0) ++length;
        if (length > best_length) best = i, best_length = length;
    }
    for (std::size_t i = 0; i < 8; ++i) {
        if (i == best) {
            out += "::";
            i += best_length - 1;
            continue;
        }
        if (!out.empty() && out.back() != ':') out += ':';
        char digits[4];
        const auto end = std::to_chars(digits, digits + 4, group(i), 16).ptr;
        out.append(digits, end);
    }
    return out;
}

}  // namespace tlseam::seam
