// SPDX-License-Identifier: Apache-2.0
// What this library is, and what a connection agreed on.
#include <openssl/crypto.h>
#include <openssl/obj_mac.h>

#include <optional>

#include "backends/openssl/native.hpp"
#include "core/signature_algorithm.hpp"

namespace tlseam::seam {
namespace {

std::uint16_t group_number(SSL* ssl) noexcept {
    const long group = SSL_get_negotiated_group(ssl);
    switch (group) {
        case NID_X9_62_prime256v1: return 0x0017;
        case NID_secp384r1: return 0x0018;
        case NID_secp521r1: return 0x0019;
        case NID_X25519: return 0x001d;
        case NID_X448: return 0x001e;
        default: break;
    }
    constexpr long iana_number = 0x01000000;  // what has no NID comes as its number with this bit
    return (group & iana_number) != 0 ? static_cast<std::uint16_t>(group) : std::uint16_t{0};
}

void add_certificate(std::vector<std::vector<std::byte>>& out, const X509* certificate) {
    const int size = i2d_X509(certificate, nullptr);
    if (size <= 0) return;
    auto& der = out.emplace_back(static_cast<std::size_t>(size));
    auto* at = reinterpret_cast<unsigned char*>(der.data());
    i2d_X509(certificate, &at);
}

std::optional<signature_hash> hash_of(int nid) noexcept {
    switch (nid) {
        case NID_undef: return signature_hash::own;
        case NID_sha256: return signature_hash::sha256;
        case NID_sha384: return signature_hash::sha384;
        case NID_sha512: return signature_hash::sha512;
        default: return std::nullopt;
    }
}

std::optional<signature_scheme> scheme_of(int nid) noexcept {
    switch (nid) {
        case NID_rsaEncryption: return signature_scheme::rsa_pkcs1;
        case NID_rsassaPss: return signature_scheme::rsa_pss;
        case NID_X9_62_id_ecPublicKey: return signature_scheme::ecdsa;
        case NID_ED25519: return signature_scheme::ed25519;
        default: return std::nullopt;
    }
}

/// By its parts: the name of a scheme can be asked for since 3.5 only. OpenSSL takes none that the context does not
/// name, so that keys which are for PSS alone do not matter.
std::uint16_t peer_scheme(SSL* ssl) noexcept {
    int hash = NID_undef, type = NID_undef;
    if (SSL_get_peer_signature_nid(ssl, &hash) != 1 || SSL_get_peer_signature_type_nid(ssl, &type) != 1) return 0;
    return scheme_number(scheme_of(type), hash_of(hash));
}

}  // namespace

std::string_view backend_name() noexcept { return "openssl"; }

std::string backend_version() { return OpenSSL_version(OPENSSL_VERSION_STRING); }

bool backend_supports(feature f) noexcept {
    switch (f) {
        case feature::group_x25519mlkem768: return has_for_sure(0x11ec);
        case feature::alpn_any_bytes:
        case feature::certificate_alerts:
        case feature::key_update_unanswered:
        case feature::exporter_empty_context:
        case feature::signature_choice:
        case feature::post_handshake_auth:
        case feature::post_handshake_auth_unrestricted: return true;
    }
    return false;
}

// What core can ask for is in every OpenSSL since 3.0.
bool backend_has_cipher_suite(std::uint16_t suite) { return is_known_suite(suite); }
bool backend_has_group(std::uint16_t group) { return has_group(group); }
bool backend_has_signature_scheme(std::uint16_t) { return true; }

negotiated describe(native_engine& engine) {
    SSL* ssl = engine.ssl.get();
    negotiated out;
    out.version = static_cast<protocol_version>(SSL_version(ssl));
    if (const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl)) out.cipher_suite = SSL_CIPHER_get_protocol_id(cipher);
    out.resumed = SSL_session_reused(ssl) == 1;
    out.psk = out.resumed && engine.psk;  // there are no other sessions then
    out.group = group_number(ssl);
    if (!out.resumed) out.peer_scheme = peer_scheme(ssl);
    const unsigned char* alpn = nullptr;
    unsigned alpn_size = 0;
    SSL_get0_alpn_selected(ssl, &alpn, &alpn_size);
    out.alpn.assign(reinterpret_cast<const char*>(alpn), alpn_size);
    if (const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name)) out.server_name = name;

    // On a server, OpenSSL's chain leaves out the leaf.
    if (const X509* leaf = SSL_get0_peer_certificate(ssl)) {
        add_certificate(out.peer_chain, leaf);
        STACK_OF(X509)* chain = SSL_get_peer_cert_chain(ssl);
        for (int i = SSL_is_server(ssl) ? 0 : 1; chain != nullptr && i < sk_X509_num(chain); ++i) {
            add_certificate(out.peer_chain, sk_X509_value(chain, i));
        }
    }
    return out;
}

}  // namespace tlseam::seam
