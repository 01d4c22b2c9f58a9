// SPDX-License-Identifier: Apache-2.0
// Hashes, and the signatures of revocation lists. wolfSSL's own reader of those looks at the system's clock before it
// looks at the signature, and has no way to be told another time.
#include "backends/wolfssl/native.hpp"
// wolfSSL's own come after its options, which native.hpp brings.
#include <wolfssl/wolfcrypt/ed25519.h>
#include <wolfssl/wolfcrypt/rsa.h>
#include <wolfssl/wolfcrypt/signature.h>

#include <array>
#include <new>

#include "core/crl.hpp"

namespace tlseam::seam {
namespace {

enum class scheme : std::uint8_t { ecdsa, rsa, rsa_pss, ed25519 };

struct algorithm {
    scheme kind;
    wc_HashType hash = WC_HASH_TYPE_NONE;
};

/// By the OID of an AlgorithmIdentifier (RFC 5758 3.2, RFC 4055, RFC 8410); for RSASSA-PSS, by its hash.
std::optional<algorithm> algorithm_of(der_bytes identifier) {
    const auto text = [](der_bytes bytes) {
        return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    };
    constexpr std::string_view ecdsa = "\x2a\x86\x48\xce\x3d\x04\x03", rsa = "\x2a\x86\x48\x86\xf7\x0d\x01\x01",
                               sha2 = "\x60\x86\x48\x01\x65\x03\x04\x02", ed25519 = "\x2b\x65\x70";
    constexpr char sha256 = 1, sha384 = 2, sha512 = 3;  // below sha2
    const auto fields = der::single(identifier, der::tag::sequence);
    if (!fields) return std::nullopt;
    der::reader in(fields->content);
    const auto oid = in.expect(der::tag::oid);
    if (!oid) return std::nullopt;
    const std::string_view id = text(oid->content);
    if (id == ed25519) return algorithm{scheme::ed25519};
    const char last = id.back();
    if (id.substr(0, id.size() - 1) == ecdsa) {
        if (last == 2) return algorithm{scheme::ecdsa, WC_HASH_TYPE_SHA256};
        if (last == 3) return algorithm{scheme::ecdsa, WC_HASH_TYPE_SHA384};
        if (last == 4) return algorithm{scheme::ecdsa, WC_HASH_TYPE_SHA512};
    }
    if (id.substr(0, id.size() - 1) != rsa) return std::nullopt;
    if (last == 11) return algorithm{scheme::rsa, WC_HASH_TYPE_SHA256};
    if (last == 12) return algorithm{scheme::rsa, WC_HASH_TYPE_SHA384};
    if (last == 13) return algorithm{scheme::rsa, WC_HASH_TYPE_SHA512};
    if (last != 10) return std::nullopt;
    const auto parameters = in.expect(der::tag::sequence);
    if (!parameters) return std::nullopt;
    const auto hash = der::reader(parameters->content).expect(der::tag::context_constructed(0));
    const auto named = hash ? der::single(hash->content, der::tag::sequence) : std::nullopt;
    const auto hash_oid = named ? der::reader(named->content).expect(der::tag::oid) : std::nullopt;
    if (!hash_oid) return std::nullopt;
    const std::string_view hash_id = text(hash_oid->content);
    if (hash_id.substr(0, hash_id.size() - 1) != sha2) return std::nullopt;
    if (hash_id.back() == sha256) return algorithm{scheme::rsa_pss, WC_HASH_TYPE_SHA256};
    if (hash_id.back() == sha384) return algorithm{scheme::rsa_pss, WC_HASH_TYPE_SHA384};
    if (hash_id.back() == sha512) return algorithm{scheme::rsa_pss, WC_HASH_TYPE_SHA512};
    return std::nullopt;
}

word32 size32(der_bytes bytes) { return static_cast<word32>(bytes.size()); }

bool verify_ecdsa(const DecodedCert& signer, wc_HashType hash, der_bytes data, der_bytes signature) {
    ecc_key key;
    word32 at = 0;
    if (wc_ecc_init(&key) != 0) throw std::bad_alloc();
    const bool good = wc_EccPublicKeyDecode(signer.publicKey, &at, &key, signer.pubKeySize) == 0 &&
                      wc_SignatureVerify(hash, WC_SIGNATURE_TYPE_ECC, octets(data), size32(data), octets(signature),
                                         size32(signature), &key, sizeof key) == 0;
    wc_ecc_free(&key);
    return good;
}

bool verify_pss(RsaKey& key, wc_HashType hash, der_bytes data, der_bytes signature) {
    std::array<unsigned char, WC_MAX_DIGEST_SIZE> hashed;
    const int size = wc_HashGetDigestSize(hash);
    const int mask = hash == WC_HASH_TYPE_SHA256   ? WC_MGF1SHA256
                     : hash == WC_HASH_TYPE_SHA384 ? WC_MGF1SHA384
                                                   : WC_MGF1SHA512;
    std::vector<unsigned char> out(signature.size());
    return size > 0 && wc_Hash(hash, octets(data), size32(data), hashed.data(), static_cast<word32>(size)) == 0 &&
           wc_RsaPSS_VerifyCheck(octets(signature), size32(signature), out.data(), static_cast<word32>(out.size()),
                                 hashed.data(), static_cast<word32>(size), hash, mask, &key) > 0;
}

bool verify_rsa(const DecodedCert& signer, const algorithm& how, der_bytes data, der_bytes signature) {
    RsaKey key;
    word32 at = 0;
    if (wc_InitRsaKey(&key, nullptr) != 0) throw std::bad_alloc();
    bool good = wc_RsaPublicKeyDecode(signer.publicKey, &at, &key, signer.pubKeySize) == 0;
    if (good && how.kind == scheme::rsa_pss) {
        good = verify_pss(key, how.hash, data, signature);
    } else if (good) {
        good = wc_SignatureVerify(how.hash, WC_SIGNATURE_TYPE_RSA_W_ENC, octets(data), size32(data), octets(signature),
                                  size32(signature), &key, sizeof key) == 0;
    }
    wc_FreeRsaKey(&key);
    return good;
}

bool verify_ed25519(const DecodedCert& signer, der_bytes data, der_bytes signature) {
    ed25519_key key;
    int matches = 0;
    if (wc_ed25519_init(&key) != 0) throw std::bad_alloc();
    const bool good =
        wc_ed25519_import_public(signer.publicKey, signer.pubKeySize, &key) == 0 &&
        wc_ed25519_verify_msg(octets(signature), size32(signature), octets(data), size32(data), &matches, &key) == 0;
    wc_ed25519_free(&key);
    return good && matches == 1;
}

bool verify(const DecodedCert& signer, const algorithm& how, der_bytes data, der_bytes signature) {
    switch (how.kind) {
        case scheme::ecdsa: return signer.keyOID == ECDSAk && verify_ecdsa(signer, how.hash, data, signature);
        case scheme::rsa: return signer.keyOID == RSAk && verify_rsa(signer, how, data, signature);
        case scheme::rsa_pss:
            return (signer.keyOID == RSAk || signer.keyOID == RSAPSSk) && verify_rsa(signer, how, data, signature);
        case scheme::ed25519: return signer.keyOID == ED25519k && verify_ed25519(signer, data, signature);
    }
    return false;
}

}  // namespace

bool has_signed_crl(der_bytes issuer, der_bytes list) {
    const auto crl = parse_crl(list);
    const auto how = crl ? algorithm_of(crl->signature_algorithm) : std::nullopt;
    if (!how) return false;
    DecodedCert signer;
    wc_InitDecodedCert(&signer, octets(issuer), static_cast<word32>(issuer.size()), nullptr);
    bool good = false;
    const int parsed = wc_ParseCert(&signer, CERT_TYPE, NO_VERIFY, nullptr);
    try {
        good = (parsed == 0 || parsed == ASN_CRIT_EXT_E) && signer.publicKey != nullptr &&
               verify(signer, *how, crl->signed_part, crl->signature);
    } catch (...) {
        wc_FreeDecodedCert(&signer);
        throw;
    }
    wc_FreeDecodedCert(&signer);
    clear_errors();
    return good;
}

digest sha256(std::span<const std::byte> data) {
    digest out;
    auto* bytes = reinterpret_cast<unsigned char*>(out.data());
    if (wc_Sha256Hash(octets(data), static_cast<word32>(data.size()), bytes) != 0) throw std::bad_alloc();
    return out;
}

}  // namespace tlseam::seam
