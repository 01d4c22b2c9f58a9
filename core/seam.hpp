// SPDX-License-Identifier: Apache-2.0
// The seam: the one header that a backend implements, and the whole of what core knows about TLS libraries.
//
// Part 1 is defined by each backend, in backends/<name>/; the linker joins exactly one with core, and a function that
// was forgotten is a link error that names it. Part 2 is defined by core, for backends to call.
//
// Rules for part 1: nothing throws (core/fail.hpp has guarded()); every call of the library goes through one function
// that clears the library's error queue before and drains it after; no state of the process that a program can feel;
// a setting is applied or refused with errc::unsupported, never ignored. No call ever sees a socket, an end of file or
// a full queue: a backend that runs out of input says errc::want_read and nothing else.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tlseam/backend.hpp>
#include <tlseam/connection_info.hpp>
#include <tlseam/error.hpp>
#include <tlseam/types.hpp>

#include "core/pre_shared_key.hpp"
#include "core/wire.hpp"

namespace tlseam::seam {

using der_bytes = std::span<const std::byte>;

/// Plaintext of one record (RFC 8446 5.1).
inline constexpr std::size_t max_record = 16384;

class events;  // part 2

// ---------------------------------------------------------------------------------------------------------------------
// Part 1: a backend defines
// ---------------------------------------------------------------------------------------------------------------------

// ---- what it is ----

/// Static storage.
[[nodiscard]] std::string_view backend_name() noexcept;
/// The library's version text, as loaded at run time.
[[nodiscard]] std::string backend_version();
/// As really built and loaded, never assumed. Thread safe. Numbers are those of IANA.
[[nodiscard]] bool backend_supports(feature f) noexcept;
/// These throw std::bad_alloc, and nothing else, rather than say no for lack of memory: settings would go on without.
[[nodiscard]] bool backend_has_cipher_suite(std::uint16_t suite);
[[nodiscard]] bool backend_has_group(std::uint16_t group);
[[nodiscard]] bool backend_has_signature_scheme(std::uint16_t scheme);

// ---- parsed once and shared: complete types in the backend only; safe to use from many threads once made ----

struct native_credentials;
struct native_context;

/// chain: DER certificates, leaf first, never empty. private_key: one DER PKCS#8 PrivateKeyInfo, which core has
/// accepted. Checks that the key is the leaf's. Errors: malformed_certificate, malformed_key, key_mismatch.
[[nodiscard]] result<std::shared_ptr<const native_credentials>> load_credentials(std::span<const der_bytes> chain,
                                                                                 der_bytes private_key) noexcept;

class external_key;  // core/external_key.hpp
/// The same for a key that only core can reach, through signer, which native_credentials keeps alive. Errors:
/// malformed_certificate, internal.
[[nodiscard]] result<std::shared_ptr<const native_credentials>> load_external_credentials(
    std::span<const der_bytes> chain, std::shared_ptr<const external_key> signer) noexcept;

// ---- hashes, and what follows from them ----

/// SHA-1 is here for names that others have made with it (CertID, PKCS#12), and vouches for nothing.
enum class hash_kind : std::uint8_t { sha1, sha224, sha256, sha384, sha512 };
[[nodiscard]] constexpr std::size_t hash_size(hash_kind hash) noexcept {
    constexpr std::size_t sizes[] = {20, 28, 32, 48, 64};
    return sizes[static_cast<std::size_t>(hash)];
}
/// The hash of data, then the hash of that, and so on: 1 or more rounds. out has the hash's size. Errors: internal,
/// out_of_memory.
[[nodiscard]] result<void> hash_repeatedly(hash_kind hash, std::span<const std::byte> data, std::uint32_t rounds,
                                           std::span<std::byte> out) noexcept;
/// RFC 2104. out has the hash's size. Errors: internal, out_of_memory.
[[nodiscard]] result<void> hmac(hash_kind hash, std::span<const std::byte> key, std::span<const std::byte> data,
                                std::span<std::byte> out) noexcept;

/// Unpredictable bytes, fit for keys. Errors: internal.
[[nodiscard]] result<void> fill_random(std::span<std::byte> out) noexcept;

struct sealed_key;  // core/sealed_key.hpp
/// PBKDF2 (RFC 8018 5.2) with the hash, iterations and salt of sealed; out is 1 to 1,024 bytes. Errors: internal,
/// out_of_memory.
[[nodiscard]] result<void> derive_key(const sealed_key& sealed, std::string_view passphrase,
                                      std::span<std::byte> out) noexcept;
/// Derives the key from the passphrase and decrypts; out is as long as the ciphertext, and keeps its padding.
/// Errors: internal, out_of_memory.
[[nodiscard]] result<void> decrypt_key(const sealed_key& sealed, std::string_view passphrase,
                                       std::span<std::byte> out) noexcept;

/// Everything that many connections share, already validated by core. Suites, groups and schemes are IANA numbers, best
/// first, and only such as the backend said it has.
struct context_config {
    tlseam::role role = role::client;
    std::shared_ptr<const native_credentials> credentials;  ///< a server's; null with psk alone
    /// A client's: events::choose_credentials() chooses from them, if a server wants a certificate. They live as long
    /// as the context.
    std::span<const std::shared_ptr<const native_credentials>> client_credentials;
    bool verify_peer = false;  ///< whoever shows a certificate is verified, through events::verify
    tlseam::client_auth client_auth = client_auth::none;  ///< servers
    protocol_version min_version = protocol_version::tls1_2;
    protocol_version max_version = protocol_version::tls1_3;
    std::span<const std::uint16_t> cipher_suites;
    std::span<const std::uint16_t> groups;
    std::span<const std::uint16_t> key_shares;  ///< clients: the groups that the first TLS 1.3 hello has a share for
    std::span<const std::uint16_t> signature_schemes;
    bool issue_tickets = false;  ///< servers: one per connection, under the keys of events::find_ticket_key
    std::chrono::seconds ticket_lifetime = {};  ///< servers that issue tickets
    bool take_sessions = false;                 ///< clients: ask for tickets, and report them to events::new_session
    bool key_log = false;         ///< secrets are reported, through events::key_log; else nothing may watch them
    bool ask_for_staple = false;  ///< clients: send status_request (RFC 6066 8), and see events::verify_staple
    /// Servers: an OCSP response (DER, at most 16,380 bytes), for clients that send status_request, along with
    /// credentials only; null: none, and status_request is not answered.
    std::shared_ptr<const std::vector<std::byte>> staple;
    /// Not none: each connection is authenticated by a pre-shared key of this version, and by nothing else; there is
    /// no certificate from either side, and no other version.
    /// TLS 1.3: connection::psk, psk_dhe_ke only, and every suite has the key's hash.
    /// TLS 1.2: suites of ECDHE_PSK. A client has connection::psk, a server asks events::psk() and sends no identity
    /// hint. A server may have TLS 1.3 as its max_version, and suites for it: its ServerHello has to say so (RFC 8446
    /// 4.1.3), and core keeps the clients away that would speak it.
    protocol_version psk = protocol_version::none;
    /// A client: offer it, and answer requests that come after the handshake like those in it, through
    /// events::choose_credentials(). Without it, such a request ends the connection with unexpected_message. (A server
    /// has client_auth::on_request: it asks nobody in the handshake.)
    bool post_handshake_auth = false;
};

/// Errors: unsupported, out_of_memory, internal.
[[nodiscard]] result<std::shared_ptr<const native_context>> make_context(const context_config& config) noexcept;

// ---- certificates ----

/// A defect that the library found in one certificate of a chain.
struct chain_defect {
    cert_errc code = cert_errc::none;
    int depth = 0;  ///< 0 is the leaf
    std::uint64_t native_code = 0;
    std::string_view native_text = {};  ///< static storage
};

/// The library's opinion on one chain, as core built it: path goes from the peer's certificate up to one that is
/// trusted for this purpose, whatever it says of itself. Checks each one's signature with the key of the next, and
/// whatever else the library looks at, dates, names and revocation apart; goes on after a defect, so that core can
/// choose the gravest. peer: whose chain it is; nothing: an authority's, of whatever purpose. Throws std::bad_alloc and
/// nothing else. Thread safe.
[[nodiscard]] std::vector<chain_defect> check_path(std::span<const der_bytes> path, std::optional<role> peer);

/// Whether the key in issuer, a certificate, has signed data. algorithm: AlgorithmIdentifier, one that core knows
/// (core/signature_algorithm.hpp). signature: without the count of unused bits. Throws std::bad_alloc only.
[[nodiscard]] bool has_signed(der_bytes issuer, der_bytes algorithm, der_bytes data, der_bytes signature);

// ---- one connection ----

struct native_engine;

/// What must be known before the first byte. Only valid during create_engine().
struct connection {
    tlseam::role role = role::client;
    /// A client: all protocols to offer, best first. A server: the one that core chose, or none.
    std::span<const std::string> alpn;
    /// A client: what to send as server_name; empty: nothing. Always a host name, never an address.
    std::string_view server_name;
    /// A server that will speak TLS 1.2: the group that core chose, the first of ours that the client has. Else 0, and
    /// the choice is the library's.
    std::uint16_t group = 0;
    /// A client: a session to offer, as an earlier engine reported it; empty: none. One that the library cannot use
    /// any more is not offered, and no error. core has seen to its version: it is the newest of ours.
    std::span<const std::byte> session = {};
    bool exporter = false;  ///< export_keying_material() may be called: keep what it needs
    /// A server: the signature scheme that core chose, the first of ours that the client has and our key can sign with;
    /// where that is a choice among several. Else 0.
    std::uint16_t signature_scheme = 0;
    /// With context_config::psk: a client's to offer; in TLS 1.3 a server's that core found in the first hello, to be
    /// accepted where its identity stands in the client's list. A handshake without it must fail: errc::psk_refused
    /// when the client's binder is wrong (RFC 8446 4.2.11.2).
    std::shared_ptr<const pre_shared_key> psk = {};
    std::uint16_t psk_suite = 0;  ///< with psk: a client's first suite; a server's, the one that core chose
};

struct footprint {
    std::size_t size;
    std::size_t alignment;
};
/// The memory that create_engine() needs; core places it in the connection's one allocation.
[[nodiscard]] footprint engine_footprint() noexcept;

/// Builds an engine in storage. wire and events outlive it, and neither it nor they ever move. Sends nothing yet, or
/// its first flight, as the library likes.
[[nodiscard]] result<native_engine*> create_engine(void* storage, const std::shared_ptr<const native_context>& context,
                                                   const connection& connection, wire& wire, events& events) noexcept;
/// Frees what the engine holds, not the storage.
void destroy_engine(native_engine& engine) noexcept;

/// Goes on until the handshake is complete (ok) or more input is needed (want_read). Any other error is the end of the
/// connection; its alert, if one is due, has been put on the wire.
[[nodiscard]] result<void> handshake(native_engine& engine) noexcept;

/// Decrypts at most one record with data. 0: the peer's close_notify; nothing behind it was consumed. want_read: more
/// input is needed. Answers key updates and takes tickets on the way. The buffer is never empty.
[[nodiscard]] result<std::size_t> read(native_engine& engine, std::span<std::byte> buffer) noexcept;

/// Encrypts data as one record: 1 to max_record bytes, taken whole.
[[nodiscard]] result<void> write(native_engine& engine, std::span<const std::byte> data) noexcept;

/// Called once, after the handshake.
[[nodiscard]] result<void> close_notify(native_engine& engine) noexcept;

/// TLS 1.3 only, after the handshake, before close_notify.
[[nodiscard]] result<void> key_update(native_engine& engine, bool ask_peer) noexcept;

/// With feature::post_handshake_auth: sends a CertificateRequest (RFC 8446 4.6.2). TLS 1.3, client_auth::on_request,
/// after the handshake, before either close_notify, not while another one is open. required: no certificate is an
/// error. want_read: nothing was sent, something must be read first. read() takes the answer, and so may write(),
/// close_notify() and key_update(), which say want_read when only half of it is there.
[[nodiscard]] result<void> request_certificate(native_engine& engine, bool required) noexcept;
/// Since request_certificate(), the answer came, was verified, and is what describe() tells of the peer.
[[nodiscard]] bool certificate_answered(const native_engine& engine) noexcept;

/// RFC 5705, RFC 8446 7.5. After the handshake, also after either close_notify, on a connection that was made with
/// connection::exporter. Core has seen to the limits: out 1 to 8160 bytes, label 1 to 249 printable ASCII characters
/// and no reserved one, context at most 65,535 bytes, in TLS 1.2 max_exporter_context_1_2; there with the extended
/// master secret, and an empty context only with feature::exporter_empty_context. A failure leaves the connection
/// as it was.
[[nodiscard]] result<void> export_keying_material(native_engine& engine, std::span<std::byte> out,
                                                  std::string_view label,
                                                  std::optional<std::span<const std::byte>> context) noexcept;

/// Plaintext that the library holds decrypted.
[[nodiscard]] std::size_t pending(const native_engine& engine) noexcept;

/// What the library knows at handshake completion; core adds names and certificates. After a later authentication, core
/// asks again for what the peer showed.
struct negotiated {
    protocol_version version = protocol_version::none;
    std::uint16_t cipher_suite = 0;
    std::uint16_t group = 0;
    std::string alpn;
    std::string server_name;  ///< servers: as the library saw it, to be compared with what core saw
    bool resumed = false;
    bool psk = false;  ///< TLS 1.3: connection::psk was used; whether that is called resumed is of no matter
    std::vector<std::vector<std::byte>> peer_chain;  ///< DER, leaf first, as sent; when resumed, what the session kept
    /// What the peer signed the handshake with (CertificateVerify; a TLS 1.2 server: ServerKeyExchange), also when it
    /// is none of ours: core refuses it then. 0: it did not sign, as in a resumption and without a certificate.
    std::uint16_t peer_scheme = 0;
};
/// Core keeps the peer's chain from now on; the backend need not. May throw std::bad_alloc.
[[nodiscard]] negotiated describe(native_engine& engine);

// ---------------------------------------------------------------------------------------------------------------------
// Part 2: a backend may call
// ---------------------------------------------------------------------------------------------------------------------

/// Over hash_repeatedly() and hmac(). out has the hash's size. These throw std::bad_alloc only.
void hash(hash_kind kind, std::span<const std::byte> data, std::span<std::byte> out);
using digest = std::array<std::byte, 32>;
[[nodiscard]] digest sha256(std::span<const std::byte> data);
[[nodiscard]] digest hmac_sha256(std::span<const std::byte> key, std::span<const std::byte> data);

/// What one server name and one protocol's tickets are encrypted with. Wiped when destroyed.
struct ticket_key {
    std::array<std::byte, 16> name = {};  ///< stands in the ticket, and tells nothing
    digest encryption = {};
    digest authentication = {};

    ticket_key() = default;
    ticket_key(const ticket_key&) = default;
    ticket_key& operator=(const ticket_key&) = default;
    ~ticket_key();
};

/// The up-calls of one connection. All are noexcept and may be made from within any function of "one connection".
class events {
public:
    /// Must be called whenever the peer presented a certificate and context_config::verify_peer is set, before our
    /// Finished leaves. chain: as sent, leaf first. Returns none when it is accepted; else the reason, to be turned
    /// into an alert. core remembers it: the handshake's error will be certificate_refused.
    [[nodiscard]] cert_errc verify(std::span<const der_bytes> chain) noexcept;

    /// Clients with context_config::ask_for_staple. Must be called in every handshake in which the server showed a
    /// certificate, once, after verify() and before our Finished leaves: with the OCSP response that came for the leaf,
    /// or nothing. A response that the library cannot read is empty bytes, not nothing. Returns none when it is
    /// accepted; else the handshake must fail, with bad_certificate_status_response (113) where that can be. core
    /// remembers it, as with verify().
    [[nodiscard]] cert_errc verify_staple(std::optional<der_bytes> response) noexcept;

    /// Servers that issue tickets. The key with that name, for a ticket that a client shows; the current one for a new
    /// ticket when name is empty. Nothing: the ticket is unknown, and the handshake a full one.
    [[nodiscard]] std::optional<ticket_key> find_ticket_key(std::span<const std::byte> name) noexcept;

    /// Clients with context_config::take_sessions. A ticket came, and session is what connection::session takes to
    /// resume with it. lifetime: as the server said; 0: it did not. core copies the bytes and judges later.
    void new_session(std::span<const std::byte> session, std::chrono::seconds lifetime) noexcept;
    /// Every secret of draft-ietf-tls-keylogfile that the library derives in a handshake, with the label from there,
    /// once; other labels are ignored. Only with context_config::key_log. When the program's callback fails, core
    /// remembers it and ends the connection after the current call.
    void key_log(std::string_view label, std::span<const std::byte> client_random,
                 std::span<const std::byte> secret) noexcept;
    /// A client with context_config::client_credentials or post_handshake_auth: must be called when the server's
    /// CertificateRequest has come, with the message's body (RFC 5246 7.4.4, RFC 8446 4.3.2), before it is answered.
    /// Returns what to show, which lives as long as the connection; null: no certificate is sent.
    [[nodiscard]] const native_credentials* choose_credentials(protocol_version version, der_bytes request) noexcept;

    /// A server with context_config::psk of TLS 1.2: the key to go on with, once a ClientKeyExchange came. core has
    /// read the identity in it before the library; to one that is unknown, it gives a key that nobody has. Null: there
    /// was no such message, and the handshake must fail. Lives as long as the connection.
    [[nodiscard]] const pre_shared_key* psk() const noexcept;

    /// Every fatal alert, when it is sent or received. core needs it for the error.
    void alert_sent(std::uint8_t alert) noexcept;
    void alert_received(std::uint8_t alert) noexcept;

protected:
    events() = default;
    ~events() = default;
};

/// The alert that fits a refused certificate best (RFC 8446 6.2), for libraries that let us choose.
[[nodiscard]] std::uint8_t alert_for(cert_errc code) noexcept;

/// The library's failure as an error: how backends end a failed call. protocol_error means "no finer reason": core then
/// looks at the alert. The text goes to the log detail; core writes the sentence.
[[nodiscard]] std::unexpected<error> fail_native(errc code, std::uint64_t native_code,
                                                 std::string_view native_text) noexcept;

}  // namespace tlseam::seam
