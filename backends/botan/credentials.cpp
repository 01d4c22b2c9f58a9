// SPDX-License-Identifier: Apache-2.0
// Certificates and keys, from memory.
#include <botan/asn1_obj.h>
#include <botan/ber_dec.h>
#include <botan/cipher_mode.h>
#include <botan/pk_algs.h>
#include <botan/pkcs8.h>

#include "backends/botan/native.hpp"
#include "core/fail.hpp"

namespace tlseam::seam {
namespace {

Botan::X509_Certificate parse_certificate(der_bytes der) { return {octets(der).data(), der.size()}; }

/// Botan gives one exception for whatever is wrong with an encrypted key. An algorithm that is not there, or bytes that
/// are no such structure, are other failures than a passphrase that does not fit: looked at before.
result<void> check_encryption(der_bytes sealed) {
    Botan::AlgorithmIdentifier scheme, derivation, cipher;
    try {
        std::vector<std::uint8_t> content;
        Botan::BER_Decoder(octets(sealed))
            .start_sequence()
            .decode(scheme)
            .decode(content, Botan::ASN1_Type::OctetString)
            .end_cons()
            .verify_end();
        if (scheme.oid() != Botan::OID::from_string("PBE-PKCS5v20")) {
            return fail_native(errc::unsupported_key, 0, "not PBES2");
        }
        Botan::BER_Decoder(scheme.parameters())
            .start_sequence()
            .decode(derivation)
            .decode(cipher)
            .end_cons()
            .verify_end();
    } catch (...) {
        return fail_botan(errc::malformed_key);
    }
    const auto cipher_name = cipher.oid().human_name_or_empty();
    const bool known_derivation = derivation.oid() == Botan::OID::from_string("PKCS5.PBKDF2") ||
                                  derivation.oid() == Botan::OID::from_string("Scrypt");
    if (!known_derivation || !Botan::Cipher_Mode::create(cipher_name, Botan::Cipher_Dir::Decryption)) {
        return fail_native(errc::unsupported_key, 0, "an algorithm of PBES2 is not there");
    }
    return {};
}

result<std::shared_ptr<Botan::Private_Key>> load_key(der_bytes der, std::optional<std::string_view> passphrase) {
    if (passphrase) {
        if (auto known = check_encryption(der); !known) return std::unexpected(known.error());
    }
    try {
        if (passphrase) return Botan::PKCS8::load_key(octets(der), *passphrase);
        return Botan::PKCS8::load_key(octets(der));
    } catch (const Botan::PKCS8_Exception&) {
        return fail_botan(errc::unsupported_key);  // the algorithm's OID
    } catch (...) {
        return fail_botan(passphrase ? errc::wrong_passphrase : errc::malformed_key);
    }
}

bool belong_together(const Botan::Public_Key& in_certificate, const Botan::Private_Key& key) {
    return in_certificate.algo_name() == key.algo_name() &&
           in_certificate.public_key_bits() == key.public_key()->public_key_bits();
}

}  // namespace

result<std::shared_ptr<const native_credentials>> load_credentials(
    std::span<const der_bytes> chain, der_bytes private_key, std::optional<std::string_view> passphrase) noexcept {
    return guarded([&]() -> result<std::shared_ptr<const native_credentials>> {
        auto out = std::make_shared<native_credentials>();
        std::unique_ptr<Botan::Public_Key> leaf_key;
        try {
            for (const der_bytes der : chain) out->chain.push_back(parse_certificate(der));
            leaf_key = out->chain.front().subject_public_key();
        } catch (...) {
            return fail_botan(errc::malformed_certificate);
        }
        auto key = load_key(private_key, passphrase);
        if (!key) return std::unexpected(key.error());
        out->key = std::move(*key);
        if (!belong_together(*leaf_key, *out->key)) return fail_native(errc::key_mismatch, 0, "");
        return out;
    });
}

}  // namespace tlseam::seam
