// SPDX-License-Identifier: Apache-2.0
// PEM (RFC 7468): text to labelled bytes, and the certificates among them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <tlseam/error.hpp>

#include "core/secret.hpp"

namespace tlseam::seam {

struct pem_block {
    std::string label;              // "CERTIFICATE"
    secret_bytes der;               // may be a key
    bool legacy_encrypted = false;  // "Proc-Type: 4,ENCRYPTED"
    std::size_t line = 0;           // of its BEGIN
};

/// Has a line that begins a PEM block. DER has none, unless by intention.
[[nodiscard]] bool looks_like_pem(std::string_view text) noexcept;

/// Text around blocks, CRLF, a byte order mark and blank lines are fine. A block without its END or with anything but
/// base64 in it is refused with `code`; the sentence names source and line.
[[nodiscard]] result<std::vector<pem_block>> split_pem(std::string_view text, errc code, const std::string& source);

/// The certificates of PEM text (labels CERTIFICATE and X509 CERTIFICATE; other blocks are passed over) or of DER bytes
/// (one behind the other), in order, each parsed once. source: for the sentence, such as "'server.crt'".
/// Errors: no_certificate, malformed_certificate.
[[nodiscard]] result<std::vector<std::vector<std::byte>>> split_certificates(std::string_view pem_or_der,
                                                                             const std::string& source);

}  // namespace tlseam::seam
