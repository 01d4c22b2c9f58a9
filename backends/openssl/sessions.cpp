// SPDX-License-Identifier: Apache-2.0
// A client's sessions: new ones to core as DER, and one of core's into a connection. OpenSSL keeps none.
#include "backends/openssl/native.hpp"

#include "core/der.hpp"
#include "core/secret.hpp"

namespace tlseam::seam {
namespace {

/// Without the peer's certificate, which core keeps with the whole chain: parsing it once more would be a quarter of a
/// client's work when it resumes.
secret_bytes without_certificate(secret_bytes session) {
    constexpr auto certificate = der::tag::context_constructed(3);
    const auto whole = der::single(session.bytes(), der::tag::sequence);
    if (!whole) return session;
    der::reader parts(whole->content);
    while (auto part = parts.any()) {
        if (part->tag != certificate) continue;
        const auto before = whole->content.first(static_cast<std::size_t>(part->whole.data() - whole->content.data()));
        const auto behind = parts.rest();
        const std::size_t size = before.size() + behind.size();
        if (size < 0x100 || size > 0xffff) return session;  // a length of another size: not worth the lines
        std::vector<std::byte> out = {std::byte{der::tag::sequence}, std::byte{0x82}, static_cast<std::byte>(size >> 8),
                                      static_cast<std::byte>(size & 0xff)};
        out.reserve(out.size() + size);  // now, as a secret must not be moved
        out.insert(out.end(), before.begin(), before.end());
        out.insert(out.end(), behind.begin(), behind.end());
        return secret_bytes(std::move(out));
    }
    return session;
}

void report(native_engine& engine, SSL_SESSION* session) {
    const int size = i2d_SSL_SESSION(session, nullptr);
    if (size <= 0) return;
    std::vector<std::byte> der(static_cast<std::size_t>(size));
    auto* at = reinterpret_cast<unsigned char*>(der.data());
    i2d_SSL_SESSION(session, &at);
    const secret_bytes wiped = without_certificate(secret_bytes(std::move(der)));
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
