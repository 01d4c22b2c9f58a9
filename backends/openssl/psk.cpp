// SPDX-License-Identifier: Apache-2.0
// External pre-shared keys of TLS 1.3. To OpenSSL, such a key is a session with nothing but a secret and a suite, of
// which only the hash counts; the older callbacks, which take a key alone, would always mean SHA-256.
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

}  // namespace

void install_psk(SSL_CTX* ctx, role role) noexcept {
    if (role == role::client) {
        SSL_CTX_set_psk_use_session_callback(ctx, offer);
    } else {
        SSL_CTX_set_psk_find_session_callback(ctx, find);
    }
}

}  // namespace tlseam::seam
