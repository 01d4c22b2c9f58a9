// SPDX-License-Identifier: Apache-2.0
// Certificates and keys, from memory.
#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/pkcs12.h>

#include "backends/openssl/native.hpp"
#include "core/fail.hpp"

namespace tlseam::seam {
namespace {

using p8_ptr = std::unique_ptr<PKCS8_PRIV_KEY_INFO, deleter<PKCS8_PRIV_KEY_INFO_free>>;
using sealed_ptr = std::unique_ptr<X509_SIG, deleter<X509_SIG_free>>;

const unsigned char* data(der_bytes bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

p8_ptr parse_plain(der_bytes der) {
    const unsigned char* at = data(der);
    p8_ptr key(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size())));
    if (at != data(der) + der.size()) key.reset();
    return key;
}

result<p8_ptr> open_sealed(der_bytes der, std::string_view passphrase) {
    const unsigned char* at = data(der);
    const sealed_ptr sealed(d2i_X509_SIG(nullptr, &at, static_cast<long>(der.size())));
    if (!sealed || at != data(der) + der.size()) return fail_openssl(errc::malformed_key);
    p8_ptr key(
        PKCS8_decrypt_ex(sealed.get(), passphrase.data(), static_cast<int>(passphrase.size()), library(), nullptr));
    if (key) return key;
    // An algorithm that is not there is another failure than a passphrase that does not fit.
    const unsigned long native = ERR_peek_error();
    const bool unknown = ERR_GET_LIB(native) == ERR_LIB_EVP && (ERR_GET_REASON(native) == EVP_R_UNKNOWN_PBE_ALGORITHM ||
                                                                ERR_GET_REASON(native) == EVP_R_UNSUPPORTED_ALGORITHM ||
                                                                ERR_GET_REASON(native) == EVP_R_UNKNOWN_CIPHER);
    return fail_openssl(unknown ? errc::unsupported_key : errc::wrong_passphrase);
}

result<pkey_ptr> load_key(der_bytes der, std::optional<std::string_view> passphrase) {
    p8_ptr plain;
    if (passphrase) {
        auto opened = open_sealed(der, *passphrase);
        if (!opened) return std::unexpected(opened.error());
        plain = std::move(*opened);
    } else {
        plain = parse_plain(der);
    }
    if (!plain) return fail_openssl(errc::malformed_key);
    pkey_ptr key(EVP_PKCS82PKEY_ex(plain.get(), library(), nullptr));
    if (key) return key;
    // A wrong passphrase can decrypt to something that looks right at first.
    return fail_openssl(passphrase ? errc::wrong_passphrase : errc::malformed_key);
}

}  // namespace

OSSL_LIB_CTX* library() noexcept {
    static OSSL_LIB_CTX* const context = OSSL_LIB_CTX_new();
    return context;
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

result<std::shared_ptr<const native_credentials>> load_credentials(
    std::span<const der_bytes> chain, der_bytes private_key, std::optional<std::string_view> passphrase) noexcept {
    return guarded([&]() -> result<std::shared_ptr<const native_credentials>> {
        clear_errors();
        auto out = std::make_shared<native_credentials>();
        for (const der_bytes der : chain) {
            x509_ptr certificate = parse_certificate(der);
            if (!certificate) return fail_openssl(errc::malformed_certificate);
            out->chain.push_back(std::move(certificate));
        }
        if (X509_get0_pubkey(out->chain.front().get()) == nullptr) return fail_openssl(errc::malformed_certificate);
        auto key = load_key(private_key, passphrase);
        if (!key) return std::unexpected(key.error());
        out->key = std::move(*key);
        if (X509_check_private_key(out->chain.front().get(), out->key.get()) != 1)
            return fail_openssl(errc::key_mismatch);
        return out;
    });
}

}  // namespace tlseam::seam
