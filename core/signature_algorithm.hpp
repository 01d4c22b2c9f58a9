// SPDX-License-Identifier: Apache-2.0
// The algorithms that certificates and revocation lists may be signed with: the list is the same on every backend.
#pragma once

#include <cstdint>
#include <optional>

#include "core/der.hpp"

namespace tlseam::seam {

enum class signature_scheme : std::uint8_t { rsa_pkcs1, rsa_pss, ecdsa, ed25519, ed448 };
enum class signature_hash : std::uint8_t { own, sha256, sha384, sha512 };  // own: the scheme's

struct signature_algorithm {
    signature_scheme scheme;
    signature_hash hash;
};

/// identifier: AlgorithmIdentifier, with tag and length (RFC 4055, RFC 5758, RFC 8410). Nothing for SHA-1 and older,
/// and for what is not known here.
[[nodiscard]] std::optional<signature_algorithm> parse_signature_algorithm(der::bytes identifier) noexcept;

/// Of those that are not known here: RSA with MD5 or SHA-1, RSASSA-PSS whose hash is SHA-1, and ECDSA with SHA-1.
[[nodiscard]] bool is_signed_with_md5_or_sha1(der::bytes identifier) noexcept;

/// Of a scheme that is none of those here: it is nobody's number.
inline constexpr std::uint16_t unknown_scheme = 0xffff;
/// The number that handshakes have for what a peer signed with (RFC 8446 4.2.3), with RSA for keys that are for any use
/// of RSA. Nothing: something that is not known here.
[[nodiscard]] std::uint16_t scheme_number(std::optional<signature_scheme> scheme,
                                          std::optional<signature_hash> hash) noexcept;

}  // namespace tlseam::seam
