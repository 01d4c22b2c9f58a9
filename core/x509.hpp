// SPDX-License-Identifier: Apache-2.0
// The fields of a certificate (RFC 5280 4.1) that core decides on or shows: dates, key, names.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/der.hpp"

namespace tlseam::seam {

enum class key_kind : std::uint8_t { rsa, ec, ed25519, ed448, other };

/// Spans point into the bytes that were parsed.
struct x509_fields {
    der::bytes tbs;     // what is signed, with tag and length
    der::bytes serial;  // the INTEGER's content
    der::bytes issuer;  // the Name's content
    der::bytes subject;
    std::chrono::sys_seconds not_before;
    std::chrono::sys_seconds not_after;
    der::bytes spki;           // SubjectPublicKeyInfo, with tag and length
    der::bytes key_algorithm;  // the OID's content
    key_kind key = key_kind::other;
    unsigned key_bits = 0;                 // 0: a kind of key or a curve that is not known here
    bool has_alt_name = false;             // subjectAltName, with whatever in it
    std::vector<der::bytes> dns_names;     // of subjectAltName, in order
    std::vector<der::bytes> ip_addresses;  // 4 or 16 bytes each; others are left out

    /// Issuer and subject are the same, byte for byte. Says nothing about who signed it.
    [[nodiscard]] bool is_self_issued() const noexcept;
};

/// One whole certificate without bytes behind it; nothing when it is malformed, as far as these fields go: an extension
/// that comes twice, an INTEGER that is not in its shortest form, and a date that does not exist are. The signature is
/// the library's business. Throws std::bad_alloc.
[[nodiscard]] std::optional<x509_fields> parse_x509(std::span<const std::byte> der);

/// UTCTime or GeneralizedTime as RFC 5280 4.1.2.5 wants it: seconds, Z.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_time(const der::element& time) noexcept;

}  // namespace tlseam::seam
