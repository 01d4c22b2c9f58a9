// SPDX-License-Identifier: Apache-2.0
#include "core/signature_algorithm.hpp"

#include <string_view>

namespace tlseam::seam {
namespace {

using enum signature_scheme;
using enum signature_hash;

constexpr std::string_view pkcs1 = "\x2a\x86\x48\x86\xf7\x0d\x01\x01";        // 1.2.840.113549.1.1
constexpr std::string_view ecdsa_with_sha2 = "\x2a\x86\x48\xce\x3d\x04\x03";  // 1.2.840.10045.4.3
constexpr std::string_view sha2 = "\x60\x86\x48\x01\x65\x03\x04\x02";         // 2.16.840.1.101.3.4.2
constexpr std::string_view ed25519_id = "\x2b\x65\x70", ed448_id = "\x2b\x65\x71";

std::string_view text(der::bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

/// The last arc of an OID below base, or 0.
int arc_below(std::string_view oid, std::string_view base) {
    return oid.size() == base.size() + 1 && oid.starts_with(base) ? static_cast<unsigned char>(oid.back()) : 0;
}

/// RSASSA-PSS-params without [0], or with SHA-1 there.
bool has_default_hash(der::bytes parameters) {
    constexpr std::string_view sha1 = "\x2b\x0e\x03\x02\x1a";  // 1.3.14.3.2.26
    const auto fields = der::single(parameters, der::tag::sequence);
    if (!fields) return false;
    const auto hash = der::reader(fields->content).optional(der::tag::context_constructed(0));
    if (!hash) return true;
    const auto algorithm = der::single(hash->content, der::tag::sequence);
    const auto oid = algorithm ? der::reader(algorithm->content).expect(der::tag::oid) : std::nullopt;
    return oid && text(oid->content) == sha1;
}

/// The hash of RSASSA-PSS-params: [0], SHA-1 when it is not there (RFC 4055 3.1).
std::optional<signature_algorithm> parse_pss(der::bytes parameters) {
    const auto fields = der::single(parameters, der::tag::sequence);
    const auto hash = fields ? der::reader(fields->content).optional(der::tag::context_constructed(0)) : std::nullopt;
    const auto algorithm = hash ? der::single(hash->content, der::tag::sequence) : std::nullopt;
    const auto oid = algorithm ? der::reader(algorithm->content).expect(der::tag::oid) : std::nullopt;
    if (!oid) return std::nullopt;
    switch (arc_below(text(oid->content), sha2)) {
        case 1: return signature_algorithm{rsa_pss, sha256};
        case 2: return signature_algorithm{rsa_pss, sha384};
        case 3: return signature_algorithm{rsa_pss, sha512};
        default: return std::nullopt;
    }
}

}  // namespace

std::optional<signature_algorithm> parse_signature_algorithm(der::bytes identifier) noexcept {
    const auto fields = der::single(identifier, der::tag::sequence);
    if (!fields) return std::nullopt;
    der::reader in(fields->content);
    const auto oid = in.expect(der::tag::oid);
    if (!oid) return std::nullopt;
    const std::string_view id = text(oid->content);
    if (id == ed25519_id) return signature_algorithm{ed25519, own};
    if (id == ed448_id) return signature_algorithm{ed448, own};
    switch (arc_below(id, ecdsa_with_sha2)) {
        case 2: return signature_algorithm{ecdsa, sha256};
        case 3: return signature_algorithm{ecdsa, sha384};
        case 4: return signature_algorithm{ecdsa, sha512};
        default: break;
    }
    switch (arc_below(id, pkcs1)) {
        case 10: return parse_pss(in.rest());
        case 11: return signature_algorithm{rsa_pkcs1, sha256};
        case 12: return signature_algorithm{rsa_pkcs1, sha384};
        case 13: return signature_algorithm{rsa_pkcs1, sha512};
        default: return std::nullopt;
    }
}

bool is_signed_with_md5_or_sha1(der::bytes identifier) noexcept {
    constexpr int md5_with_rsa = 4, sha1_with_rsa = 5, pss = 10;
    constexpr std::string_view ecdsa_with_sha1 = "\x2a\x86\x48\xce\x3d\x04\x01";  // 1.2.840.10045.4.1
    const auto fields = der::single(identifier, der::tag::sequence);
    if (!fields) return false;
    der::reader in(fields->content);
    const auto oid = in.expect(der::tag::oid);
    if (!oid) return false;
    const std::string_view id = text(oid->content);
    switch (arc_below(id, pkcs1)) {
        case md5_with_rsa:
        case sha1_with_rsa: return true;
        case pss: return has_default_hash(in.rest());
        default: return id == ecdsa_with_sha1;
    }
}

std::uint16_t scheme_number(std::optional<signature_scheme> scheme, std::optional<signature_hash> hash) noexcept {
    if (scheme == ed25519) return 0x0807;
    if (scheme == ed448) return 0x0808;
    if (!scheme || !hash || *hash == own) return unknown_scheme;
    const auto size = static_cast<unsigned>(*hash);  // 1: SHA-256, and so on
    if (*scheme == rsa_pss) return static_cast<std::uint16_t>(0x0803 + size);
    const unsigned key = *scheme == ecdsa ? 3 : 1;  // RFC 5246 7.4.1.4.1: the hash, and what signs
    return static_cast<std::uint16_t>((3 + size) << 8 | key);
}

}  // namespace tlseam::seam
