// SPDX-License-Identifier: Apache-2.0
#include "core/ja4.hpp"

#include <algorithm>
#include <string_view>

#include "core/certificate_text.hpp"
#include "core/seam.hpp"

namespace tlseam::seam {
namespace {

using numbers = std::vector<std::uint16_t>;

/// RFC 8701: 0x0a0a, 0x1a1a and so on, which clients pick at random.
bool is_grease(std::uint16_t number) noexcept {
    return (number & 0x0f0f) == 0x0a0a && (number >> 8) == (number & 0xff);
}

numbers without_grease(const numbers& all) {
    numbers out;
    std::ranges::copy_if(all, std::back_inserter(out), [](std::uint16_t n) { return !is_grease(n); });
    return out;
}

constexpr std::string_view digits = "0123456789abcdef";

std::string hex_list(const numbers& list) {
    std::string out;
    for (const std::uint16_t number : list) {
        if (!out.empty()) out += ',';
        append_hex(out, number);
    }
    return out;
}

/// The first twelve digits of the hash; of nothing, zeros.
std::string short_hash(const std::string& text) {
    if (text.empty()) return std::string(12, '0');
    const digest hash = sha256(std::as_bytes(std::span(text)));
    std::string out;
    append_hex(out, std::span(hash).first(6));
    return out;
}

std::string_view version_word(const numbers& versions) {
    const numbers known = without_grease(versions);
    switch (known.empty() ? 0 : std::ranges::max(known)) {
        case 0x0304: return "13";
        case 0x0303: return "12";
        case 0x0302: return "11";
        case 0x0301: return "10";
        case 0x0300: return "s3";
        default: return "00";
    }
}

std::string two_digits(std::size_t count) {
    const std::size_t shown = std::min<std::size_t>(count, 99);
    return {static_cast<char>('0' + shown / 10), static_cast<char>('0' + shown % 10)};
}

/// First and last character of the first protocol; of a name with other than letters and digits at its ends, of its
/// hexadecimal form.
std::string alpn_word(const std::vector<std::string>& protocols) {
    if (protocols.empty() || protocols.front().empty()) return "00";
    const auto is_word = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    };
    const char first = protocols.front().front(), last = protocols.front().back();
    if (is_word(first) && is_word(last)) return {first, last};
    return {digits[static_cast<unsigned char>(first) >> 4], digits[static_cast<unsigned char>(last) & 0xf]};
}

}  // namespace

std::string ja4(const client_hello& hello) {
    constexpr std::uint16_t server_name = 0, alpn = 16;
    numbers suites = without_grease(hello.cipher_suites);
    numbers extensions = without_grease(hello.extensions);
    const numbers schemes = without_grease(hello.signature_schemes);
    std::string out = "t";
    out += version_word(hello.versions);
    out += std::ranges::find(hello.extensions, server_name) != hello.extensions.end() ? 'd' : 'i';  // whatever is in it
    out += two_digits(suites.size());
    out += two_digits(extensions.size());
    out += alpn_word(hello.alpn);

    std::ranges::sort(suites);
    std::erase_if(extensions, [](std::uint16_t n) { return n == server_name || n == alpn; });
    std::ranges::sort(extensions);
    std::string described = hex_list(extensions);
    if (!schemes.empty()) described += '_' + hex_list(schemes);
    out += '_' + short_hash(hex_list(suites));
    out += '_' + short_hash(described);
    return out;
}

}  // namespace tlseam::seam
