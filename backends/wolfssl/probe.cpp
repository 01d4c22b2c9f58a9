// SPDX-License-Identifier: Apache-2.0
// Compiles and links when this wolfSSL was built with what the backend needs, and without what it must not have.
// scripts/recipes/wolfssl has the options of configure.
#include <wolfssl/options.h>

#include <wolfssl/ssl.h>
#include <wolfssl/version.h>

#if LIBWOLFSSL_VERSION_HEX < 0x05008000
#error "older than wolfSSL 5.8"
#endif

// Needed.
#ifndef OPENSSL_EXTRA
#error "without OPENSSL_EXTRA (--enable-opensslextra)"
#endif
#ifndef WOLFSSL_TLS13
#error "without WOLFSSL_TLS13 (--enable-tls13)"
#endif
#ifdef WOLFSSL_NO_TLS12
#error "without TLS 1.2"
#endif
#ifndef HAVE_SNI
#error "without HAVE_SNI (--enable-sni)"
#endif
#ifndef HAVE_ALPN
#error "without HAVE_ALPN (--enable-alpn)"
#endif
#ifndef HAVE_SESSION_TICKET
#error "without HAVE_SESSION_TICKET (--enable-session-ticket)"
#endif
#ifndef HAVE_EXTENDED_MASTER
#error "without HAVE_EXTENDED_MASTER (extended master secret)"
#endif
#ifndef HAVE_SECRET_CALLBACK
#error "without HAVE_SECRET_CALLBACK (CPPFLAGS): no exporter and no key log"
#endif
#ifndef HAVE_KEYING_MATERIAL
#error "without HAVE_KEYING_MATERIAL (--enable-keying-material)"
#endif
#if !defined(HAVE_HKDF) || !defined(WOLFSSL_HAVE_PRF)
#error "without HAVE_HKDF or WOLFSSL_HAVE_PRF: no exporter"
#endif
#ifndef HAVE_EXT_CACHE
#error "without HAVE_EXT_CACHE (CPPFLAGS)"
#endif
#if !defined(HAVE_SECRET_CALLBACK) || !defined(HAVE_HKDF)
#error "without HAVE_SECRET_CALLBACK (CPPFLAGS) or HAVE_HKDF: a client could not see what the server asks for"
#endif
#ifndef KEEP_PEER_CERT
#error "without KEEP_PEER_CERT (CPPFLAGS)"
#endif
#ifndef WOLFSSL_ALWAYS_VERIFY_CB
#error "without WOLFSSL_ALWAYS_VERIFY_CB (CPPFLAGS): good certificates would not be seen"
#endif
#ifndef WOLFSSL_VERIFY_CB_ALL_CERTS
#error "without WOLFSSL_VERIFY_CB_ALL_CERTS (CPPFLAGS): only one certificate would be seen"
#endif
#ifndef WOLFSSL_EXTRA_ALERTS
#error "without WOLFSSL_EXTRA_ALERTS (CPPFLAGS)"
#endif
#ifndef WOLFSSL_ALT_CERT_CHAINS
#error "without WOLFSSL_ALT_CERT_CHAINS (--enable-altcertchains)"
#endif
#ifndef HAVE_CERTIFICATE_STATUS_REQUEST
#error "without HAVE_CERTIFICATE_STATUS_REQUEST (--enable-ocspstapling)"
#endif
#ifndef WOLFSSL_NO_OCSP_DATE_CHECK
#error "without WOLFSSL_NO_OCSP_DATE_CHECK (CPPFLAGS): OCSP responses would be held against the system's clock"
#endif
#ifndef HAVE_AESGCM
#error "without HAVE_AESGCM"
#endif
#if !defined(HAVE_CHACHA) || !defined(HAVE_POLY1305)
#error "without ChaCha20-Poly1305"
#endif
#ifndef HAVE_ECC
#error "without HAVE_ECC"
#endif
#ifndef WC_RSA_PSS
#error "without WC_RSA_PSS (--enable-rsapss)"
#endif
#ifndef HAVE_CURVE25519
#error "without HAVE_CURVE25519 (--enable-curve25519)"
#endif
#ifndef HAVE_ED25519
#error "without HAVE_ED25519 (--enable-ed25519)"
#endif

// Must not be.
#if defined(WOLFSSL_SSLKEYLOGFILE) || defined(SHOW_SECRETS)
#error "with --enable-keylog-export: it writes the secrets of every connection to a file"
#endif
#ifdef SESSION_CERTS
#error "with SESSION_CERTS (--enable-sessioncerts): every session would hold a chain"
#endif
#ifdef OPENSSL_COMPATIBLE_DEFAULTS
#error "with OPENSSL_COMPATIBLE_DEFAULTS: verification would be off by default"
#endif
#ifdef OPENSSL_ALL
#error "with OPENSSL_ALL (--enable-opensslall, --enable-distro): the API behaves differently"
#endif
#ifdef HAVE_SECURE_RENEGOTIATION
#error "with HAVE_SECURE_RENEGOTIATION (--enable-secure-renegotiation)"
#endif

int main() { return wolfSSL_Init() == WOLFSSL_SUCCESS ? 0 : 1; }
