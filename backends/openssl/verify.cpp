// SPDX-License-Identifier: Apache-2.0
// Chain building and signatures are OpenSSL's; it goes on after every defect, so that core can choose the gravest.
#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <array>

#include "backends/openssl/native.hpp"

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

/// A certificate that is no CA fails two of OpenSSL's checks for one cause: the CA flag, and the purpose of an issuer.
bool is_echo(int code, int depth) noexcept { return code == X509_V_ERR_INVALID_PURPOSE && depth > 0; }

struct findings {
    std::vector<chain_defect> defects;
    bool out_of_memory = false;
};

int slot() noexcept {
    static const int index = X509_STORE_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

int note_defect(int good, X509_STORE_CTX* store) {
    if (good == 1) return 1;
    auto& found = *static_cast<findings*>(X509_STORE_CTX_get_ex_data(store, slot()));
    const int code = X509_STORE_CTX_get_error(store);
    const int depth = X509_STORE_CTX_get_error_depth(store);
    try {
        const cert_errc mapped = is_echo(code, depth) ? cert_errc::invalid_ca : cert_errc_for(code);
        found.defects.push_back({.code = mapped,
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
        auto& der = out.emplace_back(static_cast<std::size_t>(size > 0 ? size : 0));
        auto* at = reinterpret_cast<unsigned char*>(der.data());
        if (size > 0) i2d_X509(certificate, &at);
    }
    return out;
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
    findings found;
    cert_errc verdict = cert_errc::rejected;
    try {
        X509_STORE_CTX_set_ex_data(store, slot(), &found);
        X509_STORE_CTX_set_verify_cb(store, note_defect);
        const int completed = X509_verify_cert(store);
        const auto path = encode(X509_STORE_CTX_get0_chain(store));
        const std::vector<der_bytes> spans(path.begin(), path.end());
        if (completed != 1 || found.out_of_memory) {
            found.defects.push_back({.code = cert_errc::rejected, .native_text = "the verification did not complete"});
        }
        verdict = engine.events.verify(spans, found.defects);
    } catch (...) {
        verdict = cert_errc::rejected;
    }
    X509_STORE_CTX_set_ex_data(store, slot(), nullptr);
    ERR_clear_error();
    X509_STORE_CTX_set_error(store, native_verdict(verdict));
    return verdict == cert_errc::none ? 1 : 0;
}

}  // namespace

void install_verification(SSL_CTX* ctx) noexcept { SSL_CTX_set_cert_verify_callback(ctx, verify_chain, nullptr); }

}  // namespace tlseam::seam
