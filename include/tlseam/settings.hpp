// SPDX-License-Identifier: Apache-2.0
// What a context is made from. Plain values with safe defaults; everything is checked once, by context::client() and
// context::server(), and applied whole or refused.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <tlseam/client_hello.hpp>
#include <tlseam/context.hpp>
#include <tlseam/credentials.hpp>
#include <tlseam/key_log.hpp>
#include <tlseam/profile.hpp>
#include <tlseam/psk.hpp>
#include <tlseam/session.hpp>
#include <tlseam/session_cache.hpp>
#include <tlseam/ticket_keys.hpp>
#include <tlseam/trust_store.hpp>
#include <tlseam/types.hpp>
#include <tlseam/verification.hpp>

namespace tlseam {
inline namespace v0 {

/// Defaults: TLS 1.2 and 1.3; suites with forward secrecy and authenticated encryption only; the chain, the name and
/// the dates of the server's certificate are checked against the system's trust store.
struct client_settings {
    std::optional<trust_store> trust = {};  ///< whom to trust; not set: trust_store::system()
    /// Shown when a server asks for a certificate: the first whose key the server can take and whose chain has an
    /// issuer that the server names; where there is none, the first whose key it can take. With none of those, no
    /// certificate is sent, and the server decides.
    std::vector<tlseam::credentials> credentials = {};
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
    /// Whether sessions are taken and offered again (RFC 5077, RFC 8446 2.2; session.hpp says when). false: tickets are
    /// not asked for, or thrown away. Connections without any name (no verification, no server_name) use no cache.
    bool resumption = true;
    std::optional<tlseam::session_cache> session_cache = {};  ///< not set: one of this context. Needs resumption
    /// Called for every session that a server gives, beside the cache. In TLS 1.2 that is at the end of the handshake,
    /// in TLS 1.3 from within read_some(), whenever the server likes: a program that never reads gets none, and of
    /// several in one record some libraries tell of the last only. Called from
    /// the thread that reads; it must not use the connection. One that throws fails it with callback_failed. Needs
    /// resumption.
    std::function<void(const session&)> on_session = {};
    /// export_keying_material() and channel_binding(tls_exporter) may be called; the secret for them is kept as long as
    /// the connection.
    bool exporter = false;
    key_log_callback key_log = {};  ///< gets the secrets of every connection, for debugging; empty: nobody does
    /// Cipher suites of both versions by their IANA names ("TLS_AES_128_GCM_SHA256"), best first; empty: the profile's.
    /// The server's order decides which is used. With a key of TLS 1.2, those of backend_info::psk_cipher_suites().
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
    /// A key that the server has too, in the place of certificates: it is the only thing that is offered, and a server
    /// that answers with a certificate is refused (TLS 1.3: psk_refused). Needs the key's version to be the only one:
    /// min_version TLS 1.3 (or a profile that has nothing older), or max_version TLS 1.2. What cipher_suites has for
    /// other keys is not offered: suites without the key's hash, or in TLS 1.2 all but
    /// backend_info::psk_cipher_suites(). There are no sessions: resumption is
    /// without effect. Not with trust, credentials, verification, insecure_skip_verification, session_cache,
    /// on_session, and not with verified_name or session of a connection: they would count for nothing.
    std::optional<external_psk> psk = {};
    /// Tells servers that they may ask for a certificate after the handshake too (RFC 8446 4.2.6), and answers them
    /// from within read_some(), with what credentials says: the program learns of it by info().local_certificates, and
    /// never whether the server was content, unless that ends the connection. Whoever reads the answer learns who the
    /// client is, at a time that the server chooses; hence not the default. Not for HTTP/2 (RFC 8740).
    /// Needs TLS 1.3 and feature::post_handshake_auth. resumption is without effect, as not every library answers on a
    /// resumed connection; not with session_cache, on_session, psk, or session of a connection.
    /// At most 32 requests of one server are answered (too_large).
    /// false: a server that asks is refused (protocol_error; the alert is unexpected_message).
    bool post_handshake_auth = false;
};

/// Defaults: TLS 1.2 and 1.3, the same suites, no client certificates.
struct server_settings {
    /// Needs one or more, unless there are pre-shared keys: of several, a client is shown the first whose names match
    /// what it asked for and whose key it can take (by version, suites, curves and signature schemes); where there is
    /// none, the first whose key it can take.
    std::vector<tlseam::credentials> credentials = {};
    std::vector<std::string> alpn = {};  ///< protocols to accept, best first: the server's order decides
    /// on_request needs TLS 1.3 and feature::post_handshake_auth; clients that cannot be asked are let in all the same.
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
    /// Contexts for names that clients may ask for. A name that stands here goes before a wildcard that covers it; for
    /// every other client these settings hold.
    std::vector<named_context> names = {};
    tlseam::unknown_name unknown_name = tlseam::unknown_name::accept;
    hello_callback on_hello = {};  ///< sees every ClientHello first
    /// Whether clients get a ticket to resume with: one per handshake (RFC 5077, RFC 8446 4.6.1), in TLS 1.2 one per
    /// full handshake. In TLS 1.3 always with a new key exchange. Without effect with client_auth: a ticket would let a
    /// client in again that shows no certificate.
    bool resumption = true;
    /// Not set: a random secret of this context. When a ticket is made and that is older than ticket_lifetime, another
    /// one takes its place; the three before it are still good. Needs resumption.
    std::optional<tlseam::ticket_keys> ticket_keys = {};
    /// How long a ticket is good for: whole seconds, 1 to 604,800 (seven days).
    std::chrono::seconds ticket_lifetime = std::chrono::hours(2);
    /// export_keying_material() and channel_binding(tls_exporter) may be called; the secret for them is kept as long as
    /// the connection.
    bool exporter = false;
    key_log_callback key_log = {};  ///< gets the secrets of every connection, for debugging; empty: nobody does
    /// Cipher suites of both versions by their IANA names ("TLS_AES_128_GCM_SHA256"), best first; empty: the profile's.
    /// Our order decides, in both versions. With keys of TLS 1.2, those of backend_info::psk_cipher_suites() too.
    std::vector<std::string> cipher_suites = {};
    /// Signature schemes of the handshake by their IANA names ("ecdsa_secp256r1_sha256"), best first; empty: the
    /// profile's. What we sign with is the first that the peer has and our key fits. In TLS 1.2 ecdsa_* mean a hash
    /// with any curve. Peers may take the list for the signatures in our peer's certificates too (RFC 8446 4.2.3), for
    /// which rsa_pkcs1_* stand in TLS 1.3; what we accept there is up to verification.
    std::vector<std::string> signature_schemes = {};
    tlseam::profile profile = tlseam::profile::compatible;  ///< a ceiling on versions and lists: profile.hpp
    /// The most bytes of plaintext in one record that we send, 512 to 16,384. The peer's records are the peer's choice.
    std::size_t max_record_size = 16384;
    /// Keys of clients that show they have one of these instead of being shown a certificate; each identity once in a
    /// version, and no key in both. With credentials, other clients are answered with a certificate; without, all
    /// others are refused (psk_refused, with the alert for a wrong key), and only versions may be spoken that there are
    /// keys of. Clients with a key get no tickets. Not with client_auth.
    /// TLS 1.3: of several keys that a client offers, its first that we have, with a suite of ours that has its hash.
    /// TLS 1.2: whoever offers one of backend_info::psk_cipher_suites() and has not TLS 1.3 too is answered with that,
    /// and says only then which key it means: an unknown identity cannot be told from a wrong key, and there is no
    /// way back to a certificate. No identity hint is sent.
    std::vector<external_psk> psks = {};
    psk_callback find_psk = {};  ///< asked in TLS 1.3 for identities that are not in psks; psk.hpp says when
    /// The same in TLS 1.2. One of its own, so that a program that knows of TLS 1.3 alone accepts no more than that.
    psk_callback find_psk_tls1_2 = {};
};

/// What belongs to one connection of a client. A server ignores none of it: setting a name there is misuse.
struct connect_options {
    /// Sent to the server as server_name (RFC 6066 3), lower case, without a trailing dot. Not set: the host given to
    /// stream::connect(). Empty: not sent. IP addresses are never sent.
    std::optional<std::string> server_name = {};
    /// The host name or IP address that the certificate must carry (RFC 9525). Not set: server_name, else the host
    /// given to stream::connect(). With verification on, there must be one.
    std::optional<std::string> verified_name = {};
    /// A session to resume, before any of the cache. Where it does not fit, the handshake is a full one (session.hpp).
    std::optional<tlseam::session> session = {};
};

}  // namespace v0
}  // namespace tlseam
