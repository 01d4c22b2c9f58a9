// SPDX-License-Identifier: Apache-2.0
// Certificates and keys, from memory.
#include <botan/cipher_mode.h>
#include <botan/pkcs8.h>

#include <algorithm>
#include <string>

#include "backends/botan/native.hpp"
#include "core/fail.hpp"
#include "core/sealed_key.hpp"

namespace tlseam::seam {
namespace {

result<std::shared_ptr<Botan::Private_Key>> load_key(der_bytes der) {
    try {
        return Botan::PKCS8::load_key(octets(der));
    } catch (...) {
        return fail_botan(errc::malformed_key);
    }
}

bool belong_together(const Botan::Public_Key& in_certificate, const Botan::Private_Key& key) {
    return in_certificate.algo_name() == key.algo_name() &&
           in_certificate.public_key_bits() == key.public_key()->public_key_bits();
}

}  // namespace

result<std::shared_ptr<const native_credentials>> load_credentials(std::span<const der_bytes> chain,
                                                                   der_bytes private_key) noexcept {
    return guarded([&]() -> result<std::shared_ptr<const native_credentials>> {
        auto out = std::make_shared<native_credentials>();
        std::unique_ptr<Botan::Public_Key> leaf_key;
        try {
            for (const der_bytes der : chain) out->chain.push_back(parse_certificate(der));
            leaf_key = out->chain.front().subject_public_key();
        } catch (...) {
            return fail_botan(errc::malformed_certificate);
        }
        auto key = load_key(private_key);
        if (!key) return std::unexpected(key.error());
        out->key = std::move(*key);
        if (!belong_together(*leaf_key, *out->key)) return fail_native(errc::key_mismatch, 0, "");
        return out;
    });
}

result<void> decrypt_key(const sealed_key& sealed, std::string_view passphrase, std::span<std::byte> out) noexcept {
    try {
        Botan::secure_vector<std::uint8_t> key(sealed.key_size);
        if (auto derived = derive_key(sealed, passphrase, std::as_writable_bytes(std::span(key))); !derived) {
            return derived;
        }
        const auto cipher = Botan::Cipher_Mode::create_or_throw(
            "AES-" + std::to_string(sealed.key_size * 8) + "/CBC/NoPadding", Botan::Cipher_Dir::Decryption);
        cipher->set_key(key);
        cipher->start(octets(sealed.iv));
        const auto ciphertext = octets(sealed.ciphertext);
        Botan::secure_vector<std::uint8_t> text(ciphertext.begin(), ciphertext.end());
        cipher->finish(text);
        std::ranges::copy(std::as_bytes(std::span(text)).first(out.size()), out.begin());
        return {};
    } catch (...) {
        return fail_botan(errc::internal);
    }
}

}  // namespace tlseam::seam
