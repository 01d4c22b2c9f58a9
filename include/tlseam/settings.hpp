// SPDX-License-Identifier: Apache-2.0
// What a context is made from. Plain values with safe defaults; everything is checked once, by context::client() and
// context::server(), and applied whole or refused.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <tlseam/credentials.hpp>
#include <tlseam/profile.hpp>
#include <tlseam/trust_store.hpp>
#include <tlseam/types.hpp>
#include <tlseam/verification.hpp>

namespace tlseam {
inline namespace v0 {

/// Defaults: TLS 1.2 and 1.3; suites with forward secrecy and authenticated encryption only; the chain, the name and
/// the dates of the server's certificate are checked against the system's trust store.
struct client_settings {
    std::optional<trust_store> trust = {};              ///< whom to trust; not set: trust_store::system()
    std::vector<tlseam::credentials> credentials = {};  ///< shown when a server asks for a certificate; at most one
    std::vector<std::string> alpn = {};  ///< protocols to offer, best first; 1 to 255 bytes each (RFC 7301)
    protocol_version min_version = protocol_version::tls1_2;
    protocol_version max_version = protocol_version::tls1_3;
    bool insecure_skip_verification = false;  ///< true: accept any certificate. Anyone can read and change the data
    wall_clock clock = {};
    /// Key exchange groups by their IANA names ("x25519"), best first; empty: the profile's, that is X25519MLKEM768
    /// where the backend has it, x25519, secp256r1, secp384r1. Also known: secp521r1, x448.
    /// In TLS 1.2 they are also the curves that ECDSA certificates of servers may be on (RFC 8422 5.1); and some
    /// servers want the curve of the client's own certificate among them.
    std::vector<std::string> groups = {};
    verification_settings verification = {};  ///< of the server's certificate; not with insecure_skip_verification
    /// Cipher suites of both versions by their IANA names ("TLS_AES_128_GCM_SHA256"), best first; empty: the profile's.
    /// The server's order decides which is used.
    std::vector<std::string> cipher_suites = {};
    /// Signature schemes of the handshake by their IANA names ("ecdsa_secp256r1_sha256"), best first; empty: the
    /// profile's. What we sign with is the first that the peer has and our key fits. In TLS 1.2 ecdsa_* mean a hash
    /// with any curve. Peers may take the list for the signatures in our peer's certificates too (RFC 8446 4.2.3), for
    /// which rsa_pkcs1_* stand in TLS 1.3; what we accept there is up to verification.
    /// With credentials: see feature::signature_choice.
    std::vector<std::string> signature_schemes = {};
    tlseam::profile profile = tlseam::profile::compatible;  ///< a ceiling on versions and lists: profile.hpp
    /// The most bytes of plaintext in one record that we send, 512 to 16,384. The peer's records are the peer's choice.
    std::size_t max_record_size = 16384;
};

/// Defaults: TLS 1.2 and 1.3, the same suites, no client certificates.
struct server_settings {
    std::vector<tlseam::credentials> credentials = {};  ///< needs exactly one
    std::vector<std::string> alpn = {};                 ///< protocols to accept, best first: the server's order decides
    tlseam::client_auth client_auth = tlseam::client_auth::none;
    std::optional<trust_store> client_trust =
        {};  ///< who may issue client certificates; needed unless client_auth::none
    protocol_version min_version = protocol_version::tls1_2;
    protocol_version max_version = protocol_version::tls1_3;
    wall_clock clock = {};
    /// Key exchange groups by their IANA names ("x25519"), best first; empty: the profile's, that is X25519MLKEM768
    /// where the backend has it, x25519, secp256r1, secp384r1. Also known: secp521r1, x448. The server's order decides,
    /// but in TLS 1.3 a group that the client has sent a share of comes before one that costs another round trip.
    std::vector<std::string> groups = {};
    verification_settings verification = {};  ///< of the client's certificate; needs client_auth
    /// Cipher suites of both versions by their IANA names ("TLS_AES_128_GCM_SHA256"), best first; empty: the profile's.
    /// Our order decides, in both versions.
    std::vector<std::string> cipher_suites = {};
    /// Signature schemes of the handshake by their IANA names ("ecdsa_secp256r1_sha256"), best first; empty: the
    /// profile's. What we sign with is the first that the peer has and our key fits. In TLS 1.2 ecdsa_* mean a hash
    /// with any curve. Peers may take the list for the signatures in our peer's certificates too (RFC 8446 4.2.3), for
    /// which rsa_pkcs1_* stand in TLS 1.3; what we accept there is up to verification.
    std::vector<std::string> signature_schemes = {};
    tlseam::profile profile = tlseam::profile::compatible;  ///< a ceiling on versions and lists: profile.hpp
    /// The most bytes of plaintext in one record that we send, 512 to 16,384. The peer's records are the peer's choice.
    std::size_t max_record_size = 16384;
};

/// What belongs to one connection of a client. A server ignores none of it: setting a name there is misuse.
struct connect_options {
    /// Sent to the server as server_name (RFC 6066 3), lower case, without a trailing dot. Not set: the host given to
    /// stream::connect(). Empty: not sent. IP addresses are never sent.
    std::optional<std::string> server_name = {};
    /// The host name or IP address that the certificate must carry (RFC 9525). Not set: server_name, else the host
    /// given to stream::connect(). With verification on, there must be one.
    std::optional<std::string> verified_name = {};
};

}  // namespace v0
}  // namespace tlseam
