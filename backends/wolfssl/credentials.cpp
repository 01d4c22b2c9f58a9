// SPDX-License-Identifier: Apache-2.0
// Certificates and keys, from memory.
#include <algorithm>

#include "backends/wolfssl/native.hpp"
// wolfSSL's headers only behind its options.
#include <wolfssl/wolfcrypt/wc_encrypt.h>

#include "core/fail.hpp"
#include "core/sealed_key.hpp"

namespace tlseam::seam {
namespace {

bool can_be_parsed(der_bytes der) noexcept { return problem_of(der) != ASN_PARSE_E; }

}  // namespace

bool library_ready() noexcept {
    // Never undone: the order of exit handlers is nobody's to know.
    static constinit made_once<bool> ready(false);
    return ready.get([] { return wolfSSL_Init() == WOLFSSL_SUCCESS; });
}

wolf_ctx scratch_context() noexcept {
    if (!library_ready()) return nullptr;
    wolf_ctx ctx(wolfSSL_CTX_new(wolfSSLv23_client_method()));
    if (ctx) wolfSSL_CTX_set_verify(ctx.get(), WOLFSSL_VERIFY_PEER, nullptr);
    return ctx;
}

result<void> take_chain(native_credentials& into, std::span<const der_bytes> chain) {
    for (const der_bytes der : chain) {
        if (!can_be_parsed(der)) return fail_wolfssl(errc::malformed_certificate, ASN_PARSE_E);
        into.chain.insert(into.chain.end(), der.begin(), der.end());
    }
    const auto leaf = parse_x509(chain.front());
    if (!leaf) return fail_wolfssl(errc::malformed_certificate, ASN_PARSE_E);
    into.is_ed25519 = leaf->key == key_kind::ed25519;
    return {};
}

result<std::shared_ptr<const native_credentials>> load_credentials(std::span<const der_bytes> chain,
                                                                   der_bytes private_key) noexcept {
    return guarded([&]() -> result<std::shared_ptr<const native_credentials>> {
        const wolf_ctx ctx = scratch_context();
        if (!ctx) return std::unexpected(error(errc::out_of_memory));
        clear_errors();
        auto out = std::make_shared<native_credentials>();
        if (auto taken = take_chain(*out, chain); !taken) return std::unexpected(taken.error());
        const int chain_taken = wolfSSL_CTX_use_certificate_chain_buffer_format(
            ctx.get(), octets(out->chain), size_of(out->chain), WOLFSSL_FILETYPE_ASN1);
        if (chain_taken != WOLFSSL_SUCCESS) return fail_wolfssl(errc::malformed_certificate, chain_taken);

        out->key = secret_bytes(std::vector<std::byte>(private_key.begin(), private_key.end()));
        const int key_taken = wolfSSL_CTX_use_PrivateKey_buffer(ctx.get(), octets(out->key.bytes()),
                                                                size_of(out->key.bytes()), WOLFSSL_FILETYPE_ASN1);
        if (key_taken != WOLFSSL_SUCCESS) return fail_wolfssl(errc::malformed_key, key_taken);
        if (wolfSSL_CTX_check_private_key(ctx.get()) != WOLFSSL_SUCCESS) return fail_wolfssl(errc::key_mismatch, 0);
        clear_errors();
        return out;
    });
}

result<void> decrypt_key(const sealed_key& sealed, std::string_view passphrase, std::span<std::byte> out) noexcept {
    return guarded([&]() -> result<void> {
        if (!library_ready()) return std::unexpected(error(errc::out_of_memory));
        clear_errors();
        std::vector<std::byte> key(sealed.key_size);
        const std::span<std::byte> key_bytes = key;
        const secret_bytes owner(std::move(key));
        if (auto derived = derive_key(sealed, passphrase, key_bytes); !derived) return derived;
        const int code =
            wc_AesCbcDecryptWithKey(reinterpret_cast<unsigned char*>(out.data()), octets(sealed.ciphertext),
                                    static_cast<word32>(sealed.ciphertext.size()), octets(key_bytes),
                                    static_cast<word32>(sealed.key_size), octets(sealed.iv));
        if (code != 0) return fail_wolfssl(errc::internal, code);
        return {};
    });
}

}  // namespace tlseam::seam
