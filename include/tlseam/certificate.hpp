// SPDX-License-Identifier: Apache-2.0
// One X.509 certificate (RFC 5280): its bytes and the fields programs ask for. Parsed by tlseam itself, so that every
// backend reports the same.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tlseam/error.hpp>
#include <tlseam/export.hpp>

namespace tlseam {
inline namespace v0 {

/// An immutable value: copies share the bytes. Thread safe. Accessors parse the bytes again, so that
/// an idle certificate costs no more than them; they may throw std::bad_alloc and nothing else.
class certificate {
public:
    /// Needs exactly one DER certificate, without bytes behind it. Errors: malformed_certificate, out_of_memory.
    [[nodiscard]] TLSEAM_API static result<certificate> from_der(std::span<const std::byte> der) noexcept;

    /// The certificates of a file or of bytes, in order, at least one: PEM (other blocks are passed over) or DER, one
    /// behind the other. All or an error that names the file. Errors: no_certificate, malformed_certificate,
    /// out_of_memory; for files also file_not_found, file_unreadable, too_large (above 16 MiB), invalid_argument (an
    /// empty path, or one with an embedded NUL).
    [[nodiscard]] TLSEAM_API static result<std::vector<certificate>> load_all(
        const std::filesystem::path& file) noexcept;
    [[nodiscard]] TLSEAM_API static result<std::vector<certificate>> parse_all(std::string_view pem_or_der) noexcept;

    /// The bytes as they were received; valid as long as any copy of this certificate.
    [[nodiscard]] std::span<const std::byte> der() const noexcept { return *der_; }

    /// Distinguished names in the order of the certificate: "C=DE, O=Example, CN=server". Control characters, quotes,
    /// separators and invalid UTF-8 come out as \xx with two hexadecimal digits.
    [[nodiscard]] TLSEAM_API std::string subject() const;
    [[nodiscard]] TLSEAM_API std::string issuer() const;
    /// The serial number's bytes in hexadecimal, lower case, as encoded ("00f3..." keeps its sign byte).
    [[nodiscard]] TLSEAM_API std::string serial() const;

    [[nodiscard]] TLSEAM_API std::chrono::sys_seconds not_before() const;
    [[nodiscard]] TLSEAM_API std::chrono::sys_seconds not_after() const;

    /// subjectAltName entries, in order: DNS names as written (escaped as above), IP addresses as text
    /// ("192.0.2.1", "2001:db8::1").
    [[nodiscard]] TLSEAM_API std::vector<std::string> dns_names() const;
    [[nodiscard]] TLSEAM_API std::vector<std::string> ip_addresses() const;

    /// "RSA", "EC", "Ed25519", "Ed448", or the algorithm's object identifier in dotted form.
    [[nodiscard]] TLSEAM_API std::string key_type() const;
    /// Bits of the RSA modulus or of the curve; 0 when the type is not known.
    [[nodiscard]] TLSEAM_API unsigned key_bits() const;

    /// SHA-256 over the bytes, in hexadecimal, lower case: 64 digits.
    [[nodiscard]] TLSEAM_API std::string sha256_fingerprint() const;
    /// The public key as verification_settings::pins takes it: "sha256//" and Base64.
    [[nodiscard]] TLSEAM_API std::string public_key_pin() const;
    /// As text (RFC 7468), lines of 64 characters, with a line break at the end.
    [[nodiscard]] TLSEAM_API std::string to_pem() const;

    [[nodiscard]] TLSEAM_API unsigned version() const;  ///< 1, 2 or 3
    /// What the issuer signed with: "sha256WithRSAEncryption", "ecdsa-with-SHA256", "RSASSA-PSS", "Ed25519", or the
    /// object identifier in dotted form.
    [[nodiscard]] TLSEAM_API std::string signature_algorithm() const;
    [[nodiscard]] TLSEAM_API bool is_ca() const;  ///< basicConstraints says so
    /// keyUsage in the words of RFC 5280 4.2.1.3 ("digitalSignature"), in its order; empty when there is none.
    [[nodiscard]] TLSEAM_API std::vector<std::string> key_usage() const;
    /// extKeyUsage, in order, in the words of RFC 5280 4.2.1.12 ("serverAuth", "anyExtendedKeyUsage") or in dotted
    /// form; empty when there is none, or it cannot be read.
    [[nodiscard]] TLSEAM_API std::vector<std::string> extended_key_usage() const;

    // Addresses, in order. Control characters, quotes, angle brackets, backslashes and invalid UTF-8 come out as \xx;
    // the separators of names stay, as addresses need them. Empty when there are none, or they cannot be read.
    [[nodiscard]] TLSEAM_API std::vector<std::string> email_addresses() const;  ///< of subjectAltName
    [[nodiscard]] TLSEAM_API std::vector<std::string> uris() const;             ///< of subjectAltName
    [[nodiscard]] TLSEAM_API std::vector<std::string> ocsp_urls() const;        ///< of authorityInfoAccess
    [[nodiscard]] TLSEAM_API std::vector<std::string> ca_issuer_urls() const;   ///< of authorityInfoAccess
    [[nodiscard]] TLSEAM_API std::vector<std::string> crl_urls() const;         ///< of cRLDistributionPoints

    friend bool operator==(const certificate& a, const certificate& b) noexcept { return *a.der_ == *b.der_; }

private:
    explicit certificate(std::shared_ptr<const std::vector<std::byte>> der) noexcept : der_(std::move(der)) {}
    std::shared_ptr<const std::vector<std::byte>> der_;  // never null, parsed successfully once
};

}  // namespace v0
}  // namespace tlseam
