// SPDX-License-Identifier: Apache-2.0
// Hashes, and the signatures of certificates and revocation lists.
//
// wolfSSL checks these too, but only together with the rest: a certificate within a store that remembers what it saw,
// by key identifiers, and with common names as host names; a list against the system's clock. Here it is the signature
// alone, and core has seen to the rest.
#include "backends/wolfssl/native.hpp"
// wolfSSL's own come after its options, which native.hpp brings.
#include <wolfssl/wolfcrypt/ed25519.h>
#include <wolfssl/wolfcrypt/ed448.h>
#include <wolfssl/wolfcrypt/rsa.h>
#include <wolfssl/wolfcrypt/signature.h>

#include <array>
#include <new>

#include "core/crl.hpp"
#include "core/signature_algorithm.hpp"

namespace tlseam::seam {
namespace {

word32 size32(der_bytes bytes) { return static_cast<word32>(bytes.size()); }

wc_HashType hash_of(signature_hash hash) {
    switch (hash) {
        case signature_hash::sha256: return WC_HASH_TYPE_SHA256;
        case signature_hash::sha384: return WC_HASH_TYPE_SHA384;
        case signature_hash::sha512: return WC_HASH_TYPE_SHA512;
        case signature_hash::own: break;
    }
    return WC_HASH_TYPE_NONE;
}

int mask_of(signature_hash hash) {
    if (hash == signature_hash::sha256) return WC_MGF1SHA256;
    return hash == signature_hash::sha384 ? WC_MGF1SHA384 : WC_MGF1SHA512;
}

struct signed_bytes {
    der_bytes data;
    der_bytes signature;
};

bool verify_ecdsa(const DecodedCert& signer, wc_HashType hash, const signed_bytes& it) {
    ecc_key key;
    if (wc_ecc_init(&key) != 0) throw std::bad_alloc();
    const std::unique_ptr<ecc_key, deleter<wc_ecc_free>> freed(&key);
    word32 at = 0;
    return wc_EccPublicKeyDecode(signer.publicKey, &at, &key, signer.pubKeySize) == 0 &&
           wc_SignatureVerify(hash, WC_SIGNATURE_TYPE_ECC, octets(it.data), size32(it.data), octets(it.signature),
                              size32(it.signature), &key, sizeof key) == 0;
}

bool verify_pss(RsaKey& key, signature_hash hash, const signed_bytes& it) {
    std::array<unsigned char, WC_MAX_DIGEST_SIZE> hashed;
    const wc_HashType type = hash_of(hash);
    const auto size = static_cast<word32>(wc_HashGetDigestSize(type));
    std::vector<unsigned char> out(it.signature.size());
    return wc_Hash(type, octets(it.data), size32(it.data), hashed.data(), size) == 0 &&
           wc_RsaPSS_VerifyCheck(octets(it.signature), size32(it.signature), out.data(),
                                 size32(std::as_bytes(std::span(out))), hashed.data(), size, type, mask_of(hash),
                                 &key) > 0;
}

bool verify_rsa(const DecodedCert& signer, const signature_algorithm& how, const signed_bytes& it) {
    RsaKey key;
    if (wc_InitRsaKey(&key, nullptr) != 0) throw std::bad_alloc();
    const std::unique_ptr<RsaKey, deleter<wc_FreeRsaKey>> freed(&key);
    word32 at = 0;
    if (wc_RsaPublicKeyDecode(signer.publicKey, &at, &key, signer.pubKeySize) != 0) return false;
    if (how.scheme == signature_scheme::rsa_pss) return verify_pss(key, how.hash, it);
    return wc_SignatureVerify(hash_of(how.hash), WC_SIGNATURE_TYPE_RSA_W_ENC, octets(it.data), size32(it.data),
                              octets(it.signature), size32(it.signature), &key, sizeof key) == 0;
}

bool verify_ed25519(const DecodedCert& signer, const signed_bytes& it) {
    ed25519_key key;
    if (wc_ed25519_init(&key) != 0) throw std::bad_alloc();
    const std::unique_ptr<ed25519_key, deleter<wc_ed25519_free>> freed(&key);
    int matches = 0;
    return wc_ed25519_import_public(signer.publicKey, signer.pubKeySize, &key) == 0 &&
           wc_ed25519_verify_msg(octets(it.signature), size32(it.signature), octets(it.data), size32(it.data), &matches,
                                 &key) == 0 &&
           matches == 1;
}

bool verify_ed448(const DecodedCert& signer, const signed_bytes& it) {
    ed448_key key;
    if (wc_ed448_init(&key) != 0) throw std::bad_alloc();
    const std::unique_ptr<ed448_key, deleter<wc_ed448_free>> freed(&key);
    int matches = 0;
    return wc_ed448_import_public(signer.publicKey, signer.pubKeySize, &key) == 0 &&
           wc_ed448_verify_msg(octets(it.signature), size32(it.signature), octets(it.data), size32(it.data), &matches,
                               &key, nullptr, 0) == 0 &&
           matches == 1;
}

bool verify(const DecodedCert& signer, const signature_algorithm& how, const signed_bytes& it) {
    const bool rsa_key = signer.keyOID == RSAk, pss_key = signer.keyOID == RSAPSSk;
    switch (how.scheme) {
        case signature_scheme::ecdsa: return signer.keyOID == ECDSAk && verify_ecdsa(signer, hash_of(how.hash), it);
        case signature_scheme::rsa_pkcs1: return rsa_key && verify_rsa(signer, how, it);
        case signature_scheme::rsa_pss: return (rsa_key || pss_key) && verify_rsa(signer, how, it);
        case signature_scheme::ed25519: return signer.keyOID == ED25519k && verify_ed25519(signer, it);
        case signature_scheme::ed448: return signer.keyOID == ED448k && verify_ed448(signer, it);
    }
    return false;
}

/// A certificate as wolfSSL reads it.
class decoded_certificate {
public:
    explicit decoded_certificate(der_bytes der) noexcept {
        wc_InitDecodedCert(&decoded_, octets(der), size32(der), nullptr);
        problem_ = wc_ParseCert(&decoded_, CERT_TYPE, NO_VERIFY, nullptr);
        clear_errors();
    }
    ~decoded_certificate() { wc_FreeDecodedCert(&decoded_); }
    decoded_certificate(const decoded_certificate&) = delete;
    decoded_certificate& operator=(const decoded_certificate&) = delete;

    [[nodiscard]] const DecodedCert& operator*() const noexcept { return decoded_; }
    [[nodiscard]] int problem() const noexcept { return problem_; }
    [[nodiscard]] bool has_key() const noexcept { return decoded_.publicKey != nullptr; }

private:
    DecodedCert decoded_;
    int problem_;
};

}  // namespace

int problem_of(der_bytes certificate) noexcept {
    const int problem = decoded_certificate(certificate).problem();
    return is_date(problem) ? 0 : problem;
}

bool has_signed(der_bytes issuer, der::bytes algorithm, der_bytes data, der_bytes signature) {
    if (!library_ready()) throw std::bad_alloc();
    const auto how = parse_signature_algorithm(algorithm);
    if (!how) return false;
    const decoded_certificate signer(issuer);
    return signer.has_key() && verify(*signer, *how, {data, signature});
}

}  // namespace tlseam::seam
