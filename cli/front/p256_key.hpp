// SPDX-License-Identifier: Apache-2.0
// A private key on P-256 in the one form that every reader takes.
#pragma once

#include <gnutls/x509.h>

#include <string>

namespace cli::front {

/// PKCS#8 in PEM form, the number as 32 bytes exactly (RFC 5915 3). GnuTLS 3.7 writes every other one with 33, with a
/// zero in front as an INTEGER would have, and readers may refuse that. Throws std::runtime_error.
[[nodiscard]] std::string p256_key_pem(gnutls_x509_privkey_t key);

}  // namespace cli::front
