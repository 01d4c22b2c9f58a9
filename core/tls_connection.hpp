// SPDX-License-Identifier: Apache-2.0
// One end of one TLS connection, without a transport: the state table applied to a native engine. engine and stream are
// both made of this. Everything in which three libraries must agree, and that is not cryptography, happens here.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <tlseam/connection_info.hpp>
#include <tlseam/error.hpp>
#include <tlseam/settings.hpp>

#include "core/client_hello.hpp"
#include "core/data.hpp"
#include "core/names.hpp"
#include "core/resumption.hpp"
#include "core/seam.hpp"
#include "core/server_hello.hpp"
#include "core/state_table.hpp"
#include "core/verify.hpp"
#include "core/wire.hpp"

namespace tlseam::seam {

/// write() is refused with want_write while this much is waiting to be sent: room for full records is always left.
inline constexpr std::size_t max_unsent = 112 * 1024;
/// A peer that makes us answer (key updates) and does not read the answers is refused above this.
inline constexpr std::size_t max_unread_answers = 256 * 1024;
/// Consecutive records without plaintext (key updates, tickets, empty records): more is a flood.
inline constexpr std::uint32_t max_records_without_data = 128;
/// Bytes that a peer may send before it is authenticated, and records that they may come in: a handshake of one byte in
/// each is not in earnest, and empty ones would cost us more than the peer.
inline constexpr std::uint64_t max_handshake_bytes = 512 * 1024;
inline constexpr std::uint32_t max_handshake_records = 8192;
/// Certificates that a peer may show. Below what some library reads of them: it would leave out the rest in silence.
inline constexpr std::size_t max_peer_certificates = 30;
/// Our keys are replaced after this many records, far below the 2^24.5 that AES-GCM allows (RFC 8446 5.5).
inline constexpr std::uint64_t records_per_key = std::uint64_t{1} << 22;
/// The longest context of an exporter in TLS 1.2: some libraries compute it from at most 1,024 bytes, of which a label
/// may be 249 and the randoms are 64.
inline constexpr std::size_t max_exporter_context_1_2 = 512;
/// A client answers that many requests after the handshake: each costs it a signature, and the server next to nothing.
inline constexpr int max_certificate_requests = 32;

/// Whether a server goes by a pre-shared key of TLS 1.2, and what its library may see next: nothing but the hello, then
/// nothing until core has read the identity, and then everything.
enum class psk_step : std::uint8_t { none, hello, identity, named };

class tls_connection final : public events {
public:
    /// storage: engine_footprint() bytes, which outlive this object.
    tls_connection(std::shared_ptr<const detail::context_data> context, void* storage) noexcept
        : context_(std::move(context)), storage_(storage) {}
    ~tls_connection();
    tls_connection(const tls_connection&) = delete;
    tls_connection& operator=(const tls_connection&) = delete;

    /// Before anything else. host: what stream::connect() was given, or empty. See engine::create() for the errors.
    [[nodiscard]] result<void> set_names(const connect_options& options, std::string_view host);

    /// Where a client connects to, as far as the transport knows it: part of the key of its cache.
    void set_target(std::string target) noexcept;

    // The verbs, as engine.hpp promises them.
    [[nodiscard]] result<void> handshake() noexcept;
    [[nodiscard]] result<std::size_t> read_some(std::span<std::byte> buffer) noexcept;
    [[nodiscard]] result<std::size_t> write_some(std::span<const std::byte> data) noexcept;
    [[nodiscard]] result<void> close_write() noexcept;
    [[nodiscard]] result<void> key_update(bool ask_peer) noexcept;
    [[nodiscard]] result<void> request_certificate(client_auth how) noexcept;
    [[nodiscard]] bool certificate_requested() const noexcept { return certificate_requested_; }
    [[nodiscard]] result<void> answer_hello(hello_answer answer) noexcept;
    [[nodiscard]] result<void> export_keying_material(std::span<std::byte> out, std::string_view label,
                                                      std::optional<std::span<const std::byte>> context) noexcept;
    [[nodiscard]] result<std::vector<std::byte>> channel_binding(channel_binding_type type) noexcept;
    [[nodiscard]] std::size_t pending() const noexcept;

    // The transport's side.
    [[nodiscard]] wire& ciphertext() noexcept { return wire_; }
    [[nodiscard]] const wire& ciphertext() const noexcept { return wire_; }
    void end_of_input() noexcept { input_ended_ = true; }
    [[nodiscard]] bool input_ended() const noexcept { return input_ended_; }
    /// The transport broke: sticky, unless the connection failed before.
    void fail_transport(error e) noexcept;

    /// The newest, from any thread; the older ones stay.
    [[nodiscard]] const connection_info& info() const noexcept { return *newest_info_.load(std::memory_order_acquire); }
    [[nodiscard]] state current_state() const noexcept { return state_; }
    [[nodiscard]] bool failed() const noexcept { return state_ == state::failed; }
    [[nodiscard]] const std::optional<error>& failure() const noexcept { return failure_; }
    [[nodiscard]] bool sent_close() const noexcept { return state_ == state::closing || state_ == state::closed; }
    /// Of plaintext, in the records that we send.
    [[nodiscard]] std::size_t max_record_size() const noexcept { return context_->max_record_size; }
    /// Puts "peer: " before the sentence of the failure, once.
    void name_peer(const std::string& peer) noexcept;

private:
    friend class events;

    [[nodiscard]] action look_up(verb v) const noexcept { return decide(state_, v, independent_halves_); }
    [[nodiscard]] std::unexpected<error> fail_again() const noexcept { return std::unexpected(*failure_); }

    [[nodiscard]] result<void> start();
    [[nodiscard]] result<void> start_server(connection& connection);
    [[nodiscard]] result<void> choose_context(const client_hello& hello);
    [[nodiscard]] result<void> choose_by_name(const client_hello& hello);
    [[nodiscard]] bool accepts_version_of(const client_hello& hello) const noexcept;
    [[nodiscard]] bool speaks_tls1_3_with(const client_hello& hello) const noexcept;
    [[nodiscard]] result<void> check_rules(const client_hello& hello);
    [[nodiscard]] result<void> choose_group(const client_hello& hello, connection& connection);
    [[nodiscard]] std::uint16_t choose_signature_scheme(const client_hello& hello) const noexcept;
    [[nodiscard]] result<void> choose_alpn(const client_hello& hello);
    [[nodiscard]] result<void> choose_psk(const client_hello& hello, connection& connection);
    [[nodiscard]] bool use_psk(const std::shared_ptr<const pre_shared_key>& key, const client_hello& hello,
                               connection& connection);
    void offer_psk(connection& connection);
    void answer_wrong_key() noexcept;
    [[nodiscard]] bool takes_tls1_2_psk(const client_hello& hello) const noexcept;
    [[nodiscard]] result<void> take_identity();
    [[nodiscard]] result<void> name_psk(std::string_view identity);
    [[nodiscard]] bool awaits_identity() noexcept;
    [[nodiscard]] const pre_shared_key* named_psk() const noexcept;
    [[nodiscard]] std::unexpected<error> refuse_wrong_psk(std::size_t unsent) noexcept;
    [[nodiscard]] const std::shared_ptr<const native_context>& native_context_for_peer() const noexcept;
    [[nodiscard]] result<void> refuse_hello(errc code, std::uint8_t alert, std::string message);
    [[nodiscard]] result<void> send_hello();
    [[nodiscard]] result<void> check_first_bytes() noexcept;
    [[nodiscard]] result<void> check_answer();
    [[nodiscard]] result<void> take_early_alert(std::uint8_t level, std::uint8_t code, std::size_t size);
    [[nodiscard]] result<void> complete();
    [[nodiscard]] result<void> tell_of_peer(connection_info& info, const negotiated& agreed);
    [[nodiscard]] result<void> check_agreement(const negotiated& agreed) const;
    [[nodiscard]] result<void> check_peer_scheme(const negotiated& agreed);
    [[nodiscard]] result<void> may_export() const;
    [[nodiscard]] std::vector<certificate> verified_chain_with(std::span<const certificate> sent);

    [[nodiscard]] std::unexpected<error> stop(error e) noexcept;
    [[nodiscard]] std::unexpected<error> stop_unsigned(error e) noexcept;
    void withhold() noexcept;
    [[nodiscard]] std::unexpected<error> wait_for_input() noexcept;
    /// with_data: how many of the records that were read last had data.
    [[nodiscard]] bool is_flood(std::uint32_t with_data) noexcept;
    [[nodiscard]] std::unexpected<error> stop_flood() noexcept;
    void refuse_in_clear(const error& e) noexcept;
    [[nodiscard]] error explain(const error& e) const;
    [[nodiscard]] errc settle(errc code) const noexcept;

    // post_handshake_auth.cpp
    [[nodiscard]] result<void> may_request(client_auth how) const;
    [[nodiscard]] bool may_update_keys() const noexcept {
        return !certificate_requested_ || backend_supports(feature::post_handshake_auth_unrestricted);
    }
    [[nodiscard]] result<void> take_answer();
    [[nodiscard]] result<void> may_answer();
    [[nodiscard]] result<void> settle_authentication(bool sound) noexcept;
    void put_info(connection_info info);

    // resumption.cpp
    [[nodiscard]] std::optional<ticket_key> ticket_key_named(std::span<const std::byte> name) const;
    void renew_ticket_secret() const noexcept;
    [[nodiscard]] result<void> prepare_resumption(const connect_options& options);
    [[nodiscard]] std::optional<digest> cache_key() const;
    void choose_session(connection& connection);
    [[nodiscard]] bool may_offer(const session_blob& blob);
    [[nodiscard]] result<void> settle_resumption(negotiated& agreed);
    [[nodiscard]] session make_session(const fresh_session& fresh) const;
    [[nodiscard]] result<void> deliver_sessions();
    [[nodiscard]] bool has_fresh_sessions() const noexcept {
        return resumption_ && (!resumption_->fresh.empty() || resumption_->out_of_memory);
    }
    void drop_sessions(const error& cause) noexcept;

    void log_secret(std::string_view label, std::span<const std::byte> client_random,
                    std::span<const std::byte> secret) noexcept;
    [[nodiscard]] const native_credentials* choose_for_request(protocol_version version, der_bytes request) noexcept;
    [[nodiscard]] cert_errc judge_peer(std::span<const der_bytes> chain) noexcept;
    [[nodiscard]] cert_errc judge_response(std::optional<der_bytes> response) noexcept;
    [[nodiscard]] bool keep_chain(std::span<const der_bytes> path) noexcept;
    [[nodiscard]] const peer_name* checked_name() const noexcept { return verified_name_ ? &*verified_name_ : nullptr; }

    std::shared_ptr<const detail::context_data> context_;
    void* storage_;
    wire wire_;
    native_engine* native_ = nullptr;

    std::string server_name_;                   // client: to send; server: as asked for
    std::optional<peer_name> verified_name_;    // client: what the certificate must carry
    std::string alpn_choice_;                   // server
    std::size_t chosen_ = 0;                    // server: which of the context's credentials
    std::optional<std::size_t> shown_;          // which of them the peer got to see
    std::optional<hello_answer> hello_answer_;  // server: once on_hello was asked
    digest ticket_binding_ = {};                // server
    std::optional<error> failure_;
    connection_info info_;  // of the handshake
    std::list<connection_info> later_infos_;
    std::atomic<const connection_info*> newest_info_ = &info_;

    /// A client's, offered; a server's, found; null: certificates, or a server of TLS 1.2 that does not have it yet.
    std::shared_ptr<const pre_shared_key> psk_;
    psk_step psk_step_ = psk_step::none;
    bool psk_unknown_ = false;  // server, TLS 1.2: the client named none of ours, and psk_ is one that nobody has

    std::optional<chain_verdict> verdict_;   // once the library asked
    std::optional<error> callback_failure_;  // of an up-call; ends the handshake after the library's call
    std::vector<certificate> verified_chain_;
    std::vector<std::byte> staple_;  // client: the OCSP response that came, or that the resumed session has
    std::optional<std::uint8_t> alert_sent_;
    std::optional<std::uint8_t> alert_received_;
    std::optional<std::uint8_t> late_alert_;  // of a refusal when all is done, where it can still be sent

    std::uint64_t records_written_ = 0;
    state state_ = state::fresh;
    bool independent_halves_ = true;
    bool input_ended_ = false;
    bool first_bytes_seen_ = false;
    bool core_refused_ = false;            // it chose the code and the alert itself
    bool answered_ = false;                // server: something was sent before the current call
    bool offered_tls1_3_ = false;          // server: the client did, and we have it
    bool staple_judged_ = false;           // client: an OCSP response, or that none came
    bool accepts_tickets_ = false;         // server: the client does not insist on resuming without a new key exchange
    bool extended_master_secret_ = false;  // both sides asked for it (RFC 7627); says nothing in TLS 1.3
    bool offered_later_auth_ = false;      // server: the client did (RFC 8446 4.2.6)
    bool certificate_requested_ = false;   // server: after the handshake, and not answered yet
    bool certificate_required_ = false;    // server: the answer must not be empty
    int certificate_requests_ = 0;         // after the handshake: a server's, or those that a client answered
    bool later_shown_ = false;             // client: shown_ has changed since the newest info

    std::unique_ptr<client_resumption> resumption_;  // client, unless the settings turn it off

    // client: until the ServerHello was looked at
    std::unique_ptr<answer_judge> answer_;
    int early_warnings_ = 0;
};

}  // namespace tlseam::seam
