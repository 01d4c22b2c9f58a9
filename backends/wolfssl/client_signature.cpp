// SPDX-License-Identifier: Apache-2.0
// TLS 1.2: what wolfSSL signs a client's CertificateVerify with. It does not look at the certificate when it picks a
// scheme from the server's request, but at the kind of key that the suite is for (PickHashSigAlgo and
// SendCertificateVerify in src/internal.c); a key of the other kind then signs with the hash of that pick, whether the
// server named the two together or not. Core is therefore shown of the server's schemes only those that would come out.
#include <utility>

#include "backends/wolfssl/native.hpp"
#include "core/byte_writer.hpp"
#include "core/first_message.hpp"

namespace tlseam::seam {
namespace {

constexpr std::uint16_t ed25519 = 0x0807;  // always found: wolfSSL looks at the certificate's curve for it

enum class signer : std::uint8_t { none, rsa_pkcs1, rsa_pss, ecdsa };

struct parts {
    signer by = signer::none;
    unsigned hash = 0;  // as TLS 1.2 numbers them: 4 is SHA-256
};

constexpr unsigned with_sha256 = 4, with_sha512 = 6;

parts parts_of(std::uint16_t scheme) {
    if (scheme >= 0x0804 && scheme <= 0x0806) return {signer::rsa_pss, scheme & 0xfU};
    const unsigned hash = scheme >> 8U;
    if (hash < with_sha256 || hash > with_sha512) return {};
    switch (scheme & 0xffU) {
        case 1: return {signer::rsa_pkcs1, hash};
        case 3: return {signer::ecdsa, hash};
        default: return {};
    }
}

/// The shortest hash, of several the last; and no PKCS#1 behind a PSS that was taken.
parts pick(std::span<const std::uint16_t> schemes, bool suite_is_rsa) {
    parts picked;
    for (const std::uint16_t scheme : schemes) {
        const parts next = parts_of(scheme);
        if (next.by == signer::none || (next.by == signer::ecdsa) == suite_is_rsa) continue;
        if (picked.by == signer::rsa_pss && next.by == signer::rsa_pkcs1) continue;
        if (picked.by == signer::none || next.hash <= picked.hash) picked = next;
    }
    return picked;
}

std::uint16_t number_of(parts scheme) {
    switch (scheme.by) {
        case signer::rsa_pkcs1: return static_cast<std::uint16_t>(scheme.hash << 8U | 1U);
        case signer::rsa_pss: return static_cast<std::uint16_t>(0x0800U | scheme.hash);
        case signer::ecdsa: return static_cast<std::uint16_t>(scheme.hash << 8U | 3U);
        case signer::none: break;
    }
    return 0;
}

bool is_for_rsa(int suite) { return suite == 0xc02f || suite == 0xc030 || suite == 0xcca8; }

}  // namespace

der_buffer with_what_signs(WOLFSSL* ssl, der_bytes request) {
    cursor in(request);
    const auto types = in.vector(1), schemes = in.vector(2), authorities = in.vector(2);
    // What is wrong with it is for others to say.
    if (!types || !schemes || !authorities || !in.at_end() || schemes->size() % 2 != 0) {
        return {request.begin(), request.end()};
    }
    auto offered = to_numbers(*schemes);
    const bool suite_is_rsa = is_for_rsa(wolfSSL_get_current_cipher_suite(ssl));
    const parts own = pick(offered, suite_is_rsa);
    const parts other = {suite_is_rsa ? signer::ecdsa : signer::rsa_pkcs1,
                         own.by == signer::none ? with_sha256 : own.hash};
    std::erase_if(offered, [&](std::uint16_t scheme) {
        return scheme != number_of(own) && scheme != number_of(other) && scheme != ed25519;
    });
    byte_writer out;
    out.number(types->size(), 1);
    out.raw(*types);
    out.number(2 * offered.size(), 2);
    for (const std::uint16_t scheme : offered) out.number(scheme, 2);
    out.number(authorities->size(), 2);
    out.raw(*authorities);
    return out.take();
}

int load_client_choice(WOLFSSL* ssl, WOLFSSL_X509**, WOLFSSL_EVP_PKEY**) {
    auto& engine = *static_cast<native_engine*>(wolfSSL_GetIOReadCtx(ssl));
    const native_credentials* const choice = std::exchange(engine.to_load, nullptr);
    engine.out_of_memory = choice != nullptr && !use_credentials(ssl, *choice);
    // 0: goes on. 1: uses the certificate that this returns, which is none here, and so an error. (A negative answer
    // means "not now", which wolfSSL_connect() takes for something else than an error: it never returns.)
    return engine.out_of_memory ? 1 : 0;
}

}  // namespace tlseam::seam
