// SPDX-License-Identifier: Apache-2.0
// One WOLFSSL whose input and output are core's wire: no socket, no end of file, no full queue.
#include <algorithm>
#include <cstring>
#include <new>

#include "backends/wolfssl/native.hpp"
#include "core/fail.hpp"

namespace tlseam::seam {
namespace {

int wire_read(WOLFSSL*, char* buffer, int size, void* context) {
    auto& engine = *static_cast<native_engine*>(context);
    report_session(engine);
    wire& wire = engine.ciphertext;
    const std::size_t there = std::min(static_cast<std::size_t>(size), wire.arrived().size());
    if (there == 0) return WOLFSSL_CBIO_ERR_WANT_READ;
    std::memcpy(buffer, wire.arrived().data(), there);
    wire.consume(there);
    engine.psk_asked_for = false;
    engine.out_of_memory = !look_at_input(engine, std::as_bytes(std::span(buffer, there)));
    if (engine.out_of_memory) return WOLFSSL_CBIO_ERR_GENERAL;
    return static_cast<int>(there);
}

/// wolfSSL puts a hello of any length into one record. Records hold 2^14 bytes (RFC 8446 5.1), so a longer one is sent
/// as several; the transcript of the handshake does not depend on it.
bool send_in_records(wire& wire, std::span<const std::byte> bytes) {
    constexpr std::size_t header = 5, most = 16384;
    constexpr std::byte handshake_type{22};
    const std::size_t length = bytes.size() - std::min(bytes.size(), header);
    if (length <= most || bytes[0] != handshake_type ||
        (std::to_integer<std::size_t>(bytes[3]) << 8 | std::to_integer<std::size_t>(bytes[4])) != length) {
        return false;
    }
    for (auto rest = bytes.subspan(header); !rest.empty();) {
        const auto part = rest.first(std::min(rest.size(), most));
        const std::byte start[header] = {bytes[0], bytes[1], bytes[2], static_cast<std::byte>(part.size() >> 8),
                                         static_cast<std::byte>(part.size() & 0xff)};
        wire.send(start);
        wire.send(part);
        rest = rest.subspan(part.size());
    }
    return true;
}

int wire_write(WOLFSSL*, char* buffer, int size, void* context) {
    const auto bytes = std::as_bytes(std::span(buffer, static_cast<std::size_t>(size)));
    auto& engine = *static_cast<native_engine*>(context);
    if (!may_send(engine, bytes)) return WOLFSSL_CBIO_ERR_GENERAL;
    wire& wire = engine.ciphertext;
    if (!send_in_records(wire, bytes)) wire.send(bytes);
    return size;
}

bool offer_alpn(WOLFSSL* ssl, std::span<const std::string> names, unsigned char on_mismatch) {
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : ",") + name;
    return list.empty() ||
           wolfSSL_UseALPN(ssl, list.data(), static_cast<unsigned>(list.size()), on_mismatch) == WOLFSSL_SUCCESS;
}

/// With a ticket, only the group of its session, if it is known: wolfSSL looks at its first share alone when a server
/// has accepted the ticket, and takes any other for a resumption without a key exchange. With a pre-shared key, which
/// is the same to it, the first of ours.
std::vector<std::uint16_t> shares_for(const native_engine& engine, const connection& connection) {
    const auto& ours = engine.context->key_shares;
    if (connection.psk && !ours.empty()) return {ours.front()};
    const std::uint16_t group = group_of_session(connection.session);
    return group != 0 ? std::vector{group} : ours;
}

bool configure_client(native_engine& engine, const connection& connection) {
    WOLFSSL* ssl = engine.ssl.get();
    const std::string_view name = connection.server_name;
    if (!name.empty() && wolfSSL_UseSNI(ssl, WOLFSSL_SNI_HOST_NAME, name.data(),
                                        static_cast<unsigned short>(name.size())) != WOLFSSL_SUCCESS) {
        return false;
    }
    const bool later = engine.context->post_handshake_auth;
    if (later && !allow_late_requests(ssl)) return false;
    if ((later || engine.context->has_client_credentials) && !watch_for_request(engine)) return false;
    for (const std::uint16_t group : shares_for(engine, connection)) {
        const int added = wolfSSL_UseKeyShare(ssl, group);
        if (added != WOLFSSL_SUCCESS && added != BAD_FUNC_ARG) return false;  // BAD_FUNC_ARG: not TLS 1.3
    }
    if (!ask_for_staple(engine)) return false;
    if (!offer_alpn(ssl, connection.alpn, WOLFSSL_ALPN_FAILED_ON_MISMATCH)) return false;
    if (engine.context->take_sessions && !take_sessions(engine)) return false;
    if (!connection.session.empty()) offer_session(ssl, connection.session);
    return true;
}

/// A server takes of the client's list the scheme with the shortest hash, and of several such the last, so that an RSA
/// key would not sign with PSS in TLS 1.2: with one scheme in its list it has no choice. But the list is also what a
/// server that asks for certificates accepts, so there it stays whole. A client never looks at its own list, and
/// there is no hook between the server's request and its signature (PickHashSigAlgo in src/internal.c).
bool narrow_schemes(const native_engine& engine, std::uint16_t scheme) {
    if (scheme == 0 || engine.context->asks_clients) return true;
    return wolfSSL_set1_sigalgs_list(engine.ssl.get(), scheme_word(scheme)) == WOLFSSL_SUCCESS;
}

bool configure(native_engine& engine, const connection& connection) {
    WOLFSSL* ssl = engine.ssl.get();
    wolfSSL_SetIOReadCtx(ssl, &engine);
    wolfSSL_SetIOWriteCtx(ssl, &engine);
    wolfSSL_SetCertCbCtx(ssl, &engine);
    engine.wants_exporter = connection.exporter;
    if (!use_psk(engine, connection) || !watch_secrets(engine)) return false;
    engine.shown = engine.context->identity.get();
    if (engine.context->has_external_keys) use_external_keys(engine);
    if (connection.role == role::client) return configure_client(engine, connection);
    // Else a TLS 1.2 server takes the smallest group that the client names, whatever its own settings say.
    if (connection.group != 0 && wolfSSL_UseSupportedCurve(ssl, connection.group) != WOLFSSL_SUCCESS) return false;
    if (!narrow_schemes(engine, connection.signature_scheme)) return false;
    // core has chosen; a second hello that no longer offers the choice is refused by core.
    return offer_alpn(ssl, connection.alpn, WOLFSSL_ALPN_CONTINUE_ON_MISMATCH);
}

result<void> outcome_of(native_engine& engine, int returned) noexcept {
    if (returned == WOLFSSL_SUCCESS) return {};
    return fail_ssl(engine, returned);
}

}  // namespace

void install_engine_callbacks(WOLFSSL_CTX* ctx) noexcept {
    wolfSSL_CTX_SetIORecv(ctx, wire_read);
    wolfSSL_CTX_SetIOSend(ctx, wire_write);
}

footprint engine_footprint() noexcept { return {sizeof(native_engine), alignof(native_engine)}; }

result<native_engine*> create_engine(void* storage, const std::shared_ptr<const native_context>& context,
                                     const connection& connection, wire& wire, events& events) noexcept {
    return guarded([&]() -> result<native_engine*> {
        clear_errors();
        wolf_ssl ssl(wolfSSL_new(context->ctx.get()));
        if (!ssl) return fail_wolfssl(errc::out_of_memory, 0);
        auto* engine = new (storage) native_engine{context, std::move(ssl), wire, events, {}};
        const auto configure_it = [&](native_engine& made) { return configure(made, connection); };
        if (configured_or_destroyed(*engine, configure_it)) return engine;
        return fail_wolfssl(errc::out_of_memory, 0);
    });
}

void destroy_engine(native_engine& engine) noexcept { engine.~native_engine(); }

result<void> handshake(native_engine& engine) noexcept {
    clear_errors();
    const auto done = outcome_of(engine, wolfSSL_negotiate(engine.ssl.get()));
    engine.complete = done.has_value();
    report_session(engine);
    return done ? finish_secrets(engine) : done;
}

result<std::size_t> read(native_engine& engine, std::span<std::byte> buffer) noexcept {
    if (engine.close_seen) return 0;
    clear_errors();
    const int count = wolfSSL_read(engine.ssl.get(), buffer.data(), static_cast<int>(buffer.size()));
    report_session(engine);
    if (count > 0) return static_cast<std::size_t>(count);
    if (wolfSSL_state(engine.ssl.get()) == ZERO_RETURN || says_close_notify(engine)) {
        engine.close_seen = true;
        return 0;
    }
    return fail_ssl(engine, count);
}

result<void> write(native_engine& engine, std::span<const std::byte> data) noexcept {
    clear_errors();
    const int count = wolfSSL_write(engine.ssl.get(), data.data(), static_cast<int>(data.size()));
    if (count == static_cast<int>(data.size())) return {};
    return fail_ssl(engine, count);
}

/// Once only: a second call would wait for the peer. When the peer's close_notify was first, wolfSSL clears the object
/// after sending ours, so nothing may ask it anything afterwards.
result<void> close_notify(native_engine& engine) noexcept {
    clear_errors();
    const int done = wolfSSL_shutdown(engine.ssl.get());
    if (done == WOLFSSL_SUCCESS || done == WOLFSSL_SHUTDOWN_NOT_DONE) return {};
    return fail_ssl(engine, done);
}

result<void> key_update(native_engine& engine, bool) noexcept {
    clear_errors();
    return outcome_of(engine, wolfSSL_update_keys(engine.ssl.get()));
}

std::size_t pending(const native_engine& engine) noexcept {
    const int count = wolfSSL_pending(engine.ssl.get());
    return count > 0 ? static_cast<std::size_t>(count) : 0;
}

}  // namespace tlseam::seam
