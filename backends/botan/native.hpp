// SPDX-License-Identifier: Apache-2.0
// Botan's types as this backend holds them. Only files of this directory include it.
#pragma once

#include <botan/credentials_manager.h>
#include <botan/pk_keys.h>
#include <botan/rng.h>
#include <botan/secmem.h>
#include <botan/tls_callbacks.h>
#include <botan/tls_client.h>
#include <botan/tls_policy.h>
#include <botan/tls_server.h>
#include <botan/tls_session_manager.h>
#include <botan/tls_signature_scheme.h>
#include <botan/x509_key.h>
#include <botan/x509cert.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/seam.hpp"

namespace tlseam::seam {

struct native_credentials {
    std::vector<Botan::X509_Certificate> chain;  // leaf first
    std::shared_ptr<Botan::Private_Key> key;
    std::shared_ptr<const external_key> external;  // null: key can sign
};

struct native_context {
    tlseam::role role = role::client;
    bool needs_client_certificate = false;
    bool verify_peer = false;
    std::shared_ptr<const Botan::TLS::Policy> policy;
    std::shared_ptr<const native_credentials> identity;       // servers
    std::shared_ptr<Botan::Credentials_Manager> credentials;  // servers
    bool has_client_credentials = false;
    bool issue_tickets = false;
    bool take_sessions = false;
    bool asks_for_staple = false;                          // clients
    std::shared_ptr<const std::vector<std::byte>> staple;  // servers; null: none
    protocol_version psk = protocol_version::none;
    std::shared_ptr<Botan::RandomNumberGenerator> rng;  // safe from many threads
};

/// The up-calls of Botan are made to the engine itself; Botan calls them only from within a call of ours.
struct native_engine final : Botan::TLS::Callbacks {
    native_engine(std::shared_ptr<const native_context> from, std::string alpn, wire& w, tlseam::seam::events& e)
        : context(std::move(from)), ciphertext(w), events(e), alpn_choice(std::move(alpn)) {}

    void tls_emit_data(std::span<const std::uint8_t> data) override;
    void tls_record_received(std::uint64_t number, std::span<const std::uint8_t> data) override;
    void tls_alert(Botan::TLS::Alert alert) override;
    bool tls_peer_closed_connection() override { return false; }  // TLS 1.3: our half stays open
    std::string tls_server_choose_app_protocol(const std::vector<std::string>& offered) override;
    void tls_inspect_handshake_msg(const Botan::TLS::Handshake_Message& message) override;
    void tls_verify_cert_chain(const std::vector<Botan::X509_Certificate>& chain,
                               const std::vector<std::optional<Botan::OCSP::Response>>& ocsp,
                               const std::vector<Botan::Certificate_Store*>& roots, Botan::Usage_Type usage,
                               std::string_view name, const Botan::TLS::Policy& policy) override;
    std::vector<std::uint8_t> tls_sign_message(const Botan::Private_Key& key, Botan::RandomNumberGenerator& rng,
                                               std::string_view padding, Botan::Signature_Format format,
                                               const std::vector<std::uint8_t>& message) override;
    void tls_session_established(const Botan::TLS::Session_Summary& summary) override;
    void tls_session_activated() override { complete = true; }
    bool tls_should_persist_resumption_information(const Botan::TLS::Session& session) override;
    void tls_ssl_key_log_data(std::string_view label, std::span<const std::uint8_t> client_random,
                              std::span<const std::uint8_t> secret) const override;
    void tls_examine_extensions(const Botan::TLS::Extensions& extensions, Botan::TLS::Connection_Side side,
                                Botan::TLS::Handshake_Type message) override;
    std::vector<std::uint8_t> tls_provide_cert_status(const std::vector<Botan::X509_Certificate>& chain,
                                                      const Botan::TLS::Certificate_Status_Request& request) override;
    void note_scheme(std::uint16_t scheme);

    std::shared_ptr<const native_context> context;
    wire& ciphertext;
    tlseam::seam::events& events;
    std::string alpn_choice;                              // servers
    const native_credentials* client_choice = nullptr;    // clients, once the server asked
    std::shared_ptr<Botan::Credentials_Manager> chooser;  // shows client_choice, or has a pre-shared key

    // Plaintext: straight into the reader's buffer; what does not fit waits here.
    std::span<std::byte> target;
    std::size_t delivered = 0;
    Botan::secure_vector<std::uint8_t> rest;
    std::size_t rest_begin = 0;

    std::size_t fed_ahead = 0;          // bytes of the next record that Botan has and the wire still holds
    std::vector<std::byte> held_reply;  // TLS 1.2: Botan answers close_notify at once, we when we are told to

    negotiated agreed;          // chain and ALPN are asked for when they are needed
    std::optional<errc> cause;  // says more than the exception that follows

    int certificate_messages = 0;  // both directions
    int certificate_verifies = 0;  // the same
    int empty_records = 0;         // since data came
    int warnings = 0;
    bool tls1_3 = false;  // the ServerHello said so
    bool chain_verified = false;
    bool staple_judged = false;  // or that there is none
    bool emitted = false;        // something was sent in this call
    bool complete = false;       // the handshake
    bool peer_closed = false;    // close_notify came
    bool closed = false;         // ours went out
    bool lost_sequence = false;  // TLS 1.2, after our close_notify: records were dropped without Botan

    // Last: gone before what they refer to. One of them exists.
    std::optional<Botan::TLS::Client> client;
    std::optional<Botan::TLS::Server> server;
    Botan::TLS::Channel* channel = nullptr;
};

[[nodiscard]] inline bool is_tls1_2(const native_engine& engine) noexcept {
    return engine.agreed.version == protocol_version::tls1_2;
}

inline std::span<const std::uint8_t> octets(std::span<const std::byte> bytes) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

// ---- error.cpp ----

/// Within a catch block: the exception as an error; tells core of the alert that Botan sent because of it.
[[nodiscard]] std::unexpected<error> fail_botan(native_engine& engine) noexcept;
/// Within a catch block of code that has no engine: code, with Botan's words.
[[nodiscard]] std::unexpected<error> fail_botan(errc code) noexcept;

/// A call of Botan: nothing it throws gets past here.
template <class F>
[[nodiscard]] result<void> call(native_engine& engine, F&& f) noexcept {
    engine.emitted = false;
    try {
        std::forward<F>(f)();
        return {};
    } catch (...) {
        return fail_botan(engine);
    }
}

// ---- sessions.cpp ----

/// The session manager of one engine, which outlives it. offered: connection::session.
[[nodiscard]] std::shared_ptr<Botan::TLS::Session_Manager> make_sessions(native_engine& engine,
                                                                         std::span<const std::byte> offered);

// ---- credentials.cpp ----

/// Throws what Botan throws.
[[nodiscard]] inline Botan::X509_Certificate parse_certificate(der_bytes der) {
    return {octets(der).data(), der.size()};
}

// ---- identity.cpp ----

/// A server's one chain and key.
[[nodiscard]] std::shared_ptr<Botan::Credentials_Manager> make_identity(
    std::shared_ptr<const native_credentials> credentials);
/// What core chose for this connection, if anything. Lives as long as the engine.
[[nodiscard]] std::shared_ptr<Botan::Credentials_Manager> make_chooser(const native_engine& engine);

// ---- psk.cpp ----

/// For one connection with a pre-shared key: nothing but that, in its version alone.
[[nodiscard]] std::shared_ptr<Botan::Credentials_Manager> make_key_bearer(const native_engine& engine,
                                                                          const connection& connection);

// ---- staple.cpp ----

/// TLS 1.2: the server's OCSP response to core, or that none came. Throws the alert that refuses it.
void look_at_staple(native_engine& engine, const Botan::TLS::Handshake_Message& message);

// ---- verify.cpp ----

/// Lets core judge the peer's chain, as it was sent. Throws the alert that refuses it.
void verify_chain(native_engine& engine, const std::vector<Botan::X509_Certificate>& sent);

}  // namespace tlseam::seam
