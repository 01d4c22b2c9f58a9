// SPDX-License-Identifier: Apache-2.0
// Public keys by their hash, as text.
#include <algorithm>

#include "core/fail.hpp"
#include "core/verify.hpp"

namespace tlseam::seam {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";  // RFC 4648 4

/// 32 bytes are 43 digits and one "="; the last digit has two bits that stand for nothing and are zero.
bool decode(std::string_view text, digest& out) {
    if (text.size() != 44 || text.back() != '=') return false;
    unsigned bits = 0, have = 0;
    std::size_t size = 0;
    for (const char c : text.substr(0, 43)) {
        const std::size_t value = alphabet.find(c);
        if (value == std::string_view::npos) return false;
        bits = bits << 6 | static_cast<unsigned>(value);
        have += 6;
        if (have < 8) continue;
        have -= 8;
        out[size++] = static_cast<std::byte>(bits >> have & 0xff);
    }
    return (bits & ((1U << have) - 1)) == 0;
}

}  // namespace

result<digest> parse_pin(const std::string& text) {
    constexpr std::string_view scheme = "sha256//";
    digest out = {};
    if (text.starts_with(scheme) && decode(std::string_view(text).substr(scheme.size()), out)) return out;
    return fail(errc::invalid_argument, "pins: a pin is sha256// and 44 characters of Base64");
}

}  // namespace tlseam::seam
