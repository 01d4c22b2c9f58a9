// SPDX-License-Identifier: Apache-2.0
#include "core/alerts.hpp"

#include "core/seam.hpp"

namespace tlseam::seam {

errc errc_for_alert_sent(std::uint8_t number) noexcept {
    switch (number) {
        case alert::bad_record_mac: return errc::bad_record_mac;
        case alert::record_overflow: return errc::too_large;
        case alert::handshake_failure:
        case alert::insufficient_security: return errc::no_shared_parameters;
        case alert::protocol_version:
        case alert::inappropriate_fallback: return errc::no_shared_version;
        case alert::certificate_required: return errc::certificate_required;
        case alert::no_application_protocol: return errc::no_application_protocol;
        case alert::internal_error: return errc::internal;
        default: return errc::protocol_error;
    }
}

std::uint8_t alert_for(cert_errc code) noexcept {
    switch (code) {
        case cert_errc::revoked: return alert::certificate_revoked;
        case cert_errc::unknown_ca:
        case cert_errc::self_signed:
        case cert_errc::invalid_ca:
        case cert_errc::path_length: return alert::unknown_ca;
        case cert_errc::wrong_purpose: return alert::unsupported_certificate;
        case cert_errc::expired:
        case cert_errc::not_yet_valid: return alert::certificate_expired;
        default: return alert::bad_certificate;
    }
}

bool is_fatal_alert(std::uint8_t level, std::uint8_t number, bool tls1_3) noexcept {
    constexpr std::uint8_t fatal = 2;
    if (!tls1_3) return level == fatal;
    return number != alert::close_notify && number != alert::user_canceled;
}

std::array<std::byte, 7> plaintext_alert(std::uint8_t number) noexcept {
    constexpr std::uint8_t content_type = 21, fatal = 2;
    return {std::byte{content_type}, std::byte{3},     std::byte{3}, std::byte{0}, std::byte{2},
            std::byte{fatal},        std::byte{number}};
}

}  // namespace tlseam::seam
