// SPDX-License-Identifier: Apache-2.0
// OpenSSL's types as this backend holds them. Only files of this directory include it.
#pragma once

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

#include "core/backend_tools.hpp"
#include "core/seam.hpp"

namespace tlseam::seam {

using x509_ptr = std::unique_ptr<X509, deleter<X509_free>>;
using pkey_ptr = std::unique_ptr<EVP_PKEY, deleter<EVP_PKEY_free>>;
using ssl_ctx_ptr = std::unique_ptr<SSL_CTX, deleter<SSL_CTX_free>>;
using ssl_ptr = std::unique_ptr<SSL, deleter<SSL_free>>;
using session_ptr = std::unique_ptr<SSL_SESSION, deleter<SSL_SESSION_free>>;

struct native_credentials {
    std::vector<x509_ptr> chain;  // leaf first
    pkey_ptr key;
};

struct native_context {
    ssl_ctx_ptr ctx;
    tlseam::role role = role::client;
    bool verify = false;
    bool asks_for_staple = false;                          // clients
    std::shared_ptr<const std::vector<std::byte>> staple;  // servers; null: none
    bool post_handshake_auth = false;                      // clients
};

struct native_engine {
    ssl_ptr ssl;
    wire& ciphertext;
    tlseam::seam::events& events;
    std::string alpn_choice;                            // servers
    const native_credentials* client_choice = nullptr;  // clients, once the server asked
    std::shared_ptr<const pre_shared_key> psk = {};
    std::uint16_t psk_suite = 0;
    bool answers_later = false;                       // clients: requests after the handshake too
    bool has_asked = false;                           // servers: after the handshake
    bool took_message = false;                        // of the handshake or after it, since buffers were released
    std::vector<unsigned char> finished_before = {};  // the client's Finished, when it was asked
    bool out_of_memory = false;                       // in a callback, whose failure the library calls something else
};

/// tlseam's own library context: the system's openssl.cnf changes nothing here. Made once, never freed (the library's
/// own exit handlers run in an order that nobody knows). Null when there is no memory.
[[nodiscard]] OSSL_LIB_CTX* library() noexcept;

/// One certificate, parsed within library().
[[nodiscard]] x509_ptr parse_certificate(der_bytes der) noexcept;
/// Leaf first, not empty; the leaf's key can be read. Errors: malformed_certificate.
[[nodiscard]] result<void> take_chain(native_credentials& into, std::span<const der_bytes> chain);

// ---- signing_provider.cpp ----

/// A key that signs through signer. Null when the library says no.
[[nodiscard]] pkey_ptr make_external_key(const EVP_PKEY* known,
                                         const std::shared_ptr<const external_key>& signer) noexcept;

// ---- error.cpp: the only place that touches the thread's error queue ----

/// Empties the queue. Before every call of OpenSSL that can fail.
void clear_errors() noexcept;
/// Whether an entry says that there was no memory; and the queue is empty again.
[[nodiscard]] bool take_out_of_memory() noexcept;
/// The queue's newest entry as an error, and the queue is empty again. Whatever the code, out_of_memory if any says so.
[[nodiscard]] std::unexpected<error> fail_openssl(errc code) noexcept;
/// The same for a failed SSL_* call: the reason decides the code where it says more than the alert.
[[nodiscard]] std::unexpected<error> fail_ssl() noexcept;

// ---- context.cpp ----

[[nodiscard]] bool is_known_suite(std::uint16_t suite) noexcept;

/// Makes a chain and its key those of an object; all or nothing.
[[nodiscard]] bool use_credentials(SSL_CTX* ctx, const native_credentials& credentials);
[[nodiscard]] bool use_credentials(SSL* ssl, const native_credentials& credentials);

// ---- client_credentials.cpp ----

/// Has core choose when a server asks for a certificate.
void install_client_credentials(SSL_CTX* ctx) noexcept;

// ---- verify.cpp ----

/// Gives every chain to core's events::verify.
void install_verification(SSL_CTX* ctx) noexcept;

// ---- staple.cpp ----

/// Sends a server's OCSP response, or gives what comes to core's events::verify_staple.
[[nodiscard]] bool install_staples(SSL_CTX* ctx, const native_context& context) noexcept;

// ---- engine.cpp ----

/// The engine that an SSL belongs to.
[[nodiscard]] native_engine& engine_of(const SSL* ssl) noexcept;
/// Goes on with what is to be exchanged before data, in the handshake and after it.
[[nodiscard]] result<void> do_handshake(native_engine& engine) noexcept;
/// Callbacks that one context needs for all its engines.
void install_engine_callbacks(SSL_CTX* ctx, role role) noexcept;

// ---- sessions.cpp ----

/// A client's new sessions go to core.
void take_sessions(SSL_CTX* ctx) noexcept;
/// One that the library cannot read is not offered.
void offer_session(SSL* ssl, std::span<const std::byte> der) noexcept;

// ---- tickets.cpp ----

/// A server's tickets are encrypted with the keys that core gives.
[[nodiscard]] bool install_tickets(SSL_CTX* ctx) noexcept;

// ---- psk.cpp ----

/// Each connection has a key of core's, of this version; none: there are no keys.
void install_psk(SSL_CTX* ctx, role role, protocol_version version) noexcept;

// ---- secrets.cpp ----

/// Gives every secret of a handshake to core's events::key_log.
void install_key_log(SSL_CTX* ctx) noexcept;

// ---- compat.cpp: what differs between versions of OpenSSL ----

/// SSL_R_RECORD_LAYER_FAILURE, since 3.2: an entry that is put on top of the reason.
inline constexpr int record_layer_failure = 313;

/// "X25519:P-256" from IANA numbers, with a mark on those that the first hello has a key share for.
[[nodiscard]] std::string group_list(std::span<const std::uint16_t> groups, std::span<const std::uint16_t> key_shares);
[[nodiscard]] bool has_group(std::uint16_t group);  ///< throws std::bad_alloc

}  // namespace tlseam::seam
