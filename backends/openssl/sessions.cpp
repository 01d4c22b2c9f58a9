// SPDX-License-Identifier: Apache-2.0
// A client's sessions: new ones to core as DER, and one of core's into a connection. OpenSSL keeps none.
#include "backends/openssl/native.hpp"

#include "core/secret.hpp"

namespace tlseam::seam {
namespace {

void report(native_engine& engine, SSL_SESSION* session) {
    const int size = i2d_SSL_SESSION(session, nullptr);
    if (size <= 0) return;
    std::vector<std::byte> der(static_cast<std::size_t>(size));
    auto* at = reinterpret_cast<unsigned char*>(der.data());
    i2d_SSL_SESSION(session, &at);
    const secret_bytes wiped(std::move(der));
    engine.events.new_session(wiped.bytes(), std::chrono::seconds(SSL_SESSION_get_ticket_lifetime_hint(session)));
}

/// 0: OpenSSL keeps its reference.
int on_new_session(SSL* ssl, SSL_SESSION* session) {
    if (SSL_SESSION_has_ticket(session) == 0) return 0;  // by its id alone: no other backend has that
    try {
        report(engine_of(ssl), session);
    } catch (...) {
        // Without memory there is no session.
    }
    return 0;
}

}  // namespace

void take_sessions(SSL_CTX* ctx) noexcept {
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ctx, on_new_session);
}

void offer_session(SSL* ssl, std::span<const std::byte> der) noexcept {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const session_ptr session(d2i_SSL_SESSION(nullptr, &at, static_cast<long>(der.size())));
    if (session) SSL_set_session(ssl, session.get());
    clear_errors();
}

}  // namespace tlseam::seam
