// SPDX-License-Identifier: Apache-2.0
// Finds the one private key in a file and brings it into the one form that every backend reads, PKCS#8 (RFC 5958).
#pragma once

#include <string>
#include <string_view>

#include <tlseam/error.hpp>

#include "core/der.hpp"
#include "core/secret.hpp"

namespace tlseam::seam {

struct private_key {
    secret_bytes pkcs8;  // PrivateKeyInfo, or EncryptedPrivateKeyInfo
    bool encrypted = false;
};

/// PEM with exactly one key block (other blocks are passed over), or DER. PKCS#1 (RFC 8017) and SEC1 (RFC 5915) keys
/// are wrapped. What is inside PKCS#8 is not looked at: that is
/// accept_private_key().
/// Errors: no_private_key; malformed_key (broken, not what its label says, more than one, an EC key without its curve);
/// unsupported_key (other labels, the old PEM encryption, a curve given by its equation).
[[nodiscard]] result<private_key> find_private_key(std::string_view pem_or_der, const std::string& source);

// ---- accept_key.cpp ----

/// Is the key of this certificate one that we can be known by? RSA of 2048 to 4096 bits, EC on P-256, P-384 or P-521,
/// Ed25519. Errors: malformed_certificate, weak_key, unsupported_key.
[[nodiscard]] result<void> accept_public_key(der::bytes certificate);

/// The same of a PrivateKeyInfo, and whether it is the certificate's as far as that can be seen without arithmetic.
/// Returns it in its plainest form: version 0, no attributes, no public key. What is left to a backend is to see that
/// the private numbers fit the public ones. Errors: malformed_key, weak_key, unsupported_key, key_mismatch.
[[nodiscard]] result<secret_bytes> accept_private_key(der::bytes pkcs8, der::bytes certificate);

/// What a library says about a key or certificate, with the files' names in front.
[[nodiscard]] error name_source(const error& e, const std::string& chain_source, const std::string& key_source);

}  // namespace tlseam::seam
