// SPDX-License-Identifier: Apache-2.0
// One connection of the toy protocol (native.hpp). NO SECURITY.
#include <algorithm>
#include <new>

#include "core/alerts.hpp"
#include "core/client_hello.hpp"
#include "core/fail.hpp"
#include "tests/null_backend/native.hpp"

namespace tlseam::seam {
namespace {

using bytes = std::span<const std::byte>;
using buffer = std::vector<std::byte>;
using enum native_engine::step;

enum message : std::uint8_t {
    client_hello_message = 1,
    server_hello = 2,
    ticket = 4,
    server_rest = 11,
    finished = 20,
    update = 24
};

constexpr std::uint16_t extended_master_secret = 23;

bytes as_bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

bool accepts(const native_context& context, protocol_version version) {
    return context.min_version <= version && version <= context.max_version;
}

// ---- the handshake ----

void put_extension(buffer& out, unsigned type, bytes body) {
    put(out, type, 2);
    put_vector(out, 2, body);
}

/// Of x25519, and secret to nobody.
void put_share(buffer& out) {
    put(out, 0x001d, 2);
    put_vector(out, 2, buffer(32, std::byte{9}));
}

void send_client_hello(native_engine& engine) {
    buffer names, protocols, versions, extensions, hello, list;
    for (const auto version : {protocol_version::tls1_3, protocol_version::tls1_2}) {
        if (accepts(*engine.context, version)) put(versions, static_cast<std::size_t>(version), 2);
    }
    put_vector(list, 1, versions);
    put_extension(extensions, 43, list);
    put_extension(extensions, 10, as_bytes(std::string("\0\4\0\x1d\0\x17", 6)));  // groups: x25519, P-256
    put_extension(extensions, 13, as_bytes(std::string("\0\2\4\3", 4)));          // signature schemes
    buffer shares;
    put_share(shares);
    list.clear();
    put_vector(list, 2, shares);
    put_extension(extensions, 51, list);
    put_extension(extensions, 0xff01, as_bytes(std::string(1, '\0')));  // TLS 1.2: no renegotiation yet
    put_extension(extensions, extended_master_secret, {});
    if (!engine.server_name.empty()) {
        put(names, 0, 1);
        put_vector(names, 2, as_bytes(engine.server_name));
        list.clear();
        put_vector(list, 2, names);
        put_extension(extensions, 0, list);
    }
    if (!engine.alpn.empty()) {
        for (const auto& name : engine.alpn) put_vector(protocols, 1, as_bytes(name));
        list.clear();
        put_vector(list, 2, protocols);
        put_extension(extensions, 16, list);
    }
    put(hello, 0x0303, 2);
    hello.resize(hello.size() + 32);  // the random: not very
    put_vector(hello, 1, {});         // session id
    put(hello, 0x00041301, 4);        // two suites:
    put(hello, 0xc02b, 2);            //   one for each version
    put(hello, 0x0100, 2);            // no compression
    put_vector(hello, 2, extensions);
    send_message(engine, client_hello_message, hello);
}

void put_chain(buffer& out, const native_credentials* credentials) {
    if (credentials == nullptr) return;
    for (const auto& der : credentials->chain) put_vector(out, 3, der);
}

void take_chain(native_engine& engine, bytes in) {
    while (!in.empty()) {
        const bytes der = get_vector(in, 3);
        engine.agreed.peer_chain.emplace_back(der.begin(), der.end());
        engine.agreed.peer_scheme = 0x0403;
    }
}

result<void> judge_chain(native_engine& engine) {
    const auto& sent = engine.agreed.peer_chain;
    if (!engine.context->verify_peer || sent.empty()) return {};
    const std::vector<der_bytes> chain(sent.begin(), sent.end());
    const cert_errc verdict = engine.events.verify(chain);
    if (verdict != cert_errc::none) return refuse(engine, errc::certificate_refused, alert_for(verdict));
    // No message has room for a response.
    const bool misses_one = engine.context->asks_for_staple && engine.events.verify_staple({}) != cert_errc::none;
    if (misses_one) return refuse(engine, errc::certificate_refused, alert::bad_certificate_status_response);
    return {};
}

/// Secrets that are none, and a label that core must not let through.
void report_secrets(native_engine& engine, protocol_version version) {
    if (!engine.context->key_log) return;
    const buffer random(32, std::byte{1}), secret(32, std::byte{0xab});
    if (version == protocol_version::tls1_2) return engine.events.key_log("CLIENT_RANDOM", random, secret);
    for (const char* label :
         {"CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0",
          "SERVER_TRAFFIC_SECRET_0", "EXPORTER_SECRET", "CLIENT_TRAFFIC_SECRET_1"}) {
        engine.events.key_log(label, random, secret);
    }
}

void agree(native_engine& engine, protocol_version version) {
    report_secrets(engine, version);
    engine.agreed.version = version;
    engine.agreed.cipher_suite = version == protocol_version::tls1_3 ? 0x1301 : 0xc02b;
    engine.agreed.group = 0x001d;
}

/// How long one is that has renegotiation_info, and at most extended_master_secret.
constexpr std::size_t short_server_hello = 2 + 32 + 1 + 2 + 1 + 2 + 5 + 4;

void send_server_hello(native_engine& engine) {
    const bool tls1_3 = engine.agreed.version == protocol_version::tls1_3;
    buffer extensions, share, hello;
    if (tls1_3) {
        put_extension(extensions, 43, as_bytes(std::string("\3\4")));
        put_share(share);
        put_extension(extensions, 51, share);
    } else {
        put_extension(extensions, 0xff01, as_bytes(std::string(1, '\0')));
        if (engine.extended_master_secret) put_extension(extensions, extended_master_secret, {});
    }
    put(hello, 0x0303, 2);
    hello.resize(hello.size() + 32);  // the random: not very
    put_vector(hello, 1, {});         // session id
    put(hello, engine.agreed.cipher_suite, 2);
    put(hello, 0, 1);
    put_vector(hello, 2, extensions);
    send_message(engine, server_hello, hello);
}

result<void> answer_server(native_engine& engine) {
    if (engine.agreed.version == protocol_version::none) {
        const auto hello = take_message(engine, server_hello);
        if (!hello) return std::unexpected(hello.error());
        // As core saw, it is sound: only TLS 1.3 has a key share.
        const bool tls1_3 = hello->size() > short_server_hello;
        agree(engine, tls1_3 ? protocol_version::tls1_3 : protocol_version::tls1_2);
    }
    const auto message = take_message(engine, server_rest);
    if (!message) return std::unexpected(message.error());
    bytes in = *message;
    const auto version = engine.agreed.version;
    const bool certificate_wanted = get(in, 1) != 0;
    const bytes protocol = get_vector(in, 1);
    if (!accepts(*engine.context, version)) return refuse(engine, errc::no_shared_version, alert::protocol_version);
    engine.agreed.alpn.assign(reinterpret_cast<const char*>(protocol.data()), protocol.size());
    take_chain(engine, in);
    if (engine.agreed.peer_chain.empty()) return refuse(engine, errc::protocol_error, alert::bad_certificate);
    if (auto good = judge_chain(engine); !good) return good;
    buffer answer;
    if (certificate_wanted) {
        buffer request;  // as TLS 1.2 has it: any kind of key, of any authority
        put_vector(request, 1, as_bytes(std::string("\x01\x40")));
        put_vector(request, 2, as_bytes(std::string("\x04\x03\x08\x04\x08\x07\x05\x03\x04\x01\x06\x03")));
        put_vector(request, 2, {});
        put_chain(answer, engine.events.choose_credentials(protocol_version::tls1_2, request));
    }
    send_message(engine, finished, answer);
    engine.phase = complete;
    return {};
}

result<void> answer_hello(native_engine& engine) {
    const auto peeked = peek_client_hello(engine.ciphertext.arrived());  // as core did: nothing to judge anew
    if (peeked.status != peek_status::complete) return std::unexpected(errc::want_read);
    if (auto consumed = take_message(engine, client_hello_message); !consumed) return std::unexpected(consumed.error());
    const auto& offered = peeked.hello.versions;
    for (const auto version : {protocol_version::tls1_2, protocol_version::tls1_3}) {
        const bool shared = std::ranges::find(offered, static_cast<std::uint16_t>(version)) != offered.end();
        if (shared && accepts(*engine.context, version)) agree(engine, version);
    }
    if (engine.agreed.version == protocol_version::none) {
        return refuse(engine, errc::no_shared_version, alert::protocol_version);
    }
    engine.agreed.server_name = peeked.hello.server_name;
    const auto& extensions = peeked.hello.extensions;
    engine.extended_master_secret = std::ranges::find(extensions, extended_master_secret) != extensions.end();
    if (!engine.alpn.empty()) engine.agreed.alpn = engine.alpn.front();
    send_server_hello(engine);
    buffer hello;
    put(hello, engine.context->client_auth != client_auth::none, 1);
    put_vector(hello, 1, as_bytes(engine.agreed.alpn));
    put_chain(hello, engine.context->credentials.get());
    send_message(engine, server_rest, hello);
    engine.phase = waiting;
    return {};
}

result<void> take_finished(native_engine& engine) {
    const auto message = take_message(engine, finished);
    if (!message) return std::unexpected(message.error());
    if (engine.context->client_auth != client_auth::none) take_chain(engine, *message);
    if (engine.context->client_auth == client_auth::required && engine.agreed.peer_chain.empty()) {
        const bool tls1_3 = engine.agreed.version == protocol_version::tls1_3;
        return refuse(engine, errc::certificate_required,
                      tls1_3 ? alert::certificate_required : alert::handshake_failure);
    }
    if (auto good = judge_chain(engine); !good) return good;
    engine.phase = complete;
    return {};
}

// ---- data ----

std::size_t give(byte_queue& plaintext, std::span<std::byte> out) {
    const std::size_t count = std::min(out.size(), plaintext.size());
    std::ranges::copy(plaintext.bytes().first(count), out.begin());
    plaintext.consume(count);
    return count;
}

void send_update(native_engine& engine, bool ask_peer) {
    const std::byte body[] = {ask_peer ? std::byte{1} : std::byte{0}};
    send_message(engine, update, body);
}

result<void> take_messages(native_engine& engine) {
    for (auto message = cut_message(engine); !message.empty(); message = cut_message(engine)) {
        const auto type = std::to_integer<std::uint8_t>(message.front());
        if (type == ticket) {
            engine.events.new_session(bytes(message).subspan(1), std::chrono::hours(2));
            continue;
        }
        if (type != update || message.size() != 2) {
            return refuse(engine, errc::protocol_error, alert::unexpected_message);
        }
        if (message[1] == std::byte{1}) send_update(engine, false);
    }
    return {};
}

}  // namespace

footprint engine_footprint() noexcept { return {sizeof(native_engine), alignof(native_engine)}; }

result<native_engine*> create_engine(void* storage, const std::shared_ptr<const native_context>& context,
                                     const connection& connection, wire& wire, events& events) noexcept {
    return guarded([&]() -> result<native_engine*> {
        std::vector<std::string> alpn(connection.alpn.begin(), connection.alpn.end());
        auto* engine =
            new (storage) native_engine{context, wire, events, std::move(alpn), std::string(connection.server_name)};
        engine->exporter = connection.exporter;
        return engine;
    });
}

void destroy_engine(native_engine& engine) noexcept { engine.~native_engine(); }

result<void> handshake(native_engine& engine) noexcept {
    return guarded([&]() -> result<void> {
        const bool client = engine.context->role == role::client;
        if (engine.phase == start && client) {
            send_client_hello(engine);
            engine.phase = waiting;
        } else if (engine.phase == start) {
            if (auto answered = answer_hello(engine); !answered) return answered;
        }
        if (engine.phase == complete) return {};
        return client ? answer_server(engine) : take_finished(engine);
    });
}

result<std::size_t> read(native_engine& engine, std::span<std::byte> out) noexcept {
    return guarded([&]() -> result<std::size_t> {
        while (engine.plaintext.empty()) {
            if (take_data(engine)) continue;
            auto next = take_record(engine);
            if (!next) return std::unexpected(next.error());
            if (next->type == 23 && engine.messages.empty()) {
                if (!engine.plaintext.append(next->body)) throw std::bad_alloc();
            } else if (next->type == 22) {
                engine.messages.insert(engine.messages.end(), next->body.begin(), next->body.end());
                if (auto taken = take_messages(engine); !taken) return std::unexpected(taken.error());
            } else if (next->type == 21) {
                const auto ignored = take_alert(engine, *next);
                if (!ignored && ignored.error() == errc::closed) return 0;
                if (!ignored) return std::unexpected(ignored.error());
            } else {
                return refuse(engine, errc::protocol_error, alert::unexpected_message);
            }
        }
        return give(engine.plaintext, out);
    });
}

result<void> write(native_engine& engine, std::span<const std::byte> data) noexcept {
    send_record(engine, 23, data);
    return {};
}

result<void> close_notify(native_engine& engine) noexcept {
    constexpr std::byte warning_close_notify[] = {std::byte{1}, std::byte{0}};
    send_record(engine, 21, warning_close_notify);
    return {};
}

result<void> key_update(native_engine& engine, bool ask_peer) noexcept {
    return guarded([&]() -> result<void> {
        send_update(engine, ask_peer);
        return {};
    });
}

result<void> request_certificate(native_engine&, bool) noexcept {
    return fail(errc::unsupported, "null: no post-handshake authentication");
}

bool certificate_answered(const native_engine&) noexcept { return false; }

/// No secret, so the same for everybody: a sum of label and context.
result<void> export_keying_material(native_engine& engine, std::span<std::byte> out, std::string_view label,
                                    std::optional<bytes> context) noexcept {
    if (!engine.exporter) return fail_native(errc::internal, 0, "null: no exporter was asked for");
    unsigned sum = context ? 1 : 0;
    for (const char c : label) sum = sum * 31 + static_cast<unsigned char>(c);
    for (const std::byte b : context.value_or(bytes())) sum = sum * 31 + std::to_integer<unsigned>(b);
    for (std::byte& b : out) b = static_cast<std::byte>(sum = sum * 31 + 7);
    return {};
}

std::size_t pending(const native_engine& engine) noexcept { return engine.plaintext.size(); }

negotiated describe(native_engine& engine) { return std::move(engine.agreed); }

}  // namespace tlseam::seam
