// SPDX-License-Identifier: Apache-2.0
#include <tlseam/certificate.hpp>

#include <algorithm>
#include <array>
#include <string_view>

#include "core/fail.hpp"
#include "core/file.hpp"
#include "core/ip.hpp"
#include "core/pem.hpp"
#include "core/x509.hpp"

namespace tlseam {
namespace {

using seam::x509_fields;

constexpr char hex_digits[] = "0123456789abcdef";

void append_hex(std::string& out, std::byte b) {
    out += hex_digits[std::to_integer<unsigned>(b) >> 4];
    out += hex_digits[std::to_integer<unsigned>(b) & 15];
}

/// Printable ASCII without the characters that separate or quote, and whole UTF-8 sequences; the rest as \xx.
void append_escaped(std::string& out, std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto c = static_cast<unsigned char>(text[i]);
        std::size_t length = 1;
        bool plain = c >= 0x20 && c < 0x7f && std::string_view(",=+<>;\"\\").find(text[i]) == std::string_view::npos;
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
            append_hex(out, static_cast<std::byte>(c));
            ++i;
        }
    }
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

std::string_view as_text(seam::der::bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

std::string value_text(const seam::der::element& value) {
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

/// Arcs above 64 bits (2.25 and a UUID) are written as the whole OID in hexadecimal, "#6919...", rather than wrongly.
std::string dotted(seam::der::bytes oid) {
    std::string out;
    std::uint64_t arc = 0;
    bool first = true;
    for (const std::byte b : oid) {
        if (arc >> 57 != 0) {
            out = "#";
            for (const std::byte all : oid) append_hex(out, all);
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

std::string attribute_name(seam::der::bytes oid) {
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

std::string render_name(seam::der::bytes name) {
    namespace tag = seam::der::tag;
    std::string out;
    seam::der::reader in(name);
    while (!in.at_end()) {
        const auto relative = in.expect(tag::set);
        if (!relative) break;
        seam::der::reader members(relative->content);
        const char* separator = ", ";
        while (!members.at_end()) {
            const auto attribute = members.expect(tag::sequence);
            if (!attribute) break;
            seam::der::reader parts(attribute->content);
            const auto oid = parts.expect(tag::oid);
            const auto value = parts.any();
            if (!oid || !value) break;
            if (!out.empty()) out += separator;
            out += attribute_name(oid->content) + "=" + value_text(*value);
            separator = "+";  // several attributes in one step
        }
    }
    return out;
}

x509_fields fields_of(const certificate& c) { return *seam::parse_x509(c.der()); }

result<std::vector<certificate>> split(std::string_view pem_or_der, const std::string& source) {
    const auto ders = seam::split_certificates(pem_or_der, source);
    if (!ders) return std::unexpected(ders.error());
    std::vector<certificate> out;
    for (const auto& der : *ders) {
        auto parsed = certificate::from_der(der);
        if (!parsed) return std::unexpected(parsed.error());
        out.push_back(std::move(*parsed));
    }
    return out;
}

}  // namespace

inline namespace v0 {

result<certificate> certificate::from_der(std::span<const std::byte> der) noexcept {
    return seam::guarded([&]() -> result<certificate> {
        if (!seam::parse_x509(der)) return seam::fail(errc::malformed_certificate, "not a DER certificate");
        return certificate(std::make_shared<const std::vector<std::byte>>(der.begin(), der.end()));
    });
}

result<std::vector<certificate>> certificate::load_all(const std::filesystem::path& file) noexcept {
    return seam::guarded([&]() -> result<std::vector<certificate>> {
        const auto text = seam::read_file(file);
        if (!text) return std::unexpected(text.error());
        return split(*text, seam::quoted(file));
    });
}

result<std::vector<certificate>> certificate::parse_all(std::string_view pem_or_der) noexcept {
    return seam::guarded([&] { return split(pem_or_der, "the certificates in memory"); });
}

std::string certificate::subject() const { return render_name(fields_of(*this).subject); }
std::string certificate::issuer() const { return render_name(fields_of(*this).issuer); }

std::string certificate::serial() const {
    std::string out;
    for (const std::byte b : fields_of(*this).serial) append_hex(out, b);
    return out;
}

std::chrono::sys_seconds certificate::not_before() const { return fields_of(*this).not_before; }
std::chrono::sys_seconds certificate::not_after() const { return fields_of(*this).not_after; }

std::vector<std::string> certificate::dns_names() const {
    std::vector<std::string> out;
    const x509_fields fields = fields_of(*this);
    for (const auto name : fields.dns_names) append_escaped(out.emplace_back(), as_text(name));
    return out;
}

std::vector<std::string> certificate::ip_addresses() const {
    std::vector<std::string> out;
    const x509_fields fields = fields_of(*this);
    for (const auto address : fields.ip_addresses) out.push_back(seam::ip_text(address));
    return out;
}

std::string certificate::key_type() const {
    const x509_fields fields = fields_of(*this);
    switch (fields.key) {
        case seam::key_kind::rsa: return "RSA";
        case seam::key_kind::ec: return "EC";
        case seam::key_kind::ed25519: return "Ed25519";
        case seam::key_kind::ed448: return "Ed448";
        case seam::key_kind::other: break;
    }
    return dotted(fields.key_algorithm);
}

unsigned certificate::key_bits() const { return fields_of(*this).key_bits; }

}  // namespace v0
}  // namespace tlseam
