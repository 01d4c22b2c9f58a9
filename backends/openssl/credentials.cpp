// SPDX-License-Identifier: Apache-2.0
// Certificates and keys, from memory.
#include <openssl/err.h>
#include <openssl/evp.h>

#include "backends/openssl/native.hpp"
#include "core/fail.hpp"
#include "core/sealed_key.hpp"

namespace tlseam::seam {
namespace {

using p8_ptr = std::unique_ptr<PKCS8_PRIV_KEY_INFO, deleter<PKCS8_PRIV_KEY_INFO_free>>;

const unsigned char* data(der_bytes bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

p8_ptr parse_plain(der_bytes der) {
    const unsigned char* at = data(der);
    p8_ptr key(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size())));
    if (at != data(der) + der.size()) key.reset();
    return key;
}

result<pkey_ptr> load_key(der_bytes der) {
    const p8_ptr plain = parse_plain(der);
    if (!plain) return fail_openssl(errc::malformed_key);
    pkey_ptr key(EVP_PKCS82PKEY_ex(plain.get(), library(), nullptr));
    if (!key) return fail_openssl(errc::malformed_key);
    return key;
}

}  // namespace

OSSL_LIB_CTX* library() noexcept {
    static constinit made_once<OSSL_LIB_CTX*> context(nullptr);
    return context.get(OSSL_LIB_CTX_new);
}

x509_ptr parse_certificate(der_bytes der) noexcept {
    x509_ptr out(X509_new_ex(library(), nullptr));
    X509* target = out.get();
    const unsigned char* at = data(der);
    if (target == nullptr) return nullptr;
    if (d2i_X509(&target, &at, static_cast<long>(der.size())) == nullptr) {
        (void)out.release();  // d2i freed it
        return nullptr;
    }
    if (at != data(der) + der.size()) return nullptr;
    return out;
}

result<void> take_chain(native_credentials& into, std::span<const der_bytes> chain) {
    for (const der_bytes der : chain) {
        x509_ptr certificate = parse_certificate(der);
        if (!certificate) return fail_openssl(errc::malformed_certificate);
        into.chain.push_back(std::move(certificate));
    }
    if (X509_get0_pubkey(into.chain.front().get()) == nullptr) return fail_openssl(errc::malformed_certificate);
    return {};
}

result<std::shared_ptr<const native_credentials>> load_credentials(std::span<const der_bytes> chain,
                                                                   der_bytes private_key) noexcept {
    return guarded([&]() -> result<std::shared_ptr<const native_credentials>> {
        clear_errors();
        auto out = std::make_shared<native_credentials>();
        if (auto taken = take_chain(*out, chain); !taken) return std::unexpected(taken.error());
        auto key = load_key(private_key);
        if (!key) return std::unexpected(key.error());
        out->key = std::move(*key);
        if (X509_check_private_key(out->chain.front().get(), out->key.get()) != 1)
            return fail_openssl(errc::key_mismatch);
        return out;
    });
}

result<void> decrypt_key(const sealed_key& sealed, std::string_view passphrase, std::span<std::byte> out) noexcept {
    return guarded([&]() -> result<void> {
        clear_errors();
        std::vector<std::byte> key(sealed.key_size);
        const std::span<std::byte> key_bytes = key;
        const secret_bytes owner(std::move(key));
        if (auto derived = derive_key(sealed, passphrase, key_bytes); !derived) return derived;
        const char* name = sealed.key_size == 16   ? "AES-128-CBC"
                           : sealed.key_size == 24 ? "AES-192-CBC"
                                                   : "AES-256-CBC";
        const std::unique_ptr<EVP_CIPHER, deleter<EVP_CIPHER_free>> cipher(EVP_CIPHER_fetch(library(), name, nullptr));
        const std::unique_ptr<EVP_CIPHER_CTX, deleter<EVP_CIPHER_CTX_free>> ctx(EVP_CIPHER_CTX_new());
        int size = 0;
        const bool good =
            cipher && ctx &&
            EVP_DecryptInit_ex2(ctx.get(), cipher.get(), data(owner.bytes()), data(sealed.iv), nullptr) == 1 &&
            EVP_CIPHER_CTX_set_padding(ctx.get(), 0) == 1 &&
            EVP_DecryptUpdate(ctx.get(), reinterpret_cast<unsigned char*>(out.data()), &size, data(sealed.ciphertext),
                              static_cast<int>(sealed.ciphertext.size())) == 1;
        if (!good || static_cast<std::size_t>(size) != out.size()) return fail_openssl(errc::internal);
        return {};
    });
}

}  // namespace tlseam::seam
