// SPDX-License-Identifier: Apache-2.0
// Which suites, groups, signature schemes and keys can work together in which version: what is missing is found when a
// context is made, not in every handshake.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <tlseam/certificate.hpp>
#include <tlseam/types.hpp>

namespace tlseam::seam {

using number_list = std::vector<std::uint16_t>;

/// Numbers of IANA, best first.
struct parameter_lists {
    number_list cipher_suites;
    number_list groups;
    number_list signature_schemes;
    number_list psk_cipher_suites = {};  // of TLS 1.2, and only with a pre-shared key
};

/// Without what this backend lacks.
[[nodiscard]] parameter_lists available(parameter_lists lists);

/// What a key can sign with depends on nothing else.
enum class key_shape : std::uint8_t { rsa, p256, p384, p521, ed25519, other };
[[nodiscard]] key_shape shape_of(const certificate& leaf);
/// For sentences: "an RSA key".
[[nodiscard]] const char* describe(key_shape key) noexcept;

[[nodiscard]] bool is_for(std::uint16_t suite, protocol_version version) noexcept;
/// In a handshake of this version. TLS 1.3 binds ECDSA to a curve and has no PKCS#1 v1.5 (RFC 8446 4.2.3), TLS 1.2
/// takes any hash with any curve (RFC 5246 7.4.1.4.1).
[[nodiscard]] bool can_sign(key_shape key, std::uint16_t scheme, protocol_version version) noexcept;

/// TLS 1.2: the suite says what signs the key exchange. EdDSA comes with the suites of ECDSA (RFC 8422 5.10).
[[nodiscard]] bool is_signed_with(std::uint16_t suite, std::uint16_t scheme) noexcept;

/// Pre-shared keys of TLS 1.2 that a context has: none, some beside certificates, or nothing else in that version.
enum class psk_use : std::uint8_t { none, also, alone };

struct use {
    protocol_version min_version;
    protocol_version max_version;
    tlseam::role role;
    std::vector<key_shape> keys;  // of our certificates
    psk_use psk = psk_use::none;
};
/// The sentence about the first version that cannot be spoken with these lists, or in which none of the keys can be
/// used, or about a key that can be used in no version; it names the setting and what to change. Nothing when there is
/// no such version or key.
[[nodiscard]] std::optional<std::string> find_gap(const parameter_lists& lists, const use& use);

}  // namespace tlseam::seam
