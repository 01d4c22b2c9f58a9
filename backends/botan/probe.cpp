// SPDX-License-Identifier: Apache-2.0
// Compiles and links when this Botan was built with what the backend needs. scripts/recipes/botan has the modules.
#include <botan/build.h>
#include <botan/version.h>

#if BOTAN_VERSION_CODE < BOTAN_VERSION_CODE_FOR(3, 11, 0)
#error "older than Botan 3.11"
#endif
#ifndef BOTAN_HAS_TLS_12
#error "without the module tls12"
#endif
#ifndef BOTAN_HAS_TLS_13
#error "without the module tls13"
#endif
#ifndef BOTAN_HAS_X509_CERTIFICATES
#error "without the module x509"
#endif
#ifndef BOTAN_HAS_AUTO_SEEDING_RNG
#error "without the module auto_rng"
#endif
#ifndef BOTAN_HAS_SYSTEM_RNG
#error "without the module system_rng"
#endif
#ifndef BOTAN_HAS_AEAD_GCM
#error "without the module gcm"
#endif
#ifndef BOTAN_HAS_AEAD_CHACHA20_POLY1305
#error "without the module chacha20poly1305"
#endif
#ifndef BOTAN_HAS_RSA
#error "without the module rsa"
#endif
#if !defined(BOTAN_HAS_ECDSA) || !defined(BOTAN_HAS_ECDH)
#error "without the modules ecdsa and ecdh"
#endif
#ifndef BOTAN_HAS_ED25519
#error "without the module ed25519"
#endif
#ifndef BOTAN_HAS_X25519
#error "without the module x25519"
#endif
#ifndef BOTAN_HAS_PCURVES
#error "without the modules pcurves_*: elliptic curves would be slow"
#endif

int main() { return Botan::version_major() == 3 ? 0 : 1; }
