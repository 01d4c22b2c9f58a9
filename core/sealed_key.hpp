// SPDX-License-Identifier: Apache-2.0
// Private keys and other things under a passphrase: EncryptedPrivateKeyInfo (RFC 5958) with PBES2 (RFC 8018). What is
// accepted is decided here; a backend only derives the key and decrypts (decrypt_key() of the seam).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <tlseam/error.hpp>

#include "core/der.hpp"
#include "core/seam.hpp"
#include "core/secret.hpp"

namespace tlseam::seam {

/// PBKDF2 with HMAC, then AES-CBC. Spans point into the bytes that were parsed.
struct sealed_key {
    hash_kind hash = hash_kind::sha1;
    std::uint32_t iterations = 0;  // 1 to 10,000,000
    der::bytes salt;               // 1 to 1,024 bytes
    std::size_t key_size = 0;      // of AES: 16, 24 or 32
    der::bytes iv;                 // 16 bytes
    der::bytes ciphertext;         // whole blocks, at least one
};

/// What is encrypted and how, as it stands in EncryptedPrivateKeyInfo and in PKCS#12: algorithm is an
/// AlgorithmIdentifier. Errors: malformed_key; unsupported_key (another scheme, derivation, hash or cipher, or numbers
/// above the limits).
[[nodiscard]] result<sealed_key> parse_sealed(const der::element& algorithm, der::bytes ciphertext) noexcept;
/// Decrypts, with the backend's help. Errors: wrong_passphrase when what came out is no DER SEQUENCE.
[[nodiscard]] result<secret_bytes> open_sealed(const sealed_key& sealed, std::string_view passphrase);

/// The MAC of a PKCS#12 file (RFC 7292 4, RFC 9579). Spans point into the bytes that were parsed.
struct mac_rule {
    hash_kind hmac = hash_kind::sha1;
    der::bytes value;                      // as long as the hash
    der::bytes salt;                       // 1 to 1,024 bytes
    std::uint32_t iterations = 1;          // 1 to 10,000,000
    std::optional<sealed_key> derivation;  // PBMAC1: how its key is derived, of key_size bytes; then no salt
};
/// mac_data: the content of MacData. Errors: as parse_sealed().
[[nodiscard]] result<mac_rule> parse_mac(der::bytes mac_data) noexcept;

/// Errors: malformed_key; unsupported_key (another scheme, derivation, hash or cipher, or numbers above the limits).
[[nodiscard]] result<sealed_key> parse_sealed_key(der::bytes encrypted_pkcs8) noexcept;

/// Decrypts, with the backend's help, and accepts the key (core/private_key.hpp). Errors: those of parse_sealed_key()
/// and accept_private_key(); wrong_passphrase when what came out is no DER element.
[[nodiscard]] result<secret_bytes> open_sealed_key(der::bytes encrypted_pkcs8, std::string_view passphrase,
                                                   der::bytes certificate);

}  // namespace tlseam::seam
