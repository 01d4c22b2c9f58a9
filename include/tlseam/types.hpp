// SPDX-License-Identifier: Apache-2.0
// The small words that several headers share.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <string_view>

#include <tlseam/export.hpp>

namespace tlseam {
inline namespace v0 {

/// The two protocol versions that tlseam speaks, by their number on the wire.
enum class protocol_version : std::uint16_t {
    none = 0,         ///< before the handshake
    tls1_2 = 0x0303,  ///< RFC 5246
    tls1_3 = 0x0304,  ///< RFC 8446
};
/// "TLS 1.2", "TLS 1.3", or "none".
[[nodiscard]] TLSEAM_API std::string_view name(protocol_version v) noexcept;

/// Whether a server asks its clients for a certificate.
enum class client_auth : std::uint8_t {
    none,        ///< does not ask
    optional,    ///< asks; a client without one is let in, one with a bad one is refused
    required,    ///< asks; a client without one is refused (errc::certificate_required)
    on_request,  ///< does not ask in the handshake; engine::request_certificate() does, when the program says so
};

enum class role : std::uint8_t { client, server };

/// How long a blocking call may wait, and what may end the wait early.
///     stream.read_some(buffer, within(std::chrono::seconds(5)));
/// The deadline covers the whole call, however many waits it takes. A deadline in the past means "do not wait".
struct wait_options {
    std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();  ///< max: no limit
    std::stop_token stop = {};  ///< a stop request ends the wait with errc::cancelled
};

/// A deadline from now. Saturates: an overlong duration means no limit.
[[nodiscard]] inline wait_options within(std::chrono::milliseconds duration, std::stop_token stop = {}) noexcept {
    using clock = std::chrono::steady_clock;
    const auto now = clock::now();
    const bool fits = duration < std::chrono::duration_cast<std::chrono::milliseconds>(clock::time_point::max() - now);
    return {.deadline = fits ? now + duration : clock::time_point::max(), .stop = std::move(stop)};
}

/// What an authentication protocol above TLS (SASL, for example) can tie itself to. tls-unique (RFC 5929 3) is left
/// out: it is not defined in TLS 1.3, and in TLS 1.2 it says nothing without the extended master secret (RFC 7627 1).
enum class channel_binding_type : std::uint8_t {
    tls_exporter,          ///< this connection (RFC 9266): 32 bytes; needs exporter = true in the settings
    tls_server_end_point,  ///< the server's certificate (RFC 5929 4): its hash, 32, 48 or 64 bytes
};

/// The bytes of text, for calls that take bytes. The text must outlive the call.
[[nodiscard]] inline std::span<const std::byte> as_bytes(std::string_view text) noexcept {
    return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace v0
}  // namespace tlseam
