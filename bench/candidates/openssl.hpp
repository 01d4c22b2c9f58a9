// SPDX-License-Identifier: Apache-2.0
// What the ways to use OpenSSL have in common: its own API, and libraries above it that hand out its objects.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <span>
#include <string>

#include "bench/candidate.hpp"

namespace bench {

template <auto Free>
struct openssl_deleter {
    void operator()(auto* p) const { Free(p); }
};
using ctx_ptr = std::shared_ptr<SSL_CTX>;
using ssl_ptr = std::unique_ptr<SSL, openssl_deleter<SSL_free>>;

/// TLS 1.3 with AES-128-GCM and X25519 and nothing else. Ends the program when a handshake of this context ends with
/// anything else all the same: its owner may have its own idea of settings.
void set_openssl_parameters(SSL_CTX* ctx);
[[nodiscard]] ctx_ptr openssl_client_context();
[[nodiscard]] ctx_ptr openssl_server_context();
/// An SSL without a transport, ready to shake hands.
[[nodiscard]] ssl_ptr openssl_client(const ctx_ptr& from);
[[nodiscard]] ssl_ptr openssl_server(const ctx_ptr& from);
/// A handshake and one byte between two memory BIOs.
void openssl_handshake_in_memory(const ctx_ptr& client, const ctx_ptr& server);
/// AES-128-GCM with one key.
void openssl_seal(std::span<std::byte> record);

/// What the library says about its last failure, as an exception.
[[noreturn]] void fail_openssl(const char* what);
inline void check_openssl(long good, const char* what) {
    if (good <= 0) fail_openssl(what);
}

}  // namespace bench
