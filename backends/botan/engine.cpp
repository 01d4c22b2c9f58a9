// SPDX-License-Identifier: Apache-2.0
// One Botan channel, which is pushed, turned into an engine that pulls: exactly one record at a time.
#include <algorithm>
#include <cstring>
#include <new>

#include "backends/botan/native.hpp"
#include "core/fail.hpp"

namespace tlseam::seam {
namespace {

constexpr std::size_t header_size = 5;
constexpr std::size_t max_body = 16384 + 2048;  // RFC 5246 6.2.3; TLS 1.3 allows less
constexpr auto type_alert = std::byte{21};
constexpr auto type_data = std::byte{23};

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

void start(native_engine& engine, const connection& connection) {
    const native_context& from = *engine.context;
    // The engine is where it stays, and outlives its channel: nobody needs to count.
    const std::shared_ptr<Botan::TLS::Callbacks> callbacks(std::shared_ptr<void>(), &engine);
    const auto sessions = make_sessions(engine, connection.session);
    if (from.psk != protocol_version::none) engine.chooser = make_key_bearer(engine, connection);
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
    if (auto closed = call(engine, [&] { engine.channel->close(); }); !closed) return closed;
    // Without memory for the alert, Botan sends none and says nothing.
    if (!engine.emitted) return std::unexpected(error(errc::out_of_memory));
    return {};
}

result<void> key_update(native_engine& engine, bool ask_peer) noexcept {
    return call(engine, [&] { engine.channel->update_traffic_keys(ask_peer); });
}

/// Core asks for it only with feature::post_handshake_auth, which Botan lacks.
result<void> request_certificate(native_engine&, bool) noexcept {
    return fail(errc::unsupported, "Botan has no post-handshake authentication");
}

bool certificate_answered(const native_engine&) noexcept { return false; }

std::size_t pending(const native_engine& engine) noexcept { return engine.rest.size() - engine.rest_begin; }

}  // namespace tlseam::seam
