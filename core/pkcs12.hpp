// SPDX-License-Identifier: Apache-2.0
// PKCS#12 files (RFC 7292, RFC 9579): a private key and certificates under a passphrase. Read here, so that every
// backend reads the same; a backend only hashes and decrypts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tlseam/error.hpp>

#include "core/der.hpp"
#include "core/passphrase.hpp"
#include "core/seam.hpp"
#include "core/secret.hpp"

namespace tlseam::seam {

struct pkcs12_contents {
    secret_bytes key;                                  // PrivateKeyInfo, not looked at
    std::vector<std::vector<std::byte>> certificates;  // DER, not looked at, in the order of the file; at least one
};

/// source: the file, for sentences. Errors: malformed_key, unsupported_key, passphrase_required, wrong_passphrase,
/// no_private_key, no_certificate, invalid_argument (a passphrase that is not UTF-8), those of the passphrase.
[[nodiscard]] result<pkcs12_contents> read_pkcs12(der::bytes file, const std::string& source,
                                                  passphrase_source& passphrase);

// ---- pkcs12_kdf.cpp ----

/// The key of the MAC (RFC 7292 B): as long as the hash, so that one block of the derivation is enough. passphrase: as
/// to_bmp_string() gives it, or nothing at all.
[[nodiscard]] result<secret_bytes> derive_mac_key(hash_kind hash, der::bytes passphrase, der::bytes salt,
                                                  std::uint32_t iterations);
/// UTF-8 to UTF-16 in network order, with two zero bytes at the end. Errors: invalid_argument.
[[nodiscard]] result<secret_bytes> to_bmp_string(std::string_view passphrase);

}  // namespace tlseam::seam
