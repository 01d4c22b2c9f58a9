// SPDX-License-Identifier: Apache-2.0
// OpenSSL's opinion on chains that core has built; it goes on after every defect, so that core can choose the gravest.
#include <openssl/asn1t.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <new>

#include "backends/openssl/native.hpp"
#include "core/x509.hpp"

namespace tlseam::seam {
namespace {

cert_errc cert_errc_for(int code) noexcept {
    switch (code) {
        case X509_V_OK: return cert_errc::none;
        case X509_V_ERR_CERT_SIGNATURE_FAILURE:
        case X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE: return cert_errc::bad_signature;
        case X509_V_ERR_CERT_REVOKED: return cert_errc::revoked;
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_CERT_UNTRUSTED: return cert_errc::unknown_ca;
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return cert_errc::self_signed;
        case X509_V_ERR_INVALID_CA:
        case X509_V_ERR_KEYUSAGE_NO_CERTSIGN: return cert_errc::invalid_ca;
        case X509_V_ERR_PATH_LENGTH_EXCEEDED:
        case X509_V_ERR_CERT_CHAIN_TOO_LONG:
        case X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED: return cert_errc::path_length;
        case X509_V_ERR_PERMITTED_VIOLATION:
        case X509_V_ERR_EXCLUDED_VIOLATION:
        case X509_V_ERR_SUBTREE_MINMAX:
        case X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE:
        case X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX:
        case X509_V_ERR_UNSUPPORTED_NAME_SYNTAX: return cert_errc::name_constraint;
        case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION: return cert_errc::unknown_critical_extension;
        case X509_V_ERR_INVALID_PURPOSE:
        case X509_V_ERR_CERT_REJECTED: return cert_errc::wrong_purpose;
        case X509_V_ERR_EE_KEY_TOO_SMALL:
        case X509_V_ERR_CA_KEY_TOO_SMALL: return cert_errc::weak_key;
        case X509_V_ERR_CA_MD_TOO_WEAK: return cert_errc::weak_signature;
        case X509_V_ERR_CERT_NOT_YET_VALID: return cert_errc::not_yet_valid;
        case X509_V_ERR_CERT_HAS_EXPIRED: return cert_errc::expired;
        case X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY:
        case X509_V_ERR_INVALID_EXTENSION:
        case X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD:
        case X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD: return cert_errc::malformed;
        default: return cert_errc::rejected;
    }
}

struct findings {
    std::vector<chain_defect> defects;
    bool out_of_memory = false;
};

int slot() noexcept {
    static constinit made_once<int> index(-1);
    return index.get([] { return X509_STORE_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr); });
}

int note_defect(int good, X509_STORE_CTX* store) {
    if (good == 1) return 1;
    auto& found = *static_cast<findings*>(X509_STORE_CTX_get_ex_data(store, slot()));
    const int code = X509_STORE_CTX_get_error(store);
    const int depth = X509_STORE_CTX_get_error_depth(store);
    try {
        found.out_of_memory = found.out_of_memory || code == X509_V_ERR_OUT_OF_MEM;
        found.defects.push_back({.code = cert_errc_for(code),
                                 .depth = depth,
                                 .native_code = static_cast<std::uint64_t>(code),
                                 .native_text = X509_verify_cert_error_string(code)});
    } catch (...) {
        found.out_of_memory = true;
        return 0;
    }
    return 1;
}

std::vector<std::vector<std::byte>> encode(STACK_OF(X509) * chain) {
    std::vector<std::vector<std::byte>> out;
    for (int i = 0; i < sk_X509_num(chain); ++i) {
        const X509* certificate = sk_X509_value(chain, i);
        const int size = i2d_X509(certificate, nullptr);
        if (size <= 0) throw std::bad_alloc();
        auto& der = out.emplace_back(static_cast<std::size_t>(size));
        auto* at = reinterpret_cast<unsigned char*>(der.data());
        if (i2d_X509(certificate, &at) != size) throw std::bad_alloc();
    }
    return out;
}

/// A stack that owns what it counts.
using x509_stack =
    std::unique_ptr<STACK_OF(X509), deleter<[](STACK_OF(X509) * stack) { sk_X509_pop_free(stack, X509_free); }>>;

x509_stack make_stack(std::span<const der_bytes> ders, chain_defect& unreadable, int first_depth) {
    x509_stack out(sk_X509_new_null());
    if (!out) throw std::bad_alloc();
    for (const der_bytes der : ders) {
        x509_ptr parsed = parse_certificate(der);
        if (!parsed) {
            const auto depth = first_depth + sk_X509_num(out.get());
            unreadable = {.code = cert_errc::malformed, .depth = depth, .native_text = "cannot be parsed"};
            return nullptr;
        }
        if (sk_X509_push(out.get(), parsed.get()) <= 0) throw std::bad_alloc();
        (void)parsed.release();
    }
    return out;
}

/// Only what core does not decide itself is left on; where OpenSSL looks at the rest too, that does not hurt.
void restrict(X509_STORE_CTX* store, std::optional<role> peer) {
    if (peer) X509_STORE_CTX_set_default(store, peer == role::server ? "ssl_server" : "ssl_client");
    X509_VERIFY_PARAM* rules = X509_STORE_CTX_get0_param(store);
    X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME);
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);  // a common name is no host name
    constexpr int bits_112 = 2;
    X509_VERIFY_PARAM_set_auth_level(rules, bits_112);
}

int native_verdict(cert_errc code) noexcept {
    switch (code) {  // steers the alert that OpenSSL sends
        case cert_errc::none: return X509_V_OK;
        case cert_errc::revoked: return X509_V_ERR_CERT_REVOKED;
        case cert_errc::unknown_ca:
        case cert_errc::self_signed:
        case cert_errc::invalid_ca:
        case cert_errc::path_length: return X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT;
        case cert_errc::wrong_purpose: return X509_V_ERR_INVALID_PURPOSE;
        case cert_errc::expired:
        case cert_errc::not_yet_valid: return X509_V_ERR_CERT_HAS_EXPIRED;
        default: return X509_V_ERR_CERT_REJECTED;
    }
}

int verify_chain(X509_STORE_CTX* store, void*) {
    const auto index = SSL_get_ex_data_X509_STORE_CTX_idx();
    native_engine& engine = engine_of(static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(store, index)));
    cert_errc verdict = cert_errc::rejected;
    try {
        const auto sent = encode(X509_STORE_CTX_get0_untrusted(store));  // the leaf too
        const std::vector<der_bytes> spans(sent.begin(), sent.end());
        verdict = engine.events.verify(spans);
    } catch (...) {
        engine.out_of_memory = true;
    }
    ERR_clear_error();
    X509_STORE_CTX_set_error(store, native_verdict(verdict));
    return verdict == cert_errc::none ? 1 : 0;
}

/// OpenSSL takes nobody for an issuer whose key it cannot read, and says then that there is none. But core has found
/// the path: unless that was changed on its way, the signature on that issuer is bad, or the one that it gave.
void name_bad_signature(std::span<const der_bytes> path, std::vector<chain_defect>& defects) {
    const auto has_no_issuer = [](const chain_defect& it) { return it.code == cert_errc::unknown_ca; };
    if (std::ranges::none_of(defects, has_no_issuer)) return;
    for (std::size_t at = path.size() - 1; at-- > 0;) {
        const auto it = parse_x509(path[at]);
        if (it && has_signed(path[at + 1], it->signature_algorithm, it->tbs, it->signature)) continue;
        defects.push_back({.code = cert_errc::bad_signature,
                           .depth = static_cast<int>(at),
                           .native_text = "by no issuer that can be read"});
        return;
    }
}

}  // namespace

std::vector<chain_defect> check_path(std::span<const der_bytes> path, std::optional<role> peer) {
    clear_errors();
    chain_defect unreadable;
    const x509_stack trusted = make_stack(path.last(1), unreadable, static_cast<int>(path.size()) - 1);
    const x509_stack others = make_stack(path.first(path.size() - 1), unreadable, 0);
    if (!trusted || !others) {
        if (take_out_of_memory()) throw std::bad_alloc();
        return {unreadable};
    }
    X509* const leaf = sk_X509_value(path.size() == 1 ? trusted.get() : others.get(), 0);
    const std::unique_ptr<X509_STORE_CTX, deleter<X509_STORE_CTX_free>> store(
        X509_STORE_CTX_new_ex(library(), nullptr));
    findings found;
    if (!store || X509_STORE_CTX_init(store.get(), nullptr, leaf, others.get()) != 1 ||
        X509_STORE_CTX_set_ex_data(store.get(), slot(), &found) != 1) {
        throw std::bad_alloc();
    }
    X509_STORE_CTX_set0_trusted_stack(store.get(), trusted.get());
    restrict(store.get(), peer);
    X509_STORE_CTX_set_verify_cb(store.get(), note_defect);
    const int completed = X509_verify_cert(store.get());
    const bool out_of_memory = take_out_of_memory();
    // What was found without memory may have been found for the lack of it.
    const bool in_doubt = completed != 1 || !found.defects.empty();
    if (found.out_of_memory || (out_of_memory && in_doubt)) throw std::bad_alloc();
    if (completed != 1) {
        found.defects.push_back({.code = cert_errc::rejected, .native_text = "the verification did not complete"});
    }
    name_bad_signature(path, found.defects);
    return std::move(found.defects);
}

bool has_signed(der_bytes issuer, der_bytes algorithm, der_bytes data, der_bytes signature) {
    clear_errors();
    const auto* at = reinterpret_cast<const unsigned char*>(algorithm.data());
    const auto* what = reinterpret_cast<const unsigned char*>(data.data());
    const x509_ptr signer = parse_certificate(issuer);
    const std::unique_ptr<X509_ALGOR, deleter<X509_ALGOR_free>> how(
        d2i_X509_ALGOR(nullptr, &at, static_cast<long>(algorithm.size())));
    // A sequence in this form is its bytes, as they are.
    const std::unique_ptr<ASN1_STRING, deleter<ASN1_STRING_free>> signed_part(reinterpret_cast<ASN1_STRING*>(
        ASN1_item_d2i(nullptr, &what, static_cast<long>(data.size()), ASN1_ITEM_rptr(ASN1_SEQUENCE))));
    const std::unique_ptr<ASN1_BIT_STRING, deleter<ASN1_BIT_STRING_free>> bits(ASN1_BIT_STRING_new());
    if (!bits || ASN1_STRING_set(bits.get(), signature.data(), static_cast<int>(signature.size())) != 1) {
        throw std::bad_alloc();
    }
    const bool good = signer && how && signed_part &&
                      ASN1_item_verify_ex(ASN1_ITEM_rptr(ASN1_SEQUENCE), how.get(), bits.get(), signed_part.get(),
                                          nullptr, X509_get0_pubkey(signer.get()), library(), nullptr) == 1;
    if (take_out_of_memory() && !good) throw std::bad_alloc();
    return good;
}

void install_verification(SSL_CTX* ctx) noexcept { SSL_CTX_set_cert_verify_callback(ctx, verify_chain, nullptr); }

}  // namespace tlseam::seam
