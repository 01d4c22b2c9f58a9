// SPDX-License-Identifier: Apache-2.0
// What alerts stand for (RFC 8446 6).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <tlseam/error.hpp>

namespace tlseam::seam {

namespace alert {
inline constexpr std::uint8_t close_notify = 0;
inline constexpr std::uint8_t unexpected_message = 10;
inline constexpr std::uint8_t bad_record_mac = 20;
inline constexpr std::uint8_t record_overflow = 22;
inline constexpr std::uint8_t handshake_failure = 40;
inline constexpr std::uint8_t bad_certificate = 42;
inline constexpr std::uint8_t unsupported_certificate = 43;
inline constexpr std::uint8_t certificate_revoked = 44;
inline constexpr std::uint8_t certificate_expired = 45;
inline constexpr std::uint8_t illegal_parameter = 47;
inline constexpr std::uint8_t unknown_ca = 48;
inline constexpr std::uint8_t decode_error = 50;
inline constexpr std::uint8_t decrypt_error = 51;
inline constexpr std::uint8_t protocol_version = 70;
inline constexpr std::uint8_t insufficient_security = 71;
inline constexpr std::uint8_t internal_error = 80;
inline constexpr std::uint8_t inappropriate_fallback = 86;
inline constexpr std::uint8_t user_canceled = 90;
inline constexpr std::uint8_t missing_extension = 109;
inline constexpr std::uint8_t unsupported_extension = 110;
inline constexpr std::uint8_t unrecognized_name = 112;
inline constexpr std::uint8_t bad_certificate_status_response = 113;
inline constexpr std::uint8_t certificate_required = 116;
inline constexpr std::uint8_t no_application_protocol = 120;
}  // namespace alert

/// The errc that a fatal alert of ours stands for, when the library gives no finer reason.
[[nodiscard]] errc errc_for_alert_sent(std::uint8_t alert) noexcept;

/// Whether an alert that came ends the connection at once. In TLS 1.3 every one but close_notify and user_canceled
/// does, whatever its level says (RFC 8446 6); in TLS 1.2 the level decides.
[[nodiscard]] bool is_fatal_alert(std::uint8_t level, std::uint8_t number, bool tls1_3) noexcept;

/// A fatal alert in the clear, as a whole record: for what core refuses before a native engine exists.
[[nodiscard]] std::array<std::byte, 7> plaintext_alert(std::uint8_t alert) noexcept;

}  // namespace tlseam::seam
