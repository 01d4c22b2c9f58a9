// SPDX-License-Identifier: Apache-2.0
// A server's session tickets: AES-256-CBC and HMAC-SHA-256, as OpenSSL puts them together (RFC 5077 4), with core's
// keys.
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>

#include "backends/openssl/native.hpp"

namespace tlseam::seam {
namespace {

const EVP_CIPHER* cipher() noexcept {
    static constinit made_once<EVP_CIPHER*> fetched(nullptr);
    return fetched.get([] { return EVP_CIPHER_fetch(library(), "AES-256-CBC", nullptr); });
}

unsigned char* octets(digest& key) noexcept { return reinterpret_cast<unsigned char*>(key.data()); }

bool set_mac(EVP_MAC_CTX* mac, ticket_key& key) noexcept {
    char hash[] = "SHA2-256";
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.authentication.data(), key.authentication.size()),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, hash, 0), OSSL_PARAM_construct_end()};
    return EVP_MAC_CTX_set_params(mac, params) == 1;
}

// What the callback answers.
constexpr int broken = -1, unknown = 0, good = 1, renew = 2;

int encrypt(native_engine& engine, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* ctx, EVP_MAC_CTX* mac) {
    auto key = engine.events.find_ticket_key({});
    if (!key) return broken;
    const auto size = static_cast<std::size_t>(EVP_CIPHER_get_iv_length(cipher()));
    if (RAND_bytes_ex(library(), iv, size, 0) != 1) return broken;
    std::ranges::copy(key->name, reinterpret_cast<std::byte*>(name));
    const bool set =
        EVP_EncryptInit_ex2(ctx, cipher(), octets(key->encryption), iv, nullptr) == 1 && set_mac(mac, *key);
    return set ? good : broken;
}

int decrypt(SSL* ssl, const unsigned char* name, const unsigned char* iv, EVP_CIPHER_CTX* ctx, EVP_MAC_CTX* mac) {
    constexpr std::size_t name_size = 16;
    auto key = engine_of(ssl).events.find_ticket_key(std::as_bytes(std::span(name, name_size)));
    if (!key) return unknown;
    const bool set =
        EVP_DecryptInit_ex2(ctx, cipher(), octets(key->encryption), iv, nullptr) == 1 && set_mac(mac, *key);
    if (!set) return broken;
    // TLS 1.3: each ticket is used once, so there is always a new one. TLS 1.2: not every library has that.
    return SSL_version(ssl) == TLS1_3_VERSION ? renew : good;
}

int on_ticket(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* ctx, EVP_MAC_CTX* mac, int encrypting) {
    if (cipher() == nullptr) return broken;
    return encrypting != 0 ? encrypt(engine_of(ssl), name, iv, ctx, mac) : decrypt(ssl, name, iv, ctx, mac);
}

}  // namespace

bool install_tickets(SSL_CTX* ctx) noexcept { return SSL_CTX_set_tlsext_ticket_key_evp_cb(ctx, on_ticket) == 1; }

}  // namespace tlseam::seam
