// SPDX-License-Identifier: Apache-2.0
// Hashes, and keys derived with them.
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <algorithm>

#include "backends/openssl/native.hpp"
#include "core/fail.hpp"
#include "core/sealed_key.hpp"

namespace tlseam::seam {
namespace {

const char* hash_name(hash_kind hash) noexcept {
    switch (hash) {
        case hash_kind::sha1: return "SHA1";
        case hash_kind::sha224: return "SHA2-224";
        case hash_kind::sha256: return "SHA2-256";
        case hash_kind::sha384: return "SHA2-384";
        case hash_kind::sha512: return "SHA2-512";
    }
    return "";
}

unsigned char* octets(std::span<std::byte> bytes) noexcept { return reinterpret_cast<unsigned char*>(bytes.data()); }

using md_ptr = std::unique_ptr<EVP_MD, deleter<EVP_MD_free>>;
using md_ctx_ptr = std::unique_ptr<EVP_MD_CTX, deleter<EVP_MD_CTX_free>>;

}  // namespace

result<void> hash_repeatedly(hash_kind hash, std::span<const std::byte> data, std::uint32_t rounds,
                             std::span<std::byte> out) noexcept {
    clear_errors();
    const md_ptr md(EVP_MD_fetch(library(), hash_name(hash), nullptr));
    const md_ctx_ptr ctx(EVP_MD_CTX_new());
    if (!md || !ctx) return fail_openssl(errc::internal);
    for (std::uint32_t round = 0; round < rounds; ++round) {
        const std::span<const std::byte> input = round == 0 ? data : out;
        const bool good = EVP_DigestInit_ex2(ctx.get(), md.get(), nullptr) == 1 &&
                          EVP_DigestUpdate(ctx.get(), input.data(), input.size()) == 1 &&
                          EVP_DigestFinal_ex(ctx.get(), octets(out), nullptr) == 1;
        if (!good) return fail_openssl(errc::internal);
    }
    return {};
}

result<void> hmac(hash_kind hash, std::span<const std::byte> key, std::span<const std::byte> data,
                  std::span<std::byte> out) noexcept {
    clear_errors();
    std::size_t size = 0;
    const std::byte none{};  // no key is a key of no bytes
    const auto* made =
        EVP_Q_mac(library(), "HMAC", nullptr, hash_name(hash), nullptr, key.empty() ? &none : key.data(), key.size(),
                  reinterpret_cast<const unsigned char*>(data.data()), data.size(), octets(out), out.size(), &size);
    if (made == nullptr || size != out.size()) return fail_openssl(errc::internal);
    return {};
}

result<void> derive_key(const sealed_key& sealed, std::string_view passphrase, std::span<std::byte> out) noexcept {
    clear_errors();
    const std::unique_ptr<EVP_KDF, deleter<EVP_KDF_free>> kdf(EVP_KDF_fetch(library(), "PBKDF2", nullptr));
    const std::unique_ptr<EVP_KDF_CTX, deleter<EVP_KDF_CTX_free>> ctx(EVP_KDF_CTX_new(kdf.get()));
    unsigned iterations = sealed.iterations;
    int as_it_is = 1;  // no rules on the salt's length and the like
    // OpenSSL's parameters are not const, and it does not write to these.
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string("digest", const_cast<char*>(hash_name(sealed.hash)), 0),
        OSSL_PARAM_construct_octet_string("pass", const_cast<char*>(passphrase.empty() ? "" : passphrase.data()),
                                          passphrase.size()),
        OSSL_PARAM_construct_octet_string("salt", const_cast<std::byte*>(sealed.salt.data()), sealed.salt.size()),
        OSSL_PARAM_construct_uint("iter", &iterations),
        OSSL_PARAM_construct_int("pkcs5", &as_it_is),
        OSSL_PARAM_construct_end()};
    if (ctx && EVP_KDF_derive(ctx.get(), octets(out), out.size(), parameters) == 1) return {};
    return fail_openssl(errc::internal);
}

result<void> fill_random(std::span<std::byte> out) noexcept {
    clear_errors();
    constexpr unsigned strength = 0;  // the generator's own
    if (RAND_priv_bytes_ex(library(), octets(out), out.size(), strength) == 1) return {};
    return fail_openssl(errc::internal);
}

}  // namespace tlseam::seam
