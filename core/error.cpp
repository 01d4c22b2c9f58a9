// SPDX-License-Identifier: Apache-2.0
#include <tlseam/error.hpp>

#include "core/certificate_text.hpp"
#include "core/fail.hpp"
#include "core/seam.hpp"

namespace tlseam {
namespace {

struct category final : std::error_category {
    const char* name() const noexcept override { return "tlseam"; }
    std::string message(int value) const override { return tlseam::name(static_cast<errc>(value)); }
};

}  // namespace

inline namespace v0 {

error::error(errc code, error_detail detail) noexcept : code_(code) {
    try {
        detail_ = std::make_shared<const error_detail>(std::move(detail));
    } catch (...) {
        // No memory for words: the code must do.
    }
}

std::string error::message() const {
    if (detail_ && !detail_->message.empty()) return detail_->message;
    return tlseam::name(code_);
}

const char* name(errc code) noexcept {
    switch (code) {
        case errc::want_read: return "want_read";
        case errc::want_write: return "want_write";
        case errc::want_context: return "want_context";
        case errc::timed_out: return "timed_out";
        case errc::cancelled: return "cancelled";
        case errc::closed: return "closed";
        case errc::truncated: return "truncated";
        case errc::alert_received: return "alert_received";
        case errc::certificate_refused: return "certificate_refused";
        case errc::certificate_required: return "certificate_required";
        case errc::no_shared_version: return "no_shared_version";
        case errc::no_shared_parameters: return "no_shared_parameters";
        case errc::no_application_protocol: return "no_application_protocol";
        case errc::unrecognized_name: return "unrecognized_name";
        case errc::psk_refused: return "psk_refused";
        case errc::plaintext_http: return "plaintext_http";
        case errc::not_tls: return "not_tls";
        case errc::bad_record_mac: return "bad_record_mac";
        case errc::protocol_error: return "protocol_error";
        case errc::too_large: return "too_large";
        case errc::host_not_found: return "host_not_found";
        case errc::connection_refused: return "connection_refused";
        case errc::connection_reset: return "connection_reset";
        case errc::unreachable: return "unreachable";
        case errc::address_in_use: return "address_in_use";
        case errc::transport_error: return "transport_error";
        case errc::file_not_found: return "file_not_found";
        case errc::file_unreadable: return "file_unreadable";
        case errc::no_certificate: return "no_certificate";
        case errc::malformed_certificate: return "malformed_certificate";
        case errc::no_private_key: return "no_private_key";
        case errc::malformed_key: return "malformed_key";
        case errc::unsupported_key: return "unsupported_key";
        case errc::weak_key: return "weak_key";
        case errc::weak_signature: return "weak_signature";
        case errc::key_mismatch: return "key_mismatch";
        case errc::passphrase_required: return "passphrase_required";
        case errc::wrong_passphrase: return "wrong_passphrase";
        case errc::no_crl: return "no_crl";
        case errc::malformed_crl: return "malformed_crl";
        case errc::malformed_session: return "malformed_session";
        case errc::malformed_ocsp_response: return "malformed_ocsp_response";
        case errc::invalid_argument: return "invalid_argument";
        case errc::unsupported: return "unsupported";
        case errc::misuse: return "misuse";
        case errc::callback_failed: return "callback_failed";
        case errc::out_of_memory: return "out_of_memory";
        case errc::internal: return "internal";
    }
    return "unknown";
}

const char* name(cert_errc code) noexcept {
    switch (code) {
        case cert_errc::none: return "none";
        case cert_errc::malformed: return "malformed";
        case cert_errc::bad_signature: return "bad_signature";
        case cert_errc::revoked: return "revoked";
        case cert_errc::unknown_ca: return "unknown_ca";
        case cert_errc::self_signed: return "self_signed";
        case cert_errc::invalid_ca: return "invalid_ca";
        case cert_errc::path_length: return "path_length";
        case cert_errc::name_constraint: return "name_constraint";
        case cert_errc::unknown_critical_extension: return "unknown_critical_extension";
        case cert_errc::wrong_purpose: return "wrong_purpose";
        case cert_errc::weak_key: return "weak_key";
        case cert_errc::weak_signature: return "weak_signature";
        case cert_errc::not_yet_valid: return "not_yet_valid";
        case cert_errc::expired: return "expired";
        case cert_errc::revocation_unavailable: return "revocation_unavailable";
        case cert_errc::name_mismatch: return "name_mismatch";
        case cert_errc::pin_mismatch: return "pin_mismatch";
        case cert_errc::rejected: return "rejected";
    }
    return "unknown";
}

const char* alert_name(std::uint8_t alert) noexcept {
    switch (alert) {
        case 0: return "close_notify";
        case 10: return "unexpected_message";
        case 20: return "bad_record_mac";
        case 21: return "decryption_failed";
        case 22: return "record_overflow";
        case 30: return "decompression_failure";
        case 40: return "handshake_failure";
        case 41: return "no_certificate";
        case 42: return "bad_certificate";
        case 43: return "unsupported_certificate";
        case 44: return "certificate_revoked";
        case 45: return "certificate_expired";
        case 46: return "certificate_unknown";
        case 47: return "illegal_parameter";
        case 48: return "unknown_ca";
        case 49: return "access_denied";
        case 50: return "decode_error";
        case 51: return "decrypt_error";
        case 60: return "export_restriction";
        case 70: return "protocol_version";
        case 71: return "insufficient_security";
        case 80: return "internal_error";
        case 86: return "inappropriate_fallback";
        case 90: return "user_canceled";
        case 100: return "no_renegotiation";
        case 109: return "missing_extension";
        case 110: return "unsupported_extension";
        case 111: return "certificate_unobtainable";
        case 112: return "unrecognized_name";
        case 113: return "bad_certificate_status_response";
        case 114: return "bad_certificate_hash_value";
        case 115: return "unknown_psk_identity";
        case 116: return "certificate_required";
        case 117: return "general_error";
        case 120: return "no_application_protocol";
        case 121: return "ech_required";
        default: return "unknown_alert";
    }
}

const std::error_category& error_category() noexcept {
    static const category instance;
    return instance;
}

exception::exception(tlseam::error e)
    : std::system_error(make_error_code(e.code()), e.message()), error_(std::move(e)) {}

void throw_error(const error& e) { throw exception(e); }

}  // namespace v0

namespace seam {

std::unexpected<error> fail(errc code, error_detail detail) noexcept {
    return std::unexpected(error(code, std::move(detail)));
}

std::unexpected<error> fail(errc code, std::string message) noexcept {
    error_detail detail;
    detail.message = std::move(message);
    return fail(code, std::move(detail));
}

std::unexpected<error> fail(errc code, const char* message, error_origin origin) noexcept {
    try {
        error_detail detail;
        detail.message = message;
        detail.origin = origin;
        return fail(code, std::move(detail));
    } catch (...) {
        return std::unexpected(error(code));
    }
}

/// Libraries quote what a peer has sent. Nothing of it may reach a terminal or a log as it is.
std::unexpected<error> fail_native(errc code, std::uint64_t native_code, std::string_view native_text) noexcept {
    try {
        error_detail detail;
        detail.native_code = native_code;
        append_escaped(detail.native_text, native_text, "\\");
        return fail(code, std::move(detail));
    } catch (...) {
        return std::unexpected(error(code));
    }
}

const char* describe_failure(errc code) noexcept {
    switch (code) {
        case errc::no_shared_version: return "no protocol version that both sides accept";
        case errc::no_shared_parameters: return "no cipher suite, group or signature scheme that both sides accept";
        case errc::no_application_protocol: return "no application protocol that both sides accept";
        case errc::certificate_required: return "the peer sent no certificate";
        case errc::psk_refused: return "the client's pre-shared key is not the one that this server has";
        case errc::bad_record_mac: return "a record failed its integrity check";
        case errc::too_large: return "a record or message of the peer is too large";
        case errc::protocol_error: return "the peer broke the TLS protocol";
        case errc::out_of_memory: return "out of memory";
        default: return "the TLS library failed";
    }
}

std::unexpected<error> fail_system(errc code, int system_code, std::string what) noexcept {
    try {
        error_detail detail;
        detail.message = std::move(what) + ": " + std::generic_category().message(system_code);
        detail.origin = error_origin::system;
        detail.system_code = system_code;
        return fail(code, std::move(detail));
    } catch (...) {
        return std::unexpected(error(code));
    }
}

std::unexpected<error> fail_system(errc code, int system_code, const char* what) noexcept {
    try {
        return fail_system(code, system_code, std::string(what));
    } catch (...) {
        return std::unexpected(error(code));
    }
}

}  // namespace seam
}  // namespace tlseam
