// SPDX-License-Identifier: Apache-2.0
// What two peers agreed on: a snapshot taken when the handshake completes, and another one when a certificate was shown
// after it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tlseam/certificate.hpp>
#include <tlseam/types.hpp>

namespace tlseam {
inline namespace v0 {

/// Empty before the handshake; unchanged afterwards, also when the connection fails or closes. Only a certificate that
/// is shown after the handshake (engine::request_certificate()) puts another one in its place: on the server with what
/// was verified, on the client with what it sent. One that a program holds a reference to stays as it is, and valid.
/// The names are those of the IANA TLS registries and have static storage.
struct connection_info {
    protocol_version version = protocol_version::none;
    std::uint16_t cipher_suite = 0;           ///< e.g. 0x1301
    std::string_view cipher_suite_name = {};  ///< e.g. "TLS_AES_128_GCM_SHA256"
    std::uint16_t group = 0;                  ///< key exchange group, e.g. 0x001d; 0 when a resumption used none
    std::string_view group_name = {};         ///< e.g. "x25519"
    std::string alpn = {};                    ///< the agreed protocol, empty when none was
    std::string server_name = {};             ///< the name the client asked for, empty when it sent none
    /// As the peer sent them, leaf first; empty when it sent none. When resumed: in the session's first handshake.
    std::vector<certificate> peer_certificates = {};
    /// The peer showed a certificate and it was checked: chain, dates, purpose, name. When resumed, it showed it in the
    /// first handshake, and it was checked again for this one.
    bool peer_verified = false;
    bool resumed = false;  ///< the handshake resumed an earlier session
    /// Ours, as we sent them, leaf first; empty when we sent none: when resumed, and for a client that was not asked or
    /// has nothing that the server takes.
    std::vector<certificate> local_certificates = {};
    /// The chain that was found and verified in this handshake, from the peer's own certificate to the anchor; empty
    /// when nothing was verified. It may leave out certificates that the peer sent, and hold some that it did not.
    std::vector<certificate> verified_chain = {};
    /// What the peer signed the handshake, or its later answer, with: one of our signature_schemes, e.g. 0x0403; 0 when
    /// it signed nothing, as in a resumption, or without a certificate.
    std::uint16_t peer_signature_scheme = 0;
    std::string_view peer_signature_scheme_name = {};  ///< e.g. "ecdsa_secp256r1_sha256"
    /// Of the pre-shared key that both sides have shown to have, which authenticates them in the place of certificates:
    /// there are none then, and peer_verified is false. Empty: no such key was used.
    std::string psk_identity = {};
    /// The server sent an OCSP response, and it was checked and says that its certificate is good
    /// (verification_settings::ocsp). When resumed: in the first handshake, and it was checked again for this one.
    bool ocsp_good = false;
};

}  // namespace v0
}  // namespace tlseam
