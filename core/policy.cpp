// SPDX-License-Identifier: Apache-2.0
#include "core/policy.hpp"

namespace tlseam::seam::policy {

bool needs_psk(std::uint16_t suite) noexcept {
    return std::ranges::find(psk_cipher_suites, suite) != psk_cipher_suites.end();
}

bool needs_tls1_3(std::uint16_t group) noexcept { return group == 0x11ec; }

std::vector<std::uint16_t> key_shares(std::span<const std::uint16_t> offered) {
    std::vector<std::uint16_t> out;
    for (const std::uint16_t group : offered) {
        if (out.empty() || !needs_tls1_3(group)) out.push_back(group);
        if (!needs_tls1_3(group)) break;
    }
    return out;
}

std::size_t key_share_size(std::uint16_t group, role sender) noexcept {
    switch (group) {
        case 0x0017: return 65;  // uncompressed points: 4, x, y
        case 0x0018: return 97;
        case 0x0019: return 133;
        case 0x001d: return 32;
        case 0x001e: return 56;
        case 0x11ec: return sender == role::client ? 1184 + 32 : 1088 + 32;  // ML-KEM's key or ciphertext, and X25519
        default: return 0;
    }
}

std::string_view cipher_suite_name(std::uint16_t suite) noexcept {
    switch (suite) {
        case 0x1301: return "TLS_AES_128_GCM_SHA256";
        case 0x1302: return "TLS_AES_256_GCM_SHA384";
        case 0x1303: return "TLS_CHACHA20_POLY1305_SHA256";
        case 0xc02b: return "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
        case 0xc02c: return "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384";
        case 0xc02f: return "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
        case 0xc030: return "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";
        case 0xcca8: return "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256";
        case 0xcca9: return "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256";
        case 0xccac: return "TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256";
        case 0xd001: return "TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256";
        case 0xd002: return "TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384";
        default: return "unknown";
    }
}

std::string_view group_name(std::uint16_t group) noexcept {
    switch (group) {
        case 0x0017: return "secp256r1";
        case 0x0018: return "secp384r1";
        case 0x0019: return "secp521r1";
        case 0x001d: return "x25519";
        case 0x001e: return "x448";
        case 0x11ec: return "X25519MLKEM768";
        default: return "unknown";
    }
}

std::string_view signature_scheme_name(std::uint16_t scheme) noexcept {
    switch (scheme) {
        case 0x0401: return "rsa_pkcs1_sha256";
        case 0x0501: return "rsa_pkcs1_sha384";
        case 0x0601: return "rsa_pkcs1_sha512";
        case 0x0403: return "ecdsa_secp256r1_sha256";
        case 0x0503: return "ecdsa_secp384r1_sha384";
        case 0x0603: return "ecdsa_secp521r1_sha512";
        case 0x0804: return "rsa_pss_rsae_sha256";
        case 0x0805: return "rsa_pss_rsae_sha384";
        case 0x0806: return "rsa_pss_rsae_sha512";
        case 0x0807: return "ed25519";
        default: return "unknown";
    }
}

}  // namespace tlseam::seam::policy
