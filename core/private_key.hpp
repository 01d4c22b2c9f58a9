// SPDX-License-Identifier: Apache-2.0
// Finds the one private key in a file and brings it into the one form that every backend reads, PKCS#8 (RFC 5958).
#pragma once

#include <string>
#include <string_view>

#include <tlseam/error.hpp>

#include "core/secret.hpp"

namespace tlseam::seam {

struct private_key {
    secret_bytes pkcs8;  // PrivateKeyInfo, or EncryptedPrivateKeyInfo
    bool encrypted = false;
};

/// PEM with exactly one key block (other blocks are passed over), or DER. PKCS#1 (RFC 8017) and SEC1 (RFC 5915) keys
/// are wrapped. What is inside PKCS#8 is not looked at.
/// Errors: no_private_key; malformed_key (broken, not what its label says, more than one, an EC key without its curve);
/// unsupported_key (other labels, the old PEM encryption, a curve given by its equation).
[[nodiscard]] result<private_key> find_private_key(std::string_view pem_or_der, const std::string& source);

}  // namespace tlseam::seam
