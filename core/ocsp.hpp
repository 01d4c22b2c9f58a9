// SPDX-License-Identifier: Apache-2.0
// The fields of an OCSP response (RFC 6960 4.2.1).
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <vector>

#include "core/seam.hpp"
#include "core/x509.hpp"

namespace tlseam::seam {

/// What is sent: with its four bytes in front no more than a record holds, as there are clients that take no longer
/// CertificateStatus in TLS 1.2. Responders give one or two KiB.
inline constexpr std::size_t max_ocsp_response = 16384 - 4;

enum class ocsp_status : std::uint8_t { good, revoked, unknown };

/// What is said of one certificate. Spans point into the bytes that were parsed.
struct ocsp_single {
    std::optional<hash_kind> hash;  // of the next two: SHA-1 or SHA-256; nothing: another one
    der::bytes issuer_name_hash;
    der::bytes issuer_key_hash;
    der::bytes serial;  // the INTEGER's content
    ocsp_status status = ocsp_status::unknown;
    std::chrono::sys_seconds this_update;
    std::optional<std::chrono::sys_seconds> next_update;
    bool understood = true;  // no critical extension

    /// Whether CertID names this certificate. issuer: null when it is not at hand; its key is not looked at then.
    [[nodiscard]] bool is_about(const x509_fields& certificate, const x509_fields* issuer) const;
};

/// Spans point into the bytes that were parsed.
struct ocsp_fields {
    std::optional<der::bytes> responder_name;  // the Name's content
    der::bytes responder_key;                  // else: SHA-1 of the responder's key
    std::vector<ocsp_single> singles;
    std::vector<der::bytes> certificates;  // that came along, with tag and length
    der::bytes signed_part;                // with tag and length
    der::bytes signature_algorithm;        // AlgorithmIdentifier, with tag and length
    der::bytes signature;                  // without the count of unused bits, which is 0
    bool understood = true;                // no critical extension

    /// Whether ResponderID names this certificate.
    [[nodiscard]] bool names(const x509_fields& responder) const;
};

struct ocsp_problem {
    bool malformed;    // else: the responder says why it does not answer
    const char* what;  // for a sentence about "the OCSP response"
};

/// One whole response without bytes behind it, of the kind id-pkix-ocsp-basic. The signature is the library's business.
/// Throws std::bad_alloc.
[[nodiscard]] std::expected<ocsp_fields, ocsp_problem> parse_ocsp_response(der::bytes der);

}  // namespace tlseam::seam
