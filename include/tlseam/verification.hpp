// SPDX-License-Identifier: Apache-2.0
// How certificates are checked beyond the defaults, and the same check without a connection.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <tlseam/certificate.hpp>
#include <tlseam/crl_store.hpp>
#include <tlseam/error.hpp>
#include <tlseam/export.hpp>
#include <tlseam/trust_store.hpp>
#include <tlseam/types.hpp>

namespace tlseam {
inline namespace v0 {

/// The time that certificate dates are checked against. May be called from any thread that handshakes; one that
/// throws fails the handshake with callback_failed. Empty: the system clock.
using wall_clock = std::function<std::chrono::sys_seconds()>;

/// Which certificates need a revocation list, when there are lists: all but the anchor, or the peer's own.
enum class crl_scope : std::uint8_t { chain, leaf };

/// Whether a client asks servers for an OCSP response along with their certificate ("stapling": RFC 6066 8, RFC 8446
/// 4.4.2.1), and what it means when none comes.
enum class ocsp_stapling : std::uint8_t {
    off,         ///< not asked for
    if_present,  ///< none is accepted, unless the certificate promises that one always comes (RFC 7633: must-staple)
    required,    ///< none is revocation_unavailable
};

/// One certificate of a chain, and what is wrong with it.
struct chain_step {
    int depth;         ///< 0 is the peer's own, the last is the anchor's
    cert_errc defect;  ///< none: nothing is
    const tlseam::certificate& certificate;
};
/// A second opinion on every certificate of the chain that was found, the anchor first: called once for each defect of
/// it, or once with none. false refuses the chain: as `rejected` where nothing else was wrong. true cannot accept a
/// defect, unless verification_settings::insecure_may_accept has it. Called from the thread that handshakes; it must
/// not use the connection. One that throws refuses the chain with callback_failed.
using chain_callback = std::function<bool(const chain_step&)>;

struct verification_settings {
    /// Revocation lists. Set: every certificate in the scope needs a list of its issuer that is signed, in its dates
    /// and understood (a complete list of all kinds of certificates: no critical extension), else it is refused as
    /// revocation_unavailable. Not set: revocation is not checked.
    std::optional<crl_store> crls = {};
    tlseam::crl_scope crl_scope = crl_scope::chain;
    /// Public keys, one of which must be in the verified chain, the anchor's included: "sha256//" and the Base64 of the
    /// SHA-256 of the SubjectPublicKeyInfo (RFC 7469 2.4, spelt as curl does). Comes on top of all other checks;
    /// without one of them the chain is refused as pin_mismatch. Empty: any.
    std::vector<std::string> pins = {};
    chain_callback callback = {};
    /// Defects that the callback may accept. Each is a hole that the program answers for. Not weak_signature: such a
    /// signature is not looked at. With weak_key, one that the library cannot verify stays refused, as `rejected`.
    std::vector<cert_errc> insecure_may_accept = {};
    /// Of servers' own certificates; for clients' there is no such thing here (invalid_argument). Looked at when all
    /// else is good. A response that comes must say that the certificate is good, also with if_present, else it is
    /// refused: as revoked when it says so; as revocation_unavailable when it says "unknown", is no successful basic
    /// response (RFC 6960), is of another certificate, has a critical extension, is not in its dates, or has no good
    /// signature: of the certificate's issuer, or of a certificate in the response that the issuer itself has signed
    /// for this purpose (extKeyUsage OCSPSigning) and that is in its dates. By the clock of the settings: from
    /// thisUpdate to nextUpdate, or for seven days where there is none. SHA-1 only names certificates (CertID), as
    /// SHA-256 may; it signs nothing. The server is told bad_certificate_status_response (113). Responses for other
    /// certificates of the chain are not looked at. The callback is not asked, and insecure_may_accept accepts nothing
    /// here. A session keeps the response, which is checked again before the session is offered: with the response, the
    /// session ends.
    tlseam::ocsp_stapling ocsp = tlseam::ocsp_stapling::off;
};

/// What verify_chain() checks a chain against.
struct verify_options {
    std::optional<trust_store> trust = {};  ///< not set: trust_store::system()
    role peer = role::server;               ///< whose certificate it is: what its purpose must be
    /// The host name or IP address that a server's certificate must carry (RFC 9525). Not set: names are not checked.
    std::optional<std::string> name = {};
    wall_clock clock = {};
    verification_settings verification = {};
    /// The OCSP response that came along with the chain (DER); empty: none. Needs verification.ocsp.
    std::vector<std::byte> ocsp_response = {};
};

/// The verdict that a handshake would give, without one. chain: the certificate in question first, then others that may
/// help to build a chain, in any order. Returns the chain as verified, up to the anchor.
///
/// What is checked, on every backend: a path to an anchor (names byte for byte, key identifiers where both sides have
/// one; at most 16 certificates), signatures, dates, authorities (basicConstraints, keyUsage, path length, name
/// constraints), purposes (extKeyUsage names the role, in issuers too if they have one; keyUsage allows signing), no
/// unknown critical extension, no SHA-1, keys of 2048 bits (RSA) or 256 (EC); then the name; then what
/// verification_settings asks for.
///
/// Errors: certificate_refused (error::certificate() says why), invalid_argument (an empty chain, a name that is none,
/// an ocsp_response that nobody asks for, or as context::client() for the settings), callback_failed, out_of_memory,
/// and those of trust_store::system(). Thread safe.
[[nodiscard]] TLSEAM_API result<std::vector<certificate>> verify_chain(std::span<const certificate> chain,
                                                                       const verify_options& options) noexcept;

}  // namespace v0
}  // namespace tlseam
