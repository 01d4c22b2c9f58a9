// SPDX-License-Identifier: Apache-2.0
// What a certificate holds as text for people and logs: no control character, nothing that could be taken for something
// else.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/der.hpp"

namespace tlseam::seam {

[[nodiscard]] std::string_view as_text(der::bytes bytes) noexcept;

/// Lower case, two digits a byte.
void append_hex(std::string& out, der::bytes bytes);
/// Four digits.
void append_hex(std::string& out, std::uint16_t number);

/// Characters that would separate or quote in a distinguished name or a list of names.
inline constexpr std::string_view separators = ",=+<>;\"\\";
/// Those that a URI or a mail address never has (RFC 3986 2); the others are needed there.
inline constexpr std::string_view delimiters = "<>\"\\";

/// Printable ASCII but for the special characters, and whole UTF-8 sequences; the rest as \xx.
void append_escaped(std::string& out, std::string_view text, std::string_view special = separators);

/// Arcs above 64 bits (2.25 and a UUID) are written as the whole OID in hexadecimal, "#6919...", rather than wrongly.
[[nodiscard]] std::string dotted(der::bytes oid);

/// The content of a Name, in its order: "C=DE, O=Example, CN=server".
[[nodiscard]] std::string name_text(der::bytes name);

}  // namespace tlseam::seam
