// SPDX-License-Identifier: Apache-2.0
// Every failure of tlseam: what went wrong (errc), why a certificate was refused (cert_errc), which alert was
// involved, and one sentence for the log. The same cause gives the same code on every backend.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

#include <tlseam/export.hpp>

namespace tlseam {
inline namespace v0 {

/// What went wrong, as a category to act on. The numbers are stable within one minor version.
enum class errc : std::uint8_t {
    // Not failures: the call did nothing wrong, call it again when the condition holds. Never sticky, never allocate.
    want_read = 1,  ///< non-blocking stream or engine: needs bytes from the peer
    want_write,     ///< non-blocking stream or engine: needs room to send
    want_context,   ///< a server whose hello_callback said "later": call answer_hello(), then go on
    timed_out,      ///< the deadline passed; the stream stays usable
    cancelled,      ///< the stop token or cancel() ended the wait; the stream stays usable

    // The end of the data.
    closed,     ///< writing to a half that is closed, or read_exactly() met the peer's close_notify
    truncated,  ///< the transport ended without close_notify: data may be missing (RFC 8446 6.1)

    // The TLS conversation failed. Sticky: every later call gives the same error.
    alert_received,           ///< the peer ended it with a fatal alert; error::alert() has its number
    certificate_refused,      ///< we refused the peer's certificate; error::certificate() says why
    certificate_required,     ///< client_auth::required and the client sent none
    no_shared_version,        ///< no protocol version that both sides accept
    no_shared_parameters,     ///< no cipher suite, group or signature scheme that both sides accept
    no_application_protocol,  ///< both sides want ALPN and have no protocol in common (RFC 7301 3.2)
    unrecognized_name,        ///< the client asks for a name that this server does not have (RFC 6066 3)
    psk_refused,              ///< no pre-shared key that both sides have: unknown, another, or none
    plaintext_http,           ///< the peer speaks HTTP in the clear on this port
    not_tls,                  ///< the peer's first bytes are no TLS record
    bad_record_mac,           ///< a record failed its integrity check
    protocol_error,           ///< the peer broke the protocol in another way
    too_large,                ///< a message, chain, flood of empty records or file above the limits

    // The transport failed. error::system_code() has the number of the operating system.
    host_not_found,
    connection_refused,
    connection_reset,
    unreachable,
    address_in_use,
    transport_error,  ///< any other failure of the operating system

    // Files, certificates and keys: reported where they are loaded, never later.
    file_not_found,
    file_unreadable,  ///< permission denied, a directory, or an I/O error
    no_certificate,   ///< no certificate in the file or bytes
    malformed_certificate,
    no_private_key,  ///< no private key in the file or bytes
    malformed_key,
    unsupported_key,      ///< a key type or encryption that tlseam does not accept
    weak_key,             ///< RSA below 2048 bits, or a curve below 256
    weak_signature,       ///< a chain of our own is signed with SHA-1 or older, or an algorithm that is not known
    key_mismatch,         ///< the private key is not the one of the certificate
    passphrase_required,  ///< the key is encrypted and no passphrase was given
    wrong_passphrase,
    no_crl,  ///< no revocation list in the file or bytes
    malformed_crl,
    malformed_session,        ///< session::parse() was given damaged bytes, or no session
    malformed_ocsp_response,  ///< no OCSP response in the file or bytes, or a damaged one

    // The program's mistake, never caused by a peer.
    invalid_argument,  ///< a setting or argument that no backend accepts; the sentence names it
    unsupported,       ///< this backend or build cannot do it; the sentence says what is missing
    misuse,            ///< a call that this state or role does not allow
    callback_failed,   ///< a callback of the program threw or refused

    out_of_memory,
    internal,  ///< a defect of tlseam or of the library underneath; please report it
};

/// Why a peer's certificate was refused. When several defects are found, the first in this order is reported.
enum class cert_errc : std::uint8_t {
    none = 0,
    malformed,
    bad_signature,
    revoked,
    unknown_ca,   ///< no chain to a trust anchor
    self_signed,  ///< the certificate signed itself and is no anchor
    invalid_ca,   ///< an issuer that is no CA, or may not sign certificates
    path_length,
    name_constraint,
    unknown_critical_extension,
    wrong_purpose,   ///< extended key usage or key usage does not allow this role
    weak_key,        ///< too short, on an unknown curve, or of an unknown kind
    weak_signature,  ///< SHA-1 or older, or an algorithm that is not known
    not_yet_valid,
    expired,
    revocation_unavailable,  ///< revocation lists were given, and none of the issuer's can be used; or an OCSP
                             ///< response that came cannot, or that must come did not
    name_mismatch,           ///< no subjectAltName matches the host name or IP address (RFC 9525)
    pin_mismatch,            ///< none of the pinned public keys is in the chain
    rejected,                ///< any other refusal, by the library underneath or by the program's callback
};

/// Who raised the failure.
enum class error_origin : std::uint8_t { local, peer, system };

/// Everything about a failure beyond its code. Built once, never changed, shared by copies of the error.
struct error_detail {
    std::string message;  ///< one sentence: what went wrong, and with what file, peer or value
    cert_errc certificate = cert_errc::none;
    std::optional<std::uint8_t> alert;  ///< the alert received (origin peer) or sent (origin local), RFC 8446 6
    error_origin origin = error_origin::local;
    int system_code = 0;            ///< errno, or 0
    std::uint64_t native_code = 0;  ///< the library's own code, for logs only
    std::string native_text;        ///< the library's own words, for logs only
};

/// A failure. Cheap to copy (at most 24 bytes), never throws. Compares with errc by its code.
class error {
public:
    /// Implicit, so that `return std::unexpected(errc::want_read)` works and allocates nothing.
    error(errc code) noexcept : code_(code) {}  // NOLINT(google-explicit-constructor)
    TLSEAM_API error(errc code, error_detail detail) noexcept;

    [[nodiscard]] errc code() const noexcept { return code_; }
    [[nodiscard]] cert_errc certificate() const noexcept { return detail_ ? detail_->certificate : cert_errc::none; }
    [[nodiscard]] std::optional<std::uint8_t> alert() const noexcept { return detail_ ? detail_->alert : std::nullopt; }
    [[nodiscard]] error_origin origin() const noexcept { return detail_ ? detail_->origin : error_origin::local; }
    [[nodiscard]] int system_code() const noexcept { return detail_ ? detail_->system_code : 0; }
    [[nodiscard]] std::uint64_t native_code() const noexcept { return detail_ ? detail_->native_code : 0; }

    /// One sentence for people. Holds no secret and no unescaped byte of the peer. Throws std::bad_alloc only.
    [[nodiscard]] TLSEAM_API std::string message() const;
    /// The detail, or null for codes that need none (want_read, want_write, timed_out, cancelled).
    [[nodiscard]] const error_detail* detail() const noexcept { return detail_.get(); }

    friend bool operator==(const error& e, errc c) noexcept { return e.code_ == c; }

private:
    std::shared_ptr<const error_detail> detail_;
    errc code_;
};
static_assert(sizeof(error) <= 24);

template <class T>
using result = std::expected<T, error>;

/// The name as written in this header ("want_read", "expired"), for logs and JSON. Never null, static storage.
[[nodiscard]] TLSEAM_API const char* name(errc code) noexcept;
[[nodiscard]] TLSEAM_API const char* name(cert_errc code) noexcept;
/// The alert's name from RFC 8446 6 ("handshake_failure"), or "unknown_alert".
[[nodiscard]] TLSEAM_API const char* alert_name(std::uint8_t alert) noexcept;

/// errc as a std::error_code, category name "tlseam".
[[nodiscard]] TLSEAM_API const std::error_category& error_category() noexcept;
[[nodiscard]] inline std::error_code make_error_code(errc code) noexcept {
    return {static_cast<int>(code), error_category()};
}

/// What or_throw() throws.
class TLSEAM_API exception : public std::system_error {
public:
    explicit exception(tlseam::error e);
    [[nodiscard]] const tlseam::error& error() const noexcept { return error_; }

private:
    tlseam::error error_;
};

/// For programs that prefer exceptions: the value, or a thrown tlseam::exception. The only function that throws.
[[noreturn]] TLSEAM_API void throw_error(const error& e);

template <class T>
T or_throw(result<T>&& r) {
    if (!r) throw_error(r.error());
    if constexpr (!std::is_void_v<T>) return std::move(*r);
}

}  // namespace v0
}  // namespace tlseam

template <>
struct std::is_error_code_enum<tlseam::errc> : std::true_type {};
