// SPDX-License-Identifier: Apache-2.0
// What this library is, and what a connection agreed on.
#include <optional>

#include "backends/wolfssl/native.hpp"
#include "core/signature_algorithm.hpp"
// wolfSSL's numbers for algorithms, behind its options.
#include <wolfssl/openssl/evp.h>

namespace tlseam::seam {
namespace {

std::optional<signature_hash> hash_of(int nid) noexcept {
    switch (nid) {
        case WC_NID_sha256: return signature_hash::sha256;
        case WC_NID_sha384: return signature_hash::sha384;
        case WC_NID_sha512: return signature_hash::sha512;
        default: return std::nullopt;
    }
}

std::optional<signature_scheme> scheme_of(int nid) noexcept {
    switch (nid) {
        case WC_NID_rsaEncryption: return signature_scheme::rsa_pkcs1;
        case WC_NID_rsassaPss: return signature_scheme::rsa_pss;
        case WC_NID_X9_62_id_ecPublicKey: return signature_scheme::ecdsa;
        case WC_NID_ED25519: return signature_scheme::ed25519;
        default: return std::nullopt;
    }
}

/// By its parts, there is no name of the whole. Keys that are for PSS alone are not told apart from others.
std::uint16_t peer_scheme(WOLFSSL* ssl) noexcept {
    int hash = 0, type = 0;
    if (wolfSSL_get_peer_signature_nid(ssl, &hash) != WOLFSSL_SUCCESS ||
        wolfSSL_get_peer_signature_type_nid(ssl, &type) != WOLFSSL_SUCCESS) {
        return 0;
    }
    return scheme_number(scheme_of(type), hash_of(hash));
}

}  // namespace

std::string_view backend_name() noexcept { return "wolfssl"; }

std::string backend_version() { return wolfSSL_lib_version(); }

bool backend_supports(feature f) noexcept {
    switch (f) {
        case feature::group_x25519mlkem768: return has_for_sure(0x11ec);
        case feature::alpn_any_bytes: return false;         // its lists are text, parted by commas
        case feature::certificate_alerts: return false;     // see on_certificate() in verify.cpp
        case feature::key_update_unanswered: return false;  // wolfSSL_update_keys() always asks
        case feature::exporter_empty_context: return true;
        case feature::signature_choice: return false;  // see narrow_schemes() in engine.cpp
        case feature::post_handshake_auth: return has_post_handshake_auth();
        case feature::post_handshake_auth_unrestricted: return false;  // post_handshake_auth.cpp
    }
    return false;
}

bool backend_has_cipher_suite(std::uint16_t suite) { return has_suite(suite); }
bool backend_has_group(std::uint16_t group) { return has_group(group); }
bool backend_has_signature_scheme(std::uint16_t scheme) { return scheme_word(scheme) != nullptr; }

negotiated describe(native_engine& engine) {
    WOLFSSL* ssl = engine.ssl.get();
    negotiated out;
    out.version = static_cast<protocol_version>(wolfSSL_version(ssl));
    out.cipher_suite = static_cast<std::uint16_t>(wolfSSL_get_current_cipher_suite(ssl));
    out.resumed = wolfSSL_session_reused(ssl) == 1;
    if (const char* curve = wolfSSL_get_curve_name(ssl)) out.group = group_number(curve);
    char* alpn = nullptr;
    unsigned short alpn_size = 0;
    if (wolfSSL_ALPN_GetProtocol(ssl, &alpn, &alpn_size) == WOLFSSL_SUCCESS) out.alpn.assign(alpn, alpn_size);
    if (engine.context->role == role::server) {
        void* name = nullptr;
        const unsigned short size = wolfSSL_SNI_GetRequest(ssl, WOLFSSL_SNI_HOST_NAME, &name);
        if (name != nullptr) out.server_name.assign(static_cast<const char*>(name), size);
    }
    out.peer_chain = std::exchange(engine.peer_chain, {});
    if (!out.resumed && !out.peer_chain.empty()) out.peer_scheme = peer_scheme(ssl);
    // wolfSSL does not tell. A client's core has seen the server take the key, and nothing else could have
    // authenticated that.
    const bool used = engine.context->role == role::server ? engine.psk_used : out.peer_chain.empty();
    out.psk = engine.psk && used && out.version == protocol_version::tls1_3;
    return out;
}

}  // namespace tlseam::seam
