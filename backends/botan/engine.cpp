// SPDX-License-Identifier: Apache-2.0
// One Botan channel, which is pushed, turned into an engine that pulls: exactly one record at a time.
#include <botan/tls_exceptn.h>
#include <botan/tls_messages_12.h>
#include <botan/tls_messages_13.h>
#include <botan/tls_session.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "backends/botan/native.hpp"
#include "core/alerts.hpp"
#include "core/fail.hpp"

namespace tlseam::seam {
namespace {

constexpr std::size_t header_size = 5;
constexpr std::size_t max_body = 16384 + 2048;  // RFC 5246 6.2.3; TLS 1.3 allows less
constexpr auto type_alert = std::byte{21};
constexpr auto type_data = std::byte{23};

bool is_tls1_2(const native_engine& engine) noexcept { return engine.agreed.version == protocol_version::tls1_2; }

/// A header that no record can have: Botan refuses it as it stands, so nobody waits for the rest.
bool is_absurd(std::span<const std::byte> header, std::size_t body) noexcept {
    constexpr auto lowest_type = std::byte{20}, highest_type = type_data, major_version = std::byte{3};
    return header[0] < lowest_type || header[0] > highest_type || header[1] != major_version || body > max_body;
}

/// The whole record at the front of the wire; empty when it is not all there. Of an absurd one, the header.
std::span<const std::byte> front_record(std::span<const std::byte> arrived) noexcept {
    if (arrived.size() < header_size) return {};
    const auto body = std::to_integer<std::size_t>(arrived[3]) << 8 | std::to_integer<std::size_t>(arrived[4]);
    if (is_absurd(arrived, body)) return arrived.first(header_size);
    return arrived.size() < header_size + body ? std::span<const std::byte>() : arrived.first(header_size + body);
}

enum class fed { nothing, record, dropped };

/// TLS 1.2 after our close_notify: Botan takes data for an offence that ends the connection, we throw it away. From
/// then on Botan cannot decrypt, and the type in the header has to do: nothing of what follows is delivered anyway.
fed discard(native_engine& engine, std::span<const std::byte> record) noexcept {
    const auto type = record.front();
    engine.lost_sequence = true;
    engine.peer_closed = type == type_alert;
    engine.ciphertext.consume(record.size());
    return fed::dropped;
}

/// Gives Botan the record at the front of the wire.
///
/// Botan decrypts all that it is given, so it gets one record. When a piece ends with a record, Botan 3.13 wipes its
/// buffer byte by byte and allocates it anew for the next one. A byte of the next record spares that: it is given
/// along when it is there, and stays in the wire too, so that nothing behind close_notify is ever lost.
result<fed> feed_record(native_engine& engine) noexcept {
    const auto arrived = engine.ciphertext.arrived();
    const auto record = front_record(arrived);
    if (record.empty()) return fed::nothing;
    const bool has_body = record.size() > header_size;
    if (engine.closed && is_tls1_2(engine) && has_body && (record.front() == type_data || engine.lost_sequence)) {
        return discard(engine, record);
    }
    const bool ahead = engine.complete && !is_tls1_2(engine) && arrived.size() > record.size();
    const auto piece = arrived.subspan(engine.fed_ahead, record.size() - engine.fed_ahead + (ahead ? 1 : 0));
    engine.fed_ahead = ahead ? 1 : 0;
    const auto done = call(engine, [&] { engine.channel->received_data(octets(piece)); });
    engine.ciphertext.consume(record.size());
    if (!done) return std::unexpected(done.error());
    if (engine.cause) return fail_native(*engine.cause, 0, "");
    if (!has_body) return fail(errc::protocol_error, "a record without a body");
    return fed::record;
}

std::size_t take_rest(native_engine& engine, std::span<std::byte> buffer) noexcept {
    const std::size_t count = std::min(buffer.size(), engine.rest.size() - engine.rest_begin);
    if (count == 0) return 0;
    std::memcpy(buffer.data(), engine.rest.data() + engine.rest_begin, count);
    engine.rest_begin += count;
    if (engine.rest_begin == engine.rest.size()) {
        engine.rest = {};
        engine.rest_begin = 0;
    }
    return count;
}

void ask_for_choice(native_engine& engine, const Botan::TLS::Handshake_Message& request) {
    const auto version = engine.tls1_3 ? protocol_version::tls1_3 : protocol_version::tls1_2;
    const auto body = request.serialize();
    engine.client_choice = engine.events.choose_credentials(version, std::as_bytes(std::span(body)));
}

/// RFC 5246 7.4.3: behind the parameters, but Botan shows the scheme to nobody.
std::uint16_t scheme_in(const Botan::TLS::Server_Key_Exchange& message) {
    const Botan::TLS::Handshake_Message& whole = message;
    const auto bytes = whole.serialize();
    const std::size_t at = message.params().size();
    return bytes.size() < at + 2 ? std::uint16_t{0} : static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

void start(native_engine& engine, const connection& connection) {
    const native_context& from = *engine.context;
    // The engine is where it stays, and outlives its channel: nobody needs to count.
    const std::shared_ptr<Botan::TLS::Callbacks> callbacks(std::shared_ptr<void>(), &engine);
    const auto sessions = make_sessions(engine, connection.session);
    if (connection.psk) engine.chooser = make_key_bearer(connection.psk);
    if (connection.role == role::server) {
        const auto& credentials = engine.chooser ? engine.chooser : from.credentials;
        engine.server.emplace(callbacks, sessions, credentials, from.policy, from.rng);
        engine.channel = &*engine.server;
        return;
    }
    const std::vector<std::string> alpn(connection.alpn.begin(), connection.alpn.end());
    if (!engine.chooser) engine.chooser = make_chooser(engine);
    engine.client.emplace(callbacks, sessions, engine.chooser, from.policy, from.rng,
                          Botan::TLS::Server_Information(connection.server_name),
                          from.policy->latest_supported_version(false), alpn);
    engine.channel = &*engine.client;
}

}  // namespace

// ---- up-calls ----

void native_engine::tls_emit_data(std::span<const std::uint8_t> data) {
    const auto bytes = std::as_bytes(data);
    if (peer_closed && is_tls1_2(*this)) {
        held_reply.insert(held_reply.end(), bytes.begin(), bytes.end());
        return;
    }
    emitted = true;
    ciphertext.send(bytes);
}

void native_engine::tls_record_received(std::uint64_t, std::span<const std::uint8_t> data) {
    // As the other libraries have it.
    constexpr int most_empty_records = 32;
    if (!data.empty()) {
        empty_records = warnings = 0;
    } else if (++empty_records > most_empty_records) {
        cause = errc::too_large;
    }
    const std::size_t now = std::min(data.size(), target.size() - delivered);
    if (now != 0) std::memcpy(target.data() + delivered, data.data(), now);
    delivered += now;
    if (now < data.size()) rest.assign(data.begin() + static_cast<std::ptrdiff_t>(now), data.end());
}

void native_engine::tls_alert(Botan::TLS::Alert alert) {
    constexpr int most_warnings = 4;  // as the other libraries have it
    const auto number = static_cast<std::uint8_t>(alert.type());
    const std::uint8_t level = alert.is_fatal() ? 2 : 1;
    if (seam::is_fatal_alert(level, number, tls1_3)) {
        events.alert_received(number);
        cause = errc::alert_received;
    } else if (number == seam::alert::close_notify) {
        peer_closed = true;
    } else if (++warnings > most_warnings) {
        cause = errc::too_large;
    }
}

std::string native_engine::tls_server_choose_app_protocol(const std::vector<std::string>& offered) {
    // core chose from the first hello; a second one that no longer offers it is refused.
    if (alpn_choice.empty() || std::ranges::find(offered, alpn_choice) != offered.end()) return alpn_choice;
    throw Botan::TLS::TLS_Exception(Botan::TLS::AlertType::NoApplicationProtocol, "the second hello is another");
}

/// Of a CertificateVerify, ours or the peer's: a server's comes first, in TLS 1.3, and is the only one that it sends.
void native_engine::note_scheme(std::uint16_t scheme) {
    const bool from_server = tls1_3 && certificate_verifies++ == 0;
    if (from_server == (context->role == role::client)) agreed.peer_scheme = scheme;
}

/// The chain is verified here, before Botan looks at the certificate's usage itself: it would give that another reason.
void native_engine::tls_inspect_handshake_msg(const Botan::TLS::Handshake_Message& message) {
    if (message.type() == Botan::TLS::Handshake_Type::ServerHello) {
        tls1_3 = dynamic_cast<const Botan::TLS::Server_Hello_13*>(&message) != nullptr;
        return;
    }
    if (message.type() == Botan::TLS::Handshake_Type::ServerKeyExchange) {
        const auto& exchange = dynamic_cast<const Botan::TLS::Server_Key_Exchange&>(message);
        const auto& params = exchange.params();
        constexpr std::uint8_t named_curve = 3;  // RFC 8422 5.4
        if (params.size() >= 3 && params[0] == named_curve) {
            agreed.group = static_cast<std::uint16_t>(params[1] << 8 | params[2]);
        }
        if (context->role == role::client) agreed.peer_scheme = scheme_in(exchange);
        return;
    }
    if (message.type() == Botan::TLS::Handshake_Type::CertificateVerify) {
        note_scheme(dynamic_cast<const Botan::TLS::Certificate_Verify&>(message).signature_scheme().wire_code());
        return;
    }
    if (message.type() == Botan::TLS::Handshake_Type::CertificateRequest) {
        if (context->role == role::client && context->has_client_credentials) ask_for_choice(*this, message);
        return;
    }
    if (message.type() != Botan::TLS::Handshake_Type::Certificate) return;
    // A server sends its own first, a client second.
    const bool from_peer = (certificate_messages++ == 0) == (context->role == role::client);
    if (!from_peer) return;
    std::vector<Botan::X509_Certificate> chain;
    if (const auto* newer = dynamic_cast<const Botan::TLS::Certificate_13*>(&message)) {
        if (newer->has_certificate_chain()) chain = newer->cert_chain();
    } else {
        chain = dynamic_cast<const Botan::TLS::Certificate_12&>(message).cert_chain();
    }
    if (!chain.empty()) {
        if (context->verify_peer) verify_chain(*this, chain);
    } else if (context->needs_client_certificate) {
        cause = errc::certificate_required;  // Botan refuses it in a moment
    }
}

void native_engine::tls_verify_cert_chain(const std::vector<Botan::X509_Certificate>& chain,
                                          const std::vector<std::optional<Botan::OCSP::Response>>&,
                                          const std::vector<Botan::Certificate_Store*>&, Botan::Usage_Type,
                                          std::string_view, const Botan::TLS::Policy&) {
    if (context->verify_peer && !chain_verified) verify_chain(*this, chain);
}

void native_engine::tls_session_established(const Botan::TLS::Session_Summary& summary) {
    agreed.version = static_cast<protocol_version>(summary.version().version_code());
    agreed.cipher_suite = summary.ciphersuite_code();
    agreed.resumed = summary.was_resumption();
    agreed.psk = summary.psk_used();
    if (const auto name = summary.kex_parameters()) {
        const auto group = Botan::TLS::Group_Params::from_string(*name);
        if (group) agreed.group = group->wire_code();
    }
    if (context->role == role::server) agreed.server_name = summary.server_info().hostname();
}

bool native_engine::tls_should_persist_resumption_information(const Botan::TLS::Session&) {
    return context->issue_tickets || context->take_sessions;
}

// ---- the seam ----

footprint engine_footprint() noexcept { return {sizeof(native_engine), alignof(native_engine)}; }

result<native_engine*> create_engine(void* storage, const std::shared_ptr<const native_context>& context,
                                     const connection& connection, wire& wire, events& events) noexcept {
    return guarded([&]() -> result<native_engine*> {
        const bool chosen = connection.role == role::server && !connection.alpn.empty();
        auto* engine =
            new (storage) native_engine(context, chosen ? connection.alpn.front() : std::string(), wire, events);
        const auto started = call(*engine, [&] { start(*engine, connection); });
        if (started) return engine;
        destroy_engine(*engine);
        return std::unexpected(started.error());
    });
}

void destroy_engine(native_engine& engine) noexcept { engine.~native_engine(); }

result<void> handshake(native_engine& engine) noexcept {
    while (!engine.complete) {
        const auto step = feed_record(engine);
        if (!step) return std::unexpected(step.error());
        if (engine.peer_closed) return fail(errc::protocol_error, "the peer sent close_notify in the handshake");
        if (*step == fed::nothing) return std::unexpected(error(errc::want_read));
    }
    return {};
}

result<std::size_t> read(native_engine& engine, std::span<std::byte> buffer) noexcept {
    if (const std::size_t count = take_rest(engine, buffer); count != 0) return count;
    engine.target = buffer;
    engine.delivered = 0;
    for (;;) {
        const auto step = feed_record(engine);
        if (!step) return std::unexpected(step.error());
        if (engine.peer_closed) return 0;
        if (*step == fed::nothing) return std::unexpected(error(errc::want_read));
        if (*step == fed::dropped) return 1;  // of something that core throws away
        if (engine.delivered != 0) return engine.delivered;
    }
}

result<void> write(native_engine& engine, std::span<const std::byte> data) noexcept {
    return call(engine, [&] { engine.channel->send(octets(data)); });
}

result<void> close_notify(native_engine& engine) noexcept {
    engine.closed = true;
    if (!engine.held_reply.empty()) {
        engine.ciphertext.send(engine.held_reply);
        engine.held_reply = {};
        return {};
    }
    return call(engine, [&] { engine.channel->close(); });
}

result<void> key_update(native_engine& engine, bool ask_peer) noexcept {
    return call(engine, [&] { engine.channel->update_traffic_keys(ask_peer); });
}

std::size_t pending(const native_engine& engine) noexcept { return engine.rest.size() - engine.rest_begin; }

}  // namespace tlseam::seam
