// SPDX-License-Identifier: Apache-2.0
// wolfSSL's opinion on chains that core has built: signatures, path lengths, name constraints and critical extensions,
// step by step from the anchor down, in a store that is made for this one chain. (A store that lives longer would take
// what a peer sent for its own, for the next connection to use.)
#include <algorithm>

#include "backends/wolfssl/native.hpp"
#include "core/alerts.hpp"
#include "core/fail.hpp"

namespace tlseam::seam {
namespace {

bool is_date(int code) noexcept { return code == ASN_BEFORE_DATE_E || code == ASN_AFTER_DATE_E; }

cert_errc cert_errc_for(int native) noexcept;  // below

class path_check {
public:
    explicit path_check(std::span<const der_bytes> path) : path_(path) {}

    std::vector<chain_defect> run() {
        store_ = new_store();
        for (std::size_t depth = path_.size(); depth-- > 0;) {
            const bool anchor = depth + 1 == path_.size();
            add(depth, problem_of(path_[depth]));
            if (!anchor) check_signature(depth);
            if (depth > 0) add_issuer(depth, anchor);
        }
        return std::move(defects_);
    }

private:
    void add(std::size_t depth, int native) { add(depth, native, cert_errc_for(native)); }
    void add(std::size_t depth, int native, cert_errc code) {
        if (code == cert_errc::none) return;
        const char* words = wolfSSL_ERR_reason_error_string(static_cast<unsigned long>(-native));
        defects_.push_back({.code = code,
                            .depth = static_cast<int>(depth),
                            .native_code = static_cast<std::uint64_t>(-native),
                            .native_text = words != nullptr ? words : ""});
    }

    /// Against the issuers added so far: signature and name constraints.
    void check_signature(std::size_t depth) {
        const der_bytes der = path_[depth];
        const int code = wolfSSL_CertManagerVerifyBuffer(manager(), octets(der), size_of(der), WOLFSSL_FILETYPE_ASN1);
        if (code == WOLFSSL_SUCCESS || is_date(code)) return;
        // An issuer that was not taken for one.
        if (code == ASN_NO_SIGNER_E || code == ASN_SELF_SIGNED_E) return add(depth, code, cert_errc::unknown_ca);
        add(depth, code);
    }

    /// Makes a certificate known as an issuer to those below it. Its path length is checked on the way. One that is
    /// refused is then taken alone, so that what it issued can still be looked at.
    void add_issuer(std::size_t depth, bool anchor) {
        const int code = load(path_[depth]);
        if (code == WOLFSSL_SUCCESS) return;
        if (!anchor) add(depth, code);
        store_ = new_store();
        (void)load(path_[depth]);
    }

    int load(der_bytes der) {
        return wolfSSL_CTX_load_verify_buffer_ex(store_.get(), octets(der), size_of(der), WOLFSSL_FILETYPE_ASN1, 0,
                                                 WOLFSSL_LOAD_FLAG_DATE_ERR_OKAY);
    }

    static wolf_ctx new_store() {
        wolf_ctx store = scratch_context();
        if (!store) throw std::bad_alloc();
        return store;
    }

    WOLFSSL_CERT_MANAGER* manager() { return wolfSSL_CTX_GetCertManager(store_.get()); }

    std::span<const der_bytes> path_;
    wolf_ctx store_;
    std::vector<chain_defect> defects_;
};

/// The library's own store is empty, so it finds no issuer for anything: that is what is expected here.
bool is_expected(int code) noexcept {
    return code == 0 || code == ASN_NO_SIGNER_E || code == ASN_SELF_SIGNED_E || is_date(code);
}

void keep_chain(native_engine& engine, const WOLFSSL_X509_STORE_CTX& store) {
    std::vector<der_buffer> chain;
    for (int i = 0; i < store.totalCerts; ++i) {
        const auto* first = reinterpret_cast<const std::byte*>(store.certs[i].buffer);
        chain.emplace_back(first, first + store.certs[i].length);
    }
    engine.peer_chain = std::move(chain);
}

/// Called for each certificate, the last one first; for the leaf twice, as wolfSSL finds no issuer for it, and again
/// when it goes on all the same. 1: go on. The alert follows from the call that says no: unknown_ca from the leaf's
/// first, bad_certificate from its second. wolfSSL knows no other for a verdict that is not its own.
int on_certificate(int, WOLFSSL_X509_STORE_CTX* store) {
    auto& engine = *static_cast<native_engine*>(store->userCtx);
    if (store->totalCerts == 0) return store->error == 0 ? 1 : 0;  // none came: the library knows whether one must
    if (!engine.verified) {
        engine.verified = true;
        engine.verdict = cert_errc::rejected;  // stays when there is no memory
        try {
            keep_chain(engine, *store);
            if (engine.context->verify_peer) {
                const std::vector<der_bytes> chain(engine.peer_chain.begin(), engine.peer_chain.end());
                engine.verdict = engine.events.verify(chain);
            } else {
                engine.verdict = cert_errc::none;
            }
        } catch (...) {
            return 0;
        }
    }
    if (!engine.context->verify_peer) return store->error == PEER_KEY_ERROR || store->error == MEMORY_E ? 0 : 1;
    if (store->error_depth > 0) return 1;
    const bool first = store->error == ASN_NO_SIGNER_E || store->error == ASN_SELF_SIGNED_E;
    if (first && alert_for(engine.verdict) != alert::unknown_ca) return 1;
    // What the library finds in the leaf after the chain was accepted, and we have no words for, is refused too.
    return engine.verdict == cert_errc::none && is_expected(store->error) ? 1 : 0;
}

/// none for what is checked elsewhere: dates by core, the missing issuer by the search for a path.
cert_errc cert_errc_for(int native) noexcept {
    switch (native) {
        case 0: return cert_errc::none;
        case ASN_BEFORE_DATE_E:
        case ASN_AFTER_DATE_E: return cert_errc::none;  // core's
        case ASN_SIG_CONFIRM_E:
        case ASN_SIG_OID_E:
        case ASN_SIG_KEY_E:
        case SIG_VERIFY_E: return cert_errc::bad_signature;
        case CRL_CERT_REVOKED:
        case OCSP_CERT_REVOKED: return cert_errc::revoked;
        case ASN_NO_SIGNER_E: return cert_errc::unknown_ca;
        case ASN_SELF_SIGNED_E: return cert_errc::self_signed;
        case NOT_CA_ERROR: return cert_errc::invalid_ca;
        case ASN_PATHLEN_SIZE_E:
        case ASN_PATHLEN_INV_E:
        case MAX_CHAIN_ERROR: return cert_errc::path_length;
        case ASN_NAME_INVALID_E: return cert_errc::name_constraint;
        case ASN_CRIT_EXT_E: return cert_errc::unknown_critical_extension;
        case EXTKEYUSE_AUTH_E:
        case KEYUSE_SIGNATURE_E:
        case KEYUSE_ENCIPHER_E: return cert_errc::wrong_purpose;
        case RSA_KEY_SIZE_E:
        case ECC_KEY_SIZE_E: return cert_errc::weak_key;
        case ASN_SIG_HASH_E: return cert_errc::weak_signature;
        case ASN_PARSE_E:
        case ASN_VERSION_E:
        case BUFFER_E:
        case KEYUSAGE_E: return cert_errc::malformed;
        default: return cert_errc::rejected;
    }
}

}  // namespace

std::vector<chain_defect> check_path(std::span<const der_bytes> path, role) {
    auto defects = path_check(path).run();
    clear_errors();
    return defects;
}

int problem_of(der_bytes certificate) noexcept {
    DecodedCert decoded;
    wc_InitDecodedCert(&decoded, octets(certificate), static_cast<word32>(certificate.size()), nullptr);
    const int problem = wc_ParseCert(&decoded, CERT_TYPE, NO_VERIFY, nullptr);
    wc_FreeDecodedCert(&decoded);
    clear_errors();
    return is_date(problem) ? 0 : problem;
}

void install_verification(WOLFSSL_CTX* ctx, int mode) noexcept { wolfSSL_CTX_set_verify(ctx, mode, on_certificate); }

}  // namespace tlseam::seam
