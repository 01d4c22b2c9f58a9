// SPDX-License-Identifier: Apache-2.0
// wolfSSL's types as this backend holds them. Only files of this directory include it.
#pragma once

#include <wolfssl/options.h>
// options.h comes first, always: every other header of wolfSSL depends on it.
#include <wolfssl/error-ssl.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/asn.h>
#include <wolfssl/wolfcrypt/error-crypt.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/backend_tools.hpp"
#include "core/seam.hpp"
#include "core/secret.hpp"
#include "core/x509.hpp"

namespace tlseam::seam {

using wolf_ctx = std::unique_ptr<WOLFSSL_CTX, deleter<wolfSSL_CTX_free>>;
using wolf_ssl = std::unique_ptr<WOLFSSL, deleter<wolfSSL_free>>;

using der_buffer = std::vector<std::byte>;

[[nodiscard]] inline const unsigned char* octets(der_bytes bytes) noexcept {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}
[[nodiscard]] inline long size_of(der_bytes bytes) noexcept { return static_cast<long>(bytes.size()); }

struct native_credentials {
    der_buffer chain;  // concatenated, leaf first
    secret_bytes key;  // PKCS#8; of an external key the public one, SubjectPublicKeyInfo
    bool is_ed25519 = false;
    std::shared_ptr<const external_key> external;  // null: key is here
};

struct native_context {
    wolf_ctx ctx;
    tlseam::role role = role::client;
    bool verify_peer = false;
    bool take_sessions = false;
    std::shared_ptr<const native_credentials> identity;  // servers
    bool has_client_credentials = false;
    bool has_ed25519 = false;  // among a client's
    bool has_external_keys = false;
    bool asks_clients = false;
    bool asks_later = false;           // servers: after the handshake
    bool post_handshake_auth = false;  // clients
    std::vector<std::uint16_t> key_shares;
    bool key_log = false;
    bool asks_for_staple = false;              // clients
    std::shared_ptr<const der_buffer> staple;  // servers; null: none
};

/// What the exporter needs of a connection, and nothing else of its secrets.
struct exporter_secret {
    secret_bytes secret;  // TLS 1.3: the exporter's; TLS 1.2: the master secret
    der_buffer randoms;   // TLS 1.2: the client's, the server's
    bool tls1_3 = false;
    bool sha384 = false;  // the suite's hash; else SHA-256
};

/// A client's look at what the server sends, until its CertificateRequest or the place where that would have been; with
/// post_handshake_auth, on to the first one after the handshake.
struct request_watch {
    der_buffer record;           // as far as wolfSSL has read it
    der_buffer messages;         // handshake bytes that are no whole message yet
    secret_bytes secret;         // TLS 1.3: of the server's keys, once there are any
    bool has_data_keys = false;  // those that follow the handshake's
    std::uint64_t sequence = 0;  // records under these keys
};

struct native_engine {
    std::shared_ptr<const native_context> context;
    wolf_ssl ssl;
    wire& ciphertext;
    tlseam::seam::events& events;
    std::vector<der_buffer> peer_chain;  // as sent, leaf first
    cert_errc verdict = cert_errc::none;
    bool verified = false;  // the verdict has been asked for
    bool close_seen = false;
    bool complete = false;     // the handshake
    bool ticket_came = false;  // and its session was not reported yet
    bool wants_exporter = false;
    exporter_secret exporter = {};
    bool master_logged = false;                   // TLS 1.2
    const native_credentials* shown = nullptr;    // our certificate, once that is decided
    std::unique_ptr<request_watch> watch = {};    // clients with credentials
    const native_credentials* to_load = nullptr;  // the same, TLS 1.2: chosen, and not yet given to wolfSSL
    std::shared_ptr<const pre_shared_key> psk = {};
    std::uint16_t psk_suite = 0;
    bool out_of_memory = false;       // in a callback that cannot say so
    bool psk_asked_for = false;       // servers: the hello that was read last names it
    bool psk_used = false;            // servers
    std::uint8_t resumptions = 0;     // servers: in a row, up to the ticket that was decrypted last
    bool staple_judged = false;       // or that there is none
    der_buffer finished_before = {};  // servers: the client's Finished, when it was asked for a certificate
};

/// Initialises the library, once in a process. Before anything else.
[[nodiscard]] bool library_ready() noexcept;
/// An empty context, for loading and for checking one chain.
[[nodiscard]] wolf_ctx scratch_context() noexcept;

// ---- error.cpp: the only place that touches the thread's error queue ----

/// Empties the queue. Before every call of wolfSSL that can fail.
void clear_errors() noexcept;
/// A failed call's code as an error.
[[nodiscard]] std::unexpected<error> fail_wolfssl(errc code, int native) noexcept;
/// A failed call on a connection: reports its alerts, and what is left is the reason. returned: what the call gave.
[[nodiscard]] std::unexpected<error> fail_ssl(native_engine& engine, int returned) noexcept;

/// TLS 1.3: the last alert that came was close_notify, of whatever level. wolfSSL takes a fatal one for an error.
[[nodiscard]] bool says_close_notify(native_engine& engine) noexcept;

// ---- context.cpp ----

/// Makes a chain and its key those of an object.
[[nodiscard]] bool use_credentials(WOLFSSL_CTX* ctx, const native_credentials& credentials) noexcept;
[[nodiscard]] bool use_credentials(WOLFSSL* ssl, const native_credentials& credentials) noexcept;

/// Leaf first, not empty. Errors: malformed_certificate.
[[nodiscard]] result<void> take_chain(native_credentials& into, std::span<const der_bytes> chain);

// ---- client_credentials.cpp ----

/// Has core choose when a server asks for a certificate.
[[nodiscard]] bool watch_for_request(native_engine& engine);
/// TLS 1.3: the server's secret, of the handshake and then of data, with which its request can be read. False without
/// memory.
[[nodiscard]] bool read_requests_with(native_engine& engine, std::span<const std::byte> secret, bool data) noexcept;
/// Bytes that wolfSSL is about to get, never more than the rest of a record. False: there is no memory.
[[nodiscard]] bool look_at_input(native_engine& engine, std::span<const std::byte> delivered) noexcept;

// ---- client_signature.cpp ----

/// The body of a CertificateRequest of TLS 1.2, with those of its schemes that wolfSSL would sign with.
[[nodiscard]] der_buffer with_what_signs(WOLFSSL* ssl, der_bytes request);
/// wolfSSL asks for a certificate, as none was loaded before it read the request: native_engine::to_load.
int load_client_choice(WOLFSSL* ssl, WOLFSSL_X509** certificate, WOLFSSL_EVP_PKEY** key);

// ---- external_key.cpp ----

/// Has external keys sign. Before any certificate is loaded.
void install_external_keys(WOLFSSL_CTX* ctx) noexcept;
/// The same, for what belongs to one connection.
void use_external_keys(native_engine& engine) noexcept;

// ---- verify.cpp ----

/// What a context needs so that every chain goes to core's events::verify.
void install_verification(WOLFSSL_CTX* ctx, int mode) noexcept;
/// The same with another mode for one connection, whose peer will show its chain anew.
void verify_anew(native_engine& engine, int mode) noexcept;
[[nodiscard]] inline bool is_date(int code) noexcept { return code == ASN_BEFORE_DATE_E || code == ASN_AFTER_DATE_E; }

// ---- staple.cpp ----

/// Sends a server's OCSP response, or gives what comes to core's events::verify_staple.
[[nodiscard]] bool install_staples(WOLFSSL_CTX* ctx, const native_context& context) noexcept;
/// In a client's hello, if its context says so.
[[nodiscard]] bool ask_for_staple(native_engine& engine) noexcept;
/// Core's verdict, for what came or did not; native_engine::verdict has it too.
[[nodiscard]] bool accepts_staple(native_engine& engine, std::optional<der_bytes> response) noexcept;
/// TLS 1.2: when a client answers the server's flight, no response comes any more. False: that one had to come, and the
/// alert is on the wire.
[[nodiscard]] bool may_send(native_engine& engine, std::span<const std::byte> bytes) noexcept;

// ---- signatures.cpp ----

/// wolfSSL's code when a certificate cannot be read, or has a critical extension that is unknown to it; 0 when all is
/// well. Dates apart.
[[nodiscard]] int problem_of(der_bytes certificate) noexcept;

// ---- engine.cpp ----

/// Callbacks that one context needs for all its engines.
void install_engine_callbacks(WOLFSSL_CTX* ctx) noexcept;

// ---- sessions.cpp ----

/// Asks for tickets.
[[nodiscard]] bool take_sessions(native_engine& engine) noexcept;
/// After a call of the library, and between two records: what a ticket made, to core.
void report_session(native_engine& engine) noexcept;
/// Of the key exchange that the session comes from; 0: not known.
[[nodiscard]] std::uint16_t group_of_session(std::span<const std::byte> bytes) noexcept;
/// One that the library cannot use is not offered.
void offer_session(WOLFSSL* ssl, std::span<const std::byte> bytes) noexcept;

// ---- tickets.cpp ----

/// A server's tickets are encrypted with the keys that core gives.
[[nodiscard]] bool install_tickets(WOLFSSL_CTX* ctx, std::chrono::seconds lifetime) noexcept;

// ---- psk.cpp ----

/// Each connection has a key of core's, of this version; none: there are no keys.
void install_psk(WOLFSSL_CTX* ctx, role role, protocol_version version) noexcept;
[[nodiscard]] bool use_psk(native_engine& engine, const connection& connection) noexcept;

// ---- secrets.cpp ----

/// Before the handshake: lets the library keep or report the secrets that are wanted.
[[nodiscard]] bool watch_secrets(native_engine& engine) noexcept;
/// After it: takes what the exporter needs, and frees the rest.
[[nodiscard]] result<void> finish_secrets(native_engine& engine) noexcept;

// ---- compat.cpp: what differs between builds and versions of wolfSSL ----

/// Whether certificates can be asked for, and shown, after the handshake.
[[nodiscard]] bool has_post_handshake_auth() noexcept;
/// A client will answer. False when this build cannot.
[[nodiscard]] bool allow_late_requests(WOLFSSL* ssl) noexcept;
/// A server asks. wolfSSL's code.
[[nodiscard]] int send_late_request(WOLFSSL* ssl) noexcept;
/// The last Finished message that came, as far as it fits; its size.
[[nodiscard]] std::size_t peer_finished(const WOLFSSL* ssl, std::span<std::byte> out) noexcept;

/// What some builds do without being asked.
void turn_off_extras(WOLFSSL_CTX* ctx) noexcept;
[[nodiscard]] bool has_suite(std::uint16_t suite) noexcept;
[[nodiscard]] bool has_group(std::uint16_t group);  ///< throws std::bad_alloc
[[nodiscard]] std::uint16_t group_number(std::string_view curve_name) noexcept;
/// "ECDSA+SHA256", or null when this build has no such scheme.
[[nodiscard]] const char* scheme_word(std::uint16_t scheme) noexcept;

}  // namespace tlseam::seam
