// SPDX-License-Identifier: Apache-2.0
// Whom we talk to, and whether a certificate is theirs (RFC 9525). Never left to a library: the three differ.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <tlseam/error.hpp>

#include "core/x509.hpp"

namespace tlseam::seam {

struct peer_name {
    enum class kind : std::uint8_t { dns, ip4, ip6 };
    kind kind = kind::dns;
    std::string dns;                    // lower case, no trailing dot
    std::array<std::byte, 16> ip = {};  // the first 4 bytes for ip4

    [[nodiscard]] std::span<const std::byte> address() const noexcept {
        return std::span(ip).first(kind == kind::ip4 ? 4 : 16);
    }
    [[nodiscard]] std::string text() const;
};

/// A host name of ASCII letters, digits, hyphens and underscores (A-labels for international names; 253 characters,
/// 63 a label; one trailing dot is dropped), an IPv4 address, or an IPv6 address with or without brackets, without a
/// scope. A name whose last label is a number is no host name (RFC 3696). Errors: invalid_argument.
[[nodiscard]] result<peer_name> parse_peer_name(std::string_view text);

/// An IPv4 or IPv6 address, as parse_peer_name() reads it, and no host name.
[[nodiscard]] bool is_address(std::string_view text) noexcept;

/// Looks at subjectAltName only. A wildcard is the whole left-most label, stands for exactly one label, and has at
/// least two labels behind it. Addresses match byte for byte.
[[nodiscard]] bool matches(const peer_name& name, const x509_fields& leaf) noexcept;

[[nodiscard]] constexpr char ascii_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
[[nodiscard]] constexpr bool same_ascii_letter(char a, char b) noexcept { return ascii_lower(a) == ascii_lower(b); }

}  // namespace tlseam::seam
