// SPDX-License-Identifier: Apache-2.0
// Certificates and keys, from memory.
#include <algorithm>

#include "backends/wolfssl/native.hpp"
#include "core/fail.hpp"

namespace tlseam::seam {
namespace {

/// The algorithms of an EncryptedPrivateKeyInfo that this build does not have, as opposed to a wrong passphrase.
bool is_unknown_encryption(int code) noexcept {
    return code == ASN_UNKNOWN_OID_E || code == NOT_COMPILED_IN || code == ALGO_ID_E || code == ASN_OBJECT_ID_E ||
           code == HASH_TYPE_E;
}

result<secret_bytes> open_sealed(der_bytes der, std::string_view passphrase) {
    std::vector<std::byte> work(der.begin(), der.end());  // decrypted in place
    const int size = wc_DecryptPKCS8Key(reinterpret_cast<unsigned char*>(work.data()), static_cast<word32>(work.size()),
                                        passphrase.data(), static_cast<int>(passphrase.size()));
    if (size <= 0) {
        wipe(work);
        return fail_wolfssl(is_unknown_encryption(size) ? errc::unsupported_key : errc::wrong_passphrase, size);
    }
    std::vector<std::byte> plain(work.begin(), work.begin() + std::min<std::ptrdiff_t>(size, std::ssize(work)));
    wipe(work);
    return secret_bytes(std::move(plain));
}

bool can_be_parsed(der_bytes der) noexcept { return problem_of(der) != ASN_PARSE_E; }

}  // namespace

bool library_ready() noexcept {
    // Never undone: the order of exit handlers is nobody's to know.
    static const bool ready = wolfSSL_Init() == WOLFSSL_SUCCESS;
    return ready;
}

wolf_ctx scratch_context() noexcept {
    if (!library_ready()) return nullptr;
    wolf_ctx ctx(wolfSSL_CTX_new(wolfSSLv23_client_method()));
    if (ctx) wolfSSL_CTX_set_verify(ctx.get(), WOLFSSL_VERIFY_PEER, nullptr);
    return ctx;
}

result<std::shared_ptr<const native_credentials>> load_credentials(
    std::span<const der_bytes> chain, der_bytes private_key, std::optional<std::string_view> passphrase) noexcept {
    return guarded([&]() -> result<std::shared_ptr<const native_credentials>> {
        const wolf_ctx ctx = scratch_context();
        if (!ctx) return std::unexpected(error(errc::out_of_memory));
        clear_errors();
        auto out = std::make_shared<native_credentials>();
        for (const der_bytes der : chain) {
            if (!can_be_parsed(der)) return fail_wolfssl(errc::malformed_certificate, ASN_PARSE_E);
            out->chain.insert(out->chain.end(), der.begin(), der.end());
        }
        const int chain_taken = wolfSSL_CTX_use_certificate_chain_buffer_format(
            ctx.get(), octets(out->chain), size_of(out->chain), WOLFSSL_FILETYPE_ASN1);
        if (chain_taken != WOLFSSL_SUCCESS) return fail_wolfssl(errc::malformed_certificate, chain_taken);

        if (passphrase) {
            auto opened = open_sealed(private_key, *passphrase);
            if (!opened) return std::unexpected(opened.error());
            out->key = std::move(*opened);
        } else {
            out->key = secret_bytes(std::vector<std::byte>(private_key.begin(), private_key.end()));
        }
        const int key_taken = wolfSSL_CTX_use_PrivateKey_buffer(ctx.get(), octets(out->key.bytes()),
                                                                size_of(out->key.bytes()), WOLFSSL_FILETYPE_ASN1);
        if (key_taken != WOLFSSL_SUCCESS) {
            return fail_wolfssl(passphrase ? errc::wrong_passphrase : errc::malformed_key, key_taken);
        }
        if (wolfSSL_CTX_check_private_key(ctx.get()) != WOLFSSL_SUCCESS) return fail_wolfssl(errc::key_mismatch, 0);
        clear_errors();
        return out;
    });
}

}  // namespace tlseam::seam
