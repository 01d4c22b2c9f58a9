// SPDX-License-Identifier: Apache-2.0
// Private keys that only the program can use, through wolfSSL's callbacks for signing. A context has them for all its
// connections or for none: where a client has keys of both sorts, those that are here sign here.
#include "backends/wolfssl/native.hpp"
// wolfSSL's headers only behind its options.
#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/ed25519.h>
#include <wolfssl/wolfcrypt/hash.h>
#include <wolfssl/wolfcrypt/random.h>
#include <wolfssl/wolfcrypt/rsa.h>

#include <cstring>

#include "core/external_key.hpp"
#include "core/fail.hpp"

namespace tlseam::seam {
namespace {

using octet = unsigned char;

std::span<const std::byte> bytes_of(const octet* data, word32 size) { return std::as_bytes(std::span(data, size)); }

const external_key* external_of(void* context) noexcept {
    const auto* shown = static_cast<native_engine*>(context)->shown;
    return shown != nullptr ? shown->external.get() : nullptr;
}

int sign_by(const external_key& key, std::uint16_t scheme, std::span<const std::byte> input, octet* out,
            word32* out_size) noexcept {
    const auto made = key.sign(scheme, input);
    if (!made || made->size() > *out_size) return BAD_STATE_E;
    std::memcpy(out, made->data(), made->size());
    *out_size = static_cast<word32>(made->size());
    return 0;
}

/// The scheme of a family for a digest: wolfSSL tells the hash by its size.
std::uint16_t scheme_for(std::uint16_t sha256, std::uint16_t sha384, std::uint16_t sha512, word32 digest) noexcept {
    return digest == 32 ? sha256 : digest == 48 ? sha384 : sha512;
}

// ---- keys that are here ----

class generator {
public:
    generator() noexcept : ready_(wc_InitRng(&rng_) == 0) {}
    ~generator() {
        if (ready_) wc_FreeRng(&rng_);
    }
    generator(const generator&) = delete;
    generator& operator=(const generator&) = delete;
    [[nodiscard]] WC_RNG* get() noexcept { return ready_ ? &rng_ : nullptr; }

private:
    WC_RNG rng_ = {};
    bool ready_;
};

class rsa_key {
public:
    rsa_key(const octet* der, word32 size) noexcept {
        word32 at = 0;
        code_ = wc_InitRsaKey(&key_, nullptr);
        if (code_ == 0) code_ = wc_RsaPrivateKeyDecode(der, &at, &key_, size);
    }
    ~rsa_key() { wc_FreeRsaKey(&key_); }
    rsa_key(const rsa_key&) = delete;
    rsa_key& operator=(const rsa_key&) = delete;
    [[nodiscard]] int code() const noexcept { return code_; }
    [[nodiscard]] RsaKey* get() noexcept { return &key_; }

private:
    RsaKey key_ = {};
    int code_;
};

int signed_size(int code, word32* out_size) noexcept {
    if (code > 0) *out_size = static_cast<word32>(code);
    return code > 0 ? 0 : code;
}

int sign_ecdsa_here(const octet* in, word32 in_size, octet* out, word32* out_size, const octet* der, word32 size) {
    generator rng;
    ecc_key key;
    if (rng.get() == nullptr || wc_ecc_init(&key) != 0) return MEMORY_E;
    word32 at = 0;
    int code = wc_EccPrivateKeyDecode(der, &at, &key, size);
#ifdef ECC_TIMING_RESISTANT
    if (code == 0) code = wc_ecc_set_rng(&key, rng.get());
#endif
    if (code == 0) code = wc_ecc_sign_hash(in, in_size, out, out_size, rng.get(), &key);
    wc_ecc_free(&key);
    return code;
}

int sign_ed25519_here(const octet* in, word32 in_size, octet* out, word32* out_size, const octet* der, word32 size) {
    ed25519_key key;
    if (wc_ed25519_init(&key) != 0) return MEMORY_E;
    word32 at = 0;
    octet known[ED25519_PUB_KEY_SIZE];
    int code = wc_Ed25519PrivateKeyDecode(der, &at, &key, size);
    if (code == 0) code = wc_ed25519_make_public(&key, known, sizeof(known));
    if (code == 0) code = wc_ed25519_import_public(known, sizeof(known), &key);
    if (code == 0) code = wc_ed25519_sign_msg(in, in_size, out, out_size, &key);
    wc_ed25519_free(&key);
    return code;
}

template <class Sign>
int sign_rsa_here(const octet* der, word32 size, word32* out_size, Sign&& sign) {
    generator rng;
    rsa_key key(der, size);
    if (rng.get() == nullptr || key.code() != 0) return BAD_STATE_E;
    wc_RsaSetRNG(key.get(), rng.get());
    return signed_size(sign(key.get(), rng.get()), out_size);
}

// ---- callbacks ----

int sign_ecdsa(WOLFSSL*, const octet* in, word32 in_size, octet* out, word32* out_size, const octet* der, word32 size,
               void* context) {
    const auto* external = external_of(context);
    if (external == nullptr) return sign_ecdsa_here(in, in_size, out, out_size, der, size);
    const std::uint16_t scheme = scheme_for(0x0403, 0x0503, 0x0603, in_size);
    return sign_by(*external, scheme, bytes_of(in, in_size), out, out_size);
}

int sign_ed25519(WOLFSSL*, const octet* in, word32 in_size, octet* out, word32* out_size, const octet* der, word32 size,
                 void* context) {
    const auto* external = external_of(context);
    if (external == nullptr) return sign_ed25519_here(in, in_size, out, out_size, der, size);
    return sign_by(*external, 0x0807, bytes_of(in, in_size), out, out_size);
}

/// in is a DigestInfo (RFC 8017 9.2).
int sign_pkcs1(WOLFSSL*, const octet* in, word32 in_size, octet* out, word32* out_size, const octet* der, word32 size,
               void* context) {
    const auto* external = external_of(context);
    if (external == nullptr) {
        return sign_rsa_here(der, size, out_size, [&](RsaKey* key, WC_RNG* rng) {
            return wc_RsaSSL_Sign(in, in_size, out, *out_size, key, rng);
        });
    }
    constexpr word32 in_front_of_digest = 19;
    if (in_size <= in_front_of_digest) return BAD_STATE_E;
    const auto digest = bytes_of(in, in_size).subspan(in_front_of_digest);
    const std::uint16_t scheme = scheme_for(0x0401, 0x0501, 0x0601, static_cast<word32>(digest.size()));
    return sign_by(*external, scheme, digest, out, out_size);
}

int sign_pss(WOLFSSL*, const octet* in, word32 in_size, octet* out, word32* out_size, int hash, int mgf,
             const octet* der, word32 size, void* context) {
    const auto* external = external_of(context);
    if (external == nullptr) {
        return sign_rsa_here(der, size, out_size, [&](RsaKey* key, WC_RNG* rng) {
            return wc_RsaPSS_Sign(in, in_size, out, *out_size, wc_OidGetHash(hash), mgf, key, rng);
        });
    }
    const std::uint16_t scheme = scheme_for(0x0804, 0x0805, 0x0806, in_size);
    return sign_by(*external, scheme, bytes_of(in, in_size), out, out_size);
}

// wolfSSL looks at RSA signatures again, lest a faulty one give the key away. An external key has that care itself, and
// what it signs wrongly is noticed by the peer, as with the other kinds of keys.

int check_pkcs1(WOLFSSL*, octet* signature, word32 signature_size, octet** out, const octet* der, word32 size,
                void* context) {
    if (external_of(context) != nullptr) return 0;
    rsa_key key(der, size);
    return key.code() != 0 ? key.code() : wc_RsaSSL_VerifyInline(signature, signature_size, out, key.get());
}

int check_pss(WOLFSSL*, octet* signature, word32 signature_size, octet** out, int hash, int mgf, const octet* der,
              word32 size, void* context) {
    if (external_of(context) != nullptr) return 0;
    rsa_key key(der, size);
    if (key.code() != 0) return key.code();
    return wc_RsaPSS_VerifyInline(signature, signature_size, out, wc_OidGetHash(hash), mgf, key.get());
}

}  // namespace

void install_external_keys(WOLFSSL_CTX* ctx) noexcept {
    wolfSSL_CTX_SetEccSignCb(ctx, sign_ecdsa);
    wolfSSL_CTX_SetEd25519SignCb(ctx, sign_ed25519);
    wolfSSL_CTX_SetRsaSignCb(ctx, sign_pkcs1);
    wolfSSL_CTX_SetRsaPssSignCb(ctx, sign_pss);
    wolfSSL_CTX_SetRsaSignCheckCb(ctx, check_pkcs1);
    wolfSSL_CTX_SetRsaPssSignCheckCb(ctx, check_pss);
}

void use_external_keys(native_engine& engine) noexcept {
    WOLFSSL* ssl = engine.ssl.get();
    wolfSSL_SetEccSignCtx(ssl, &engine);
    wolfSSL_SetEd25519SignCtx(ssl, &engine);
    wolfSSL_SetRsaSignCtx(ssl, &engine);
    wolfSSL_SetRsaPssSignCtx(ssl, &engine);
}

/// In the place of the private key stands the certificate's public one: with the callbacks, wolfSSL takes that.
result<std::shared_ptr<const native_credentials>> load_external_credentials(
    std::span<const der_bytes> chain, std::shared_ptr<const external_key> signer) noexcept {
    return guarded([&]() -> result<std::shared_ptr<const native_credentials>> {
        const wolf_ctx ctx = scratch_context();
        if (!ctx) return std::unexpected(error(errc::out_of_memory));
        install_external_keys(ctx.get());
        auto out = std::make_shared<native_credentials>();
        if (auto taken = take_chain(*out, chain); !taken) return std::unexpected(taken.error());
        const auto known = parse_x509(chain.front())->spki;  // it could be read
        out->key = secret_bytes(std::vector<std::byte>(known.begin(), known.end()));
        out->external = std::move(signer);
        if (!use_credentials(ctx.get(), *out)) return fail_wolfssl(errc::malformed_certificate, 0);
        clear_errors();
        return out;
    });
}

}  // namespace tlseam::seam
