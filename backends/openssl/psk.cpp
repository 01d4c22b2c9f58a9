// SPDX-License-Identifier: Apache-2.0
// External pre-shared keys. In TLS 1.3 such a key is to OpenSSL a session with nothing but a secret and a suite, of
// which only the hash counts. The older callbacks, which take a key alone, are for TLS 1.2: OpenSSL would use them in
// TLS 1.3 too, and always mean SHA-256, so a context gets one kind or the other.
#include <algorithm>

#include "backends/openssl/native.hpp"

namespace tlseam::seam {
namespace {

constexpr int failed = 0, good = 1;

const unsigned char* octets(std::span<const std::byte> bytes) noexcept {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

session_ptr session_of(SSL* ssl, const native_engine& engine) noexcept {
    const unsigned char suite[] = {static_cast<unsigned char>(engine.psk_suite >> 8),
                                   static_cast<unsigned char>(engine.psk_suite & 0xff)};
    const SSL_CIPHER* cipher = SSL_CIPHER_find(ssl, suite);
    const auto key = engine.psk->key.bytes();
    session_ptr session(SSL_SESSION_new());
    const bool made = session && cipher != nullptr &&
                      SSL_SESSION_set1_master_key(session.get(), octets(key), key.size()) == 1 &&
                      SSL_SESSION_set_cipher(session.get(), cipher) == 1 &&
                      SSL_SESSION_set_protocol_version(session.get(), TLS1_3_VERSION) == 1;
    return made ? std::move(session) : nullptr;
}

/// OpenSSL copies the identity, and takes the session over.
int offer(SSL* ssl, const EVP_MD*, const unsigned char** identity, std::size_t* size, SSL_SESSION** session) {
    const native_engine& engine = engine_of(ssl);
    if (!engine.psk) return failed;
    auto made = session_of(ssl, engine);
    if (!made) return failed;
    *identity = octets(std::as_bytes(std::span(engine.psk->identity)));
    *size = engine.psk->identity.size();
    *session = made.release();
    return good;
}

int find(SSL* ssl, const unsigned char* identity, std::size_t size, SSL_SESSION** session) {
    const native_engine& engine = engine_of(ssl);
    *session = nullptr;
    if (!engine.psk) return failed;
    const auto ours = std::as_bytes(std::span(engine.psk->identity));
    if (!std::ranges::equal(std::as_bytes(std::span(identity, size)), ours)) return good;  // unknown
    *session = session_of(ssl, engine).release();
    return *session != nullptr ? good : failed;
}

// ---- TLS 1.2 ----

constexpr unsigned no_key = 0;

unsigned offer_tls1_2(SSL* ssl, const char*, char* identity, unsigned room, unsigned char* key, unsigned key_room) {
    const auto& psk = engine_of(ssl).psk;
    return psk && copy_identity(*psk, identity, room) ? copy_key(*psk, key, key_room) : no_key;
}

/// core has read the identity, and better: here it would end at a zero byte.
unsigned find_tls1_2(SSL* ssl, const char*, unsigned char* key, unsigned room) {
    const pre_shared_key* psk = engine_of(ssl).events.psk();
    return psk != nullptr ? copy_key(*psk, key, room) : no_key;
}

}  // namespace

void install_psk(SSL_CTX* ctx, role role, protocol_version version) noexcept {
    if (version == protocol_version::none) return;
    if (version == protocol_version::tls1_2) {
        if (role == role::client) {
            SSL_CTX_set_psk_client_callback(ctx, offer_tls1_2);
        } else {
            SSL_CTX_set_psk_server_callback(ctx, find_tls1_2);
        }
        return;
    }
    if (role == role::client) {
        SSL_CTX_set_psk_use_session_callback(ctx, offer);
    } else {
        SSL_CTX_set_psk_find_session_callback(ctx, find);
    }
}

}  // namespace tlseam::seam
