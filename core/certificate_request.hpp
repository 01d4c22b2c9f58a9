// SPDX-License-Identifier: Apache-2.0
// What a server asks of its client's certificate: CertificateRequest (RFC 5246 7.4.4, RFC 8446 4.3.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <tlseam/types.hpp>

namespace tlseam::seam {

/// Lists are in the server's order, with whatever numbers it sent. Spans point into the message.
struct certificate_request {
    bool tls1_3 = false;
    std::vector<std::uint8_t> types;  // ClientCertificateType; TLS 1.2 only
    std::vector<std::uint16_t> signature_schemes;
    std::vector<std::span<const std::byte>> authorities;  // distinguished names, DER; empty: any
};

/// The body of the message, without its type and length. Nothing when it is malformed: the library, which reads it too,
/// says so to the server. Throws std::bad_alloc.
[[nodiscard]] std::optional<certificate_request> parse_certificate_request(protocol_version version,
                                                                           std::span<const std::byte> body);

}  // namespace tlseam::seam
