// SPDX-License-Identifier: Apache-2.0
// The fields of a certificate (RFC 5280 4.1, 4.2) that core decides on or shows: dates, key, names, what it may be used
// for.
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

/// Bits of keyUsage (RFC 5280 4.2.1.3) by their place.
namespace key_usage {
inline constexpr unsigned digital_signature = 0, key_cert_sign = 5, crl_sign = 6;
}

/// extKeyUsage (RFC 5280 4.2.1.12), as much of it as matters to TLS and OCSP (RFC 6960 4.2.2.2).
struct extended_usage {
    bool server = false;
    bool client = false;
    bool ocsp_signing = false;
};

/// The names of a subjectAltName, or of one list of subtrees of nameConstraints: each one's content.
struct general_names {
    std::vector<der::bytes> dns;
    std::vector<der::bytes> ip;     // of a name 4 or 16 bytes; of a subtree 8 or 32, or any wrong length
    std::vector<der::bytes> email;  // rfc822Name
    std::vector<der::bytes> uri;
    std::vector<der::bytes> directory;  // the Name's content
    bool others = false;                // a kind that is not one of these
};

struct name_constraints {
    general_names permitted;
    general_names excluded;
};

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
    bool is_for_pss_only = false;          // an RSA key that signs in no other way (RFC 4055 1.2)
    unsigned key_bits = 0;                 // 0: a kind of key or a curve that is not known here
    bool has_alt_name = false;             // subjectAltName, with whatever in it
    std::vector<der::bytes> dns_names;     // of subjectAltName, in order
    std::vector<der::bytes> ip_addresses;  // 4 or 16 bytes each
    general_names alt_names;               // all of them

    unsigned version = 1;
    der::bytes extensions;           // the list, with tag and length; empty: none
    der::bytes signature_algorithm;  // AlgorithmIdentifier, with tag and length
    der::bytes signature;            // without the count of unused bits
    bool is_ca = false;              // basicConstraints
    std::optional<unsigned> path_length;
    std::optional<std::uint16_t> usage;  // keyUsage: bit n is at 1 << n
    std::optional<extended_usage> extended;
    std::optional<seam::name_constraints> constraints;
    der::bytes key_id;                 // subjectKeyIdentifier; empty: none
    der::bytes issuer_key_id;          // of authorityKeyIdentifier; empty: none
    bool unknown_critical = false;     // a critical extension that is none of the above
    bool malformed_extension = false;  // one of the above cannot be read, or two contradict each other
    bool must_staple = false;          // TLS Feature has status_request (RFC 7633)

    /// Issuer and subject are the same, byte for byte. Says nothing about who signed it.
    [[nodiscard]] bool is_self_issued() const noexcept;
    /// keyUsage says so, or is not there (RFC 5280 4.2.1.3).
    [[nodiscard]] bool may(unsigned use) const noexcept { return !usage || (*usage >> use & 1) != 0; }
};

/// One whole certificate without bytes behind it; nothing when it is malformed, as far as these fields go: an extension
/// that comes twice, an INTEGER that is not in its shortest form, a date that does not exist, and a subjectAltName
/// that cannot be read are. The signature is the library's business. Throws std::bad_alloc.
[[nodiscard]] std::optional<x509_fields> parse_x509(std::span<const std::byte> der);

/// UTCTime or GeneralizedTime as RFC 5280 4.1.2.5 wants it: seconds, Z.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_time(const der::element& time) noexcept;

}  // namespace tlseam::seam
