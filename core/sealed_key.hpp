// SPDX-License-Identifier: Apache-2.0
// Private keys under a passphrase: EncryptedPrivateKeyInfo (RFC 5958) with PBES2 (RFC 8018). What is accepted is
// decided here; a backend only derives the key and decrypts (decrypt_key() of the seam).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <tlseam/error.hpp>

#include "core/der.hpp"
#include "core/secret.hpp"

namespace tlseam::seam {

enum class prf_hash : std::uint8_t { sha1, sha224, sha256, sha384, sha512 };

/// PBKDF2 with HMAC, then AES-CBC. Spans point into the bytes that were parsed.
struct sealed_key {
    prf_hash hash = prf_hash::sha1;
    std::uint32_t iterations = 0;  // 1 to 10,000,000
    der::bytes salt;               // 1 to 1,024 bytes
    std::size_t key_size = 0;      // of AES: 16, 24 or 32
    der::bytes iv;                 // 16 bytes
    der::bytes ciphertext;         // whole blocks, at least one
};

/// Errors: malformed_key; unsupported_key (another scheme, derivation, hash or cipher, or numbers above the limits).
[[nodiscard]] result<sealed_key> parse_sealed_key(der::bytes encrypted_pkcs8) noexcept;

/// Decrypts, with the backend's help, and accepts the key (core/private_key.hpp). Errors: those of parse_sealed_key()
/// and accept_private_key(); wrong_passphrase when what came out is no DER element.
[[nodiscard]] result<secret_bytes> open_sealed_key(der::bytes encrypted_pkcs8, std::string_view passphrase,
                                                   der::bytes certificate);

}  // namespace tlseam::seam
