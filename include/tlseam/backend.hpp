// SPDX-License-Identifier: Apache-2.0
// Which TLS library this program was built with, and what it can do.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tlseam/export.hpp>

namespace tlseam {
inline namespace v0 {

/// Abilities that libraries or their builds differ in. What is not listed here, every backend can do.
enum class feature : std::uint8_t {
    group_x25519mlkem768,  ///< hybrid post-quantum key exchange (draft-ietf-tls-ecdhe-mlkem)
    alpn_any_bytes,        ///< ALPN names with a comma or a zero byte in them (RFC 7301 allows any byte)
    certificate_alerts,    ///< a refused certificate is answered with the alert that fits it best (RFC 8446 6.2), in
                         ///< TLS 1.3 a missing OCSP response with bad_certificate_status_response (RFC 6066 8); without
                         ///< it, with unknown_ca or bad_certificate. error::certificate() is exact in either case
    key_update_unanswered,   ///< key_update(false): without it, every key update asks the peer for one too
    exporter_empty_context,  ///< TLS 1.2: export_keying_material() with a context of no bytes, which is not none
    signature_choice,  ///< what we sign with is the first of our signature_schemes. Without it, a server that asks for
                       ///< client certificates signs with another one of them, and in TLS 1.2 asks for others too:
                       ///< clients that sign with those are refused (protocol_error). A client goes by the server's
                       ///< list alone: with credentials and settings that forbid its key a scheme it is unsupported;
                       ///< and in TLS 1.2 it may not show a key of another kind than the server's, which others do
    post_handshake_auth,  ///< TLS 1.3: clients are asked for a certificate, and show one, after the handshake
    post_handshake_auth_unrestricted,  ///< more than once on one connection, and with key updates between request and
                                       ///< answer (RFC 8446 4.6.2). Without it, a server asks once; key_update()
                                       ///< waits for the answer, as a client's update before it is a protocol_error;
                                       ///< and what a client answers a second time, servers refuse
};
/// The name as written above, for tables and JSON.
[[nodiscard]] TLSEAM_API std::string_view name(feature f) noexcept;
/// Every feature there is, for tables.
inline constexpr std::array all_features = {feature::group_x25519mlkem768,   feature::alpn_any_bytes,
                                            feature::certificate_alerts,     feature::key_update_unanswered,
                                            feature::exporter_empty_context, feature::signature_choice,
                                            feature::post_handshake_auth,    feature::post_handshake_auth_unrestricted};

/// The library underneath, as it is at run time. Thread safe.
struct backend_info {
    std::string name;     ///< "openssl"
    std::string version;  ///< the library's own version text
    /// Decided by what the library was really built with.
    [[nodiscard]] TLSEAM_API bool supports(feature f) const noexcept;
    /// What it offers and accepts by default, by IANA name, best first. These four throw std::bad_alloc only.
    [[nodiscard]] TLSEAM_API std::vector<std::string_view> cipher_suites() const;
    /// The same for pre-shared keys of TLS 1.2: only contexts with such a key offer or accept these.
    [[nodiscard]] TLSEAM_API std::vector<std::string_view> psk_cipher_suites() const;
    [[nodiscard]] TLSEAM_API std::vector<std::string_view> signature_schemes() const;
    /// Every group that settings may name.
    [[nodiscard]] TLSEAM_API std::vector<std::string_view> groups() const;
};
[[nodiscard]] TLSEAM_API backend_info backend();

/// tlseam's own version, "0.1.0".
[[nodiscard]] TLSEAM_API std::string_view version() noexcept;

}  // namespace v0
}  // namespace tlseam
