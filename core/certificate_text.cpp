// SPDX-License-Identifier: Apache-2.0
#include "core/certificate_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace tlseam::seam {
namespace {

constexpr char hex_digits[] = "0123456789abcdef";

void append_byte(std::string& out, std::byte b) {
    out += hex_digits[std::to_integer<unsigned>(b) >> 4];
    out += hex_digits[std::to_integer<unsigned>(b) & 15];
}

void append_utf8(std::string& out, unsigned code) {
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xc0 | code >> 6);
        out += static_cast<char>(0x80 | (code & 0x3f));
    } else {
        out += static_cast<char>(0xe0 | code >> 12);
        out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
        out += static_cast<char>(0x80 | (code & 0x3f));
    }
}

std::string value_text(const der::element& value) {
    constexpr std::uint8_t bmp_string = 0x1e, t61_string = 0x14;
    std::string text;
    if (value.tag == bmp_string && value.content.size() % 2 == 0) {
        for (std::size_t i = 0; i < value.content.size(); i += 2) {
            append_utf8(text, std::to_integer<unsigned>(value.content[i]) << 8 |
                                  std::to_integer<unsigned>(value.content[i + 1]));
        }
    } else if (value.tag == t61_string) {  // Latin-1 in practice
        for (const std::byte b : value.content) append_utf8(text, std::to_integer<unsigned>(b));
    } else {
        text = as_text(value.content);
    }
    std::string out;
    append_escaped(out, text);
    return out;
}

std::string attribute_name(der::bytes oid) {
    struct known {
        std::string_view oid;
        std::string_view name;
    };
    static constexpr std::array<known, 15> names = {{
        {"2.5.4.3", "CN"},
        {"2.5.4.4", "SN"},
        {"2.5.4.5", "serialNumber"},
        {"2.5.4.6", "C"},
        {"2.5.4.7", "L"},
        {"2.5.4.8", "ST"},
        {"2.5.4.9", "street"},
        {"2.5.4.10", "O"},
        {"2.5.4.11", "OU"},
        {"2.5.4.12", "title"},
        {"2.5.4.42", "GN"},
        {"2.5.4.97", "organizationIdentifier"},
        {"0.9.2342.19200300.100.1.25", "DC"},
        {"0.9.2342.19200300.100.1.1", "UID"},
        {"1.2.840.113549.1.9.1", "emailAddress"},
    }};
    const std::string number = dotted(oid);
    const auto found = std::ranges::find(names, number, [](const known& k) { return k.oid; });
    return found == names.end() ? number : std::string(found->name);
}

}  // namespace

std::string_view as_text(der::bytes bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void append_hex(std::string& out, der::bytes bytes) {
    for (const std::byte b : bytes) append_byte(out, b);
}

void append_hex(std::string& out, std::uint16_t number) {
    append_byte(out, static_cast<std::byte>(number >> 8));
    append_byte(out, static_cast<std::byte>(number & 0xff));
}

void append_escaped(std::string& out, std::string_view text, std::string_view special) {
    for (std::size_t i = 0; i < text.size();) {
        const auto c = static_cast<unsigned char>(text[i]);
        std::size_t length = 1;
        bool plain = c >= 0x20 && c < 0x7f && special.find(text[i]) == special.npos;
        if (c >= 0xc2 && c <= 0xf4) {
            length = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
            plain = text.size() - i >= length;
            for (std::size_t k = 1; plain && k < length; ++k) {
                plain = (static_cast<unsigned char>(text[i + k]) & 0xc0) == 0x80;
            }
            if (plain && length > 2) {  // no overlong forms, surrogates or numbers above U+10FFFF
                const auto second = static_cast<unsigned char>(text[i + 1]);
                if ((c == 0xe0 && second < 0xa0) || (c == 0xed && second > 0x9f) || (c == 0xf0 && second < 0x90) ||
                    (c == 0xf4 && second > 0x8f)) {
                    plain = false;
                }
            }
            if (plain && c == 0xc2 && static_cast<unsigned char>(text[i + 1]) < 0xa0) plain = false;  // C1 controls
        }
        if (plain) {
            out += text.substr(i, length);
            i += length;
        } else {
            out += '\\';
            append_byte(out, static_cast<std::byte>(c));
            ++i;
        }
    }
}

std::string dotted(der::bytes oid) {
    std::string out;
    std::uint64_t arc = 0;
    bool first = true;
    for (const std::byte b : oid) {
        if (arc >> 57 != 0) {
            out = "#";
            append_hex(out, oid);
            return out;
        }
        arc = arc << 7 | (std::to_integer<unsigned>(b) & 0x7f);
        if (std::to_integer<unsigned>(b) & 0x80) continue;
        if (first) {
            const std::uint64_t root = std::min<std::uint64_t>(arc / 40, 2);
            out = std::to_string(root) + "." + std::to_string(arc - root * 40);
            first = false;
        } else {
            out += "." + std::to_string(arc);
        }
        arc = 0;
    }
    return out;
}

std::string name_text(der::bytes name) {
    std::string out;
    der::reader in(name);
    while (!in.at_end()) {
        const auto relative = in.expect(der::tag::set);
        if (!relative) break;
        der::reader members(relative->content);
        const char* separator = ", ";
        while (!members.at_end()) {
            const auto attribute = members.expect(der::tag::sequence);
            if (!attribute) break;
            der::reader parts(attribute->content);
            const auto oid = parts.expect(der::tag::oid);
            const auto value = parts.any();
            if (!oid || !value) break;
            if (!out.empty()) out += separator;
            out += attribute_name(oid->content) + "=" + value_text(*value);
            separator = "+";  // several attributes in one step
        }
    }
    return out;
}

}  // namespace tlseam::seam
