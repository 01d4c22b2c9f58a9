// SPDX-License-Identifier: Apache-2.0
// Compiles and links when this OpenSSL was built with what the backend needs.
#include <openssl/ssl.h>

#if OPENSSL_VERSION_NUMBER < 0x30000000L
#error "older than OpenSSL 3.0"
#endif
#if defined(OPENSSL_NO_TLS1_2)
#error "without TLS 1.2 (no-tls1_2)"
#endif
#if defined(OPENSSL_NO_TLS1_3)
#error "without TLS 1.3 (no-tls1_3)"
#endif
#if OPENSSL_VERSION_NUMBER >= 0x30500000L && !defined(OPENSSL_NO_SSLKEYLOG)
#error "with SSLKEYLOGFILE (enable-sslkeylog): the environment would get the secrets of every connection"
#endif
#if defined(OPENSSL_NO_EC)
#error "without elliptic curves (no-ec)"
#endif

int main() { SSL_CTX_free(SSL_CTX_new_ex(nullptr, nullptr, TLS_method())); }
