// SPDX-License-Identifier: Apache-2.0
// Everything that depends on how wolfSSL was built: asked of the library, or of the options it was built with.
#include <algorithm>
#include <array>

#include "backends/wolfssl/native.hpp"
#include "core/policy.hpp"

namespace tlseam::seam {
namespace {

struct group_word {
    std::uint16_t number;
    std::string_view curve_name;  // as wolfSSL_get_curve_name() gives it
};
constexpr std::array<group_word, 6> group_words = {{
    {0x0017, "SECP256R1"},
    {0x0018, "SECP384R1"},
    {0x0019, "SECP521R1"},
    {0x001d, "X25519"},
    {0x001e, "X448"},
    {0x11ec, "X25519MLKEM768"},
}};

/// A bit for each, and one more that says that they were asked for; 0: there was no memory to ask with.
unsigned ask_for_groups() noexcept {
    unsigned known = 1U << group_words.size();
    for (std::size_t i = 0; i < group_words.size(); ++i) {
        const wolf_ctx ctx = scratch_context();
        if (!ctx) return 0;
        int wanted = group_words[i].number;
        const int done = wolfSSL_CTX_set_groups(ctx.get(), &wanted, 1);
        clear_errors();
        if (done == MEMORY_E) return 0;
        if (done == WOLFSSL_SUCCESS) known |= 1U << i;
    }
    return known;
}

}  // namespace

// Both: without the Finished message nothing says when an answer was verified.
#if defined(WOLFSSL_POST_HANDSHAKE_AUTH) && defined(WOLFSSL_HAVE_TLS_UNIQUE)
bool has_post_handshake_auth() noexcept { return true; }
bool allow_late_requests(WOLFSSL* ssl) noexcept { return wolfSSL_allow_post_handshake_auth(ssl) == 0; }
int send_late_request(WOLFSSL* ssl) noexcept { return wolfSSL_request_certificate(ssl); }
std::size_t peer_finished(const WOLFSSL* ssl, std::span<std::byte> out) noexcept {
    return std::min(out.size(), wolfSSL_get_peer_finished(ssl, out.data(), out.size()));
}
#else
bool has_post_handshake_auth() noexcept { return false; }
bool allow_late_requests(WOLFSSL*) noexcept { return false; }
int send_late_request(WOLFSSL*) noexcept { return NOT_COMPILED_IN; }
std::size_t peer_finished(const WOLFSSL*, std::span<std::byte>) noexcept { return 0; }
#endif

#ifdef HAVE_ECH
/// A hello with an ECH extension of random size.
void turn_off_extras(WOLFSSL_CTX* ctx) noexcept { wolfSSL_CTX_SetEchEnable(ctx, 0); }
#else
void turn_off_extras(WOLFSSL_CTX*) noexcept {}
#endif

bool has_suite(std::uint16_t suite) noexcept {
    const std::string_view name = policy::cipher_suite_name(suite);  // literals: they end with a zero
    unsigned char first = 0, second = 0;
    int flags = WOLFSSL_CIPHER_SUITE_FLAG_NONE;
    return wolfSSL_get_cipher_suite_from_name(name.data(), &first, &second, &flags) == 0;
}

bool has_group(std::uint16_t group) {
    static constinit made_once<unsigned> known(0);
    const unsigned bits = known.get(ask_for_groups);
    if (bits == 0) throw std::bad_alloc();
    const auto at = std::ranges::find(group_words, group, &group_word::number);
    return at != group_words.end() && (bits >> (at - group_words.begin()) & 1U) != 0;
}

std::uint16_t group_number(std::string_view curve_name) noexcept {
    const auto at = std::ranges::find(group_words, curve_name, &group_word::curve_name);
    return at != group_words.end() ? at->number : std::uint16_t{0};
}

const char* scheme_word(std::uint16_t scheme) noexcept {
    switch (scheme) {
        case 0x0401: return "RSA+SHA256";
        case 0x0501: return "RSA+SHA384";
        case 0x0601: return "RSA+SHA512";
        case 0x0403: return "ECDSA+SHA256";
        case 0x0503: return "ECDSA+SHA384";
        case 0x0603: return "ECDSA+SHA512";
#ifdef WC_RSA_PSS
        case 0x0804: return "RSA-PSS+SHA256";
        case 0x0805: return "RSA-PSS+SHA384";
        case 0x0806: return "RSA-PSS+SHA512";
#endif
#ifdef HAVE_ED25519
        case 0x0807: return "ED25519";
#endif
        default: return nullptr;
    }
}

}  // namespace tlseam::seam
