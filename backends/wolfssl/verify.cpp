// SPDX-License-Identifier: Apache-2.0
// Signatures, authority flags, path lengths, name constraints and critical extensions are checked by wolfSSL, step by
// step from the anchor down, in a store that is made for this one chain. Dates and names are core's.
#include <algorithm>

#include "backends/wolfssl/native.hpp"
#include "core/alerts.hpp"
#include "core/fail.hpp"

namespace tlseam::seam {
namespace {

bool is_date(int code) noexcept { return code == ASN_BEFORE_DATE_E || code == ASN_AFTER_DATE_E; }

class path_check {
public:
    explicit path_check(const certificate_path& path, role verifier) : path_(path), verifier_(verifier) {}

    std::vector<chain_defect> run() {
        store_ = new_store();
        const auto& certificates = path_.certificates;
        if (!path_.complete) add(missing_issuer(), certificates.size() - 1, ASN_NO_SIGNER_E);
        for (std::size_t depth = certificates.size(); depth-- > 0;) {
            const bool top = depth + 1 == certificates.size();
            check_alone(depth);
            if (!top) check_signature(depth);
            if (depth > 0) add_issuer(depth, top);
        }
        return std::move(defects_);
    }

private:
    void add(cert_errc code, std::size_t depth, int native) {
        if (code == cert_errc::none) return;
        defects_.push_back({.code = code,
                            .depth = static_cast<int>(depth),
                            .native_code = static_cast<std::uint64_t>(native < 0 ? -native : native),
                            .native_text = native < 0 ? text(native) : std::string_view()});
    }

    static std::string_view text(int native) {
        const char* words = wolfSSL_ERR_reason_error_string(static_cast<unsigned long>(-native));
        return words != nullptr ? words : "";
    }

    [[nodiscard]] cert_errc missing_issuer() const {
        const auto fields = parse_x509(path_.certificates.front());
        const bool alone = path_.certificates.size() == 1;
        return alone && fields && fields->is_self_issued() ? cert_errc::self_signed : cert_errc::unknown_ca;
    }

    /// What one certificate says of itself.
    void check_alone(std::size_t depth) {
        const certificate_facts facts = read_certificate(path_.certificates[depth]);
        add(cert_errc_for(facts.problem), depth, facts.problem);
        if (facts.problem != 0 && facts.problem != ASN_CRIT_EXT_E) return;
        if (depth > 0) {
            if (!facts.is_ca || !facts.may_sign_certificates) add(cert_errc::invalid_ca, depth, NOT_CA_ERROR);
            return;
        }
        const bool purpose = verifier_ == role::client ? facts.may_serve : facts.may_be_client;
        if (!purpose) add(cert_errc::wrong_purpose, depth, EXTKEYUSE_AUTH_E);
        if (!facts.may_sign) add(cert_errc::wrong_purpose, depth, KEYUSE_SIGNATURE_E);
    }

    /// Against the issuers added so far: signature and name constraints.
    void check_signature(std::size_t depth) {
        const der_bytes der = path_.certificates[depth];
        const int code = wolfSSL_CertManagerVerifyBuffer(manager(), octets(der), size_of(der), WOLFSSL_FILETYPE_ASN1);
        if (code == WOLFSSL_SUCCESS || is_date(code)) return;
        // An issuer of the right name whose key identifier is another one.
        if (code == ASN_NO_SIGNER_E || code == ASN_SELF_SIGNED_E) return add(cert_errc::unknown_ca, depth, code);
        add(cert_errc_for(code), depth, code);
    }

    /// Makes a certificate known as an issuer to those below it. Its path length is checked on the way. One that is
    /// refused is then taken alone, so that what it issued can still be looked at.
    void add_issuer(std::size_t depth, bool anchor) {
        const int code = load(path_.certificates[depth]);
        if (code == WOLFSSL_SUCCESS) return;
        if (!anchor) add(cert_errc_for(code), depth, code);
        store_ = new_store();
        (void)load(path_.certificates[depth]);
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

    const certificate_path& path_;
    role verifier_;
    wolf_ctx store_;
    std::vector<chain_defect> defects_;
};

/// The first path without a defect; when there is none, the first one's defects count.
struct best_path {
    certificate_path path;
    std::vector<chain_defect> defects;
};
best_path choose_path(const native_engine& engine) {
    best_path best;
    for (auto& path : find_paths(engine.peer_chain, *engine.context->trust)) {
        auto defects = path_check(path, engine.context->role).run();
        const bool sound = defects.empty();
        if (!sound && !best.path.certificates.empty()) continue;
        best = {std::move(path), std::move(defects)};
        if (sound) break;
    }
    if (best.path.certificates.empty()) {
        best.path.certificates.assign(engine.peer_chain.begin(), engine.peer_chain.end());
        best.defects.push_back({.code = cert_errc::malformed});
    }
    return best;
}

cert_errc judge(native_engine& engine) noexcept {
    try {
        const best_path best = choose_path(engine);
        return engine.events.verify(best.path.certificates, best.defects);
    } catch (...) {
        const chain_defect defect = {.code = cert_errc::rejected, .native_text = "the verification did not complete"};
        return engine.events.verify({}, {&defect, 1});
    }
}

/// What the library finds in the leaf after the chain was accepted, and we have no words for, is refused too.
void judge_again(native_engine& engine, int code) {
    engine.verdict = cert_errc::rejected;  // stays when there is no memory
    const chain_defect defect = {.code = cert_errc_for(code), .native_code = static_cast<std::uint64_t>(-code)};
    const std::vector<der_bytes> path(engine.peer_chain.begin(), engine.peer_chain.end());
    engine.verdict = engine.events.verify(path, {&defect, 1});
}

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
            engine.verdict = engine.context->trust ? judge(engine) : cert_errc::none;
        } catch (...) {
            return 0;
        }
    }
    if (!engine.context->trust) return store->error == PEER_KEY_ERROR || store->error == MEMORY_E ? 0 : 1;
    if (store->error_depth > 0) return 1;
    const bool first = store->error == ASN_NO_SIGNER_E || store->error == ASN_SELF_SIGNED_E;
    if (first && alert_for(engine.verdict) != alert::unknown_ca) return 1;
    try {
        if (engine.verdict == cert_errc::none && !is_expected(store->error)) judge_again(engine, store->error);
    } catch (...) {
        return 0;
    }
    return engine.verdict == cert_errc::none ? 1 : 0;
}

}  // namespace

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

certificate_facts read_certificate(der_bytes der) noexcept {
    certificate_facts out;
    DecodedCert decoded;
    wc_InitDecodedCert(&decoded, octets(der), static_cast<word32>(der.size()), nullptr);
    out.problem = wc_ParseCert(&decoded, CERT_TYPE, NO_VERIFY, nullptr);
    if (is_date(out.problem)) out.problem = 0;
    out.is_ca = decoded.isCA != 0;
    const auto allows = [&](word16 usage) { return !decoded.extKeyUsageSet || (decoded.extKeyUsage & usage) != 0; };
    out.may_sign_certificates = allows(KEYUSE_KEY_CERT_SIGN);
    out.may_sign = allows(KEYUSE_DIGITAL_SIG);
    const auto extended = [&](unsigned usage) {
        return !decoded.extExtKeyUsageSet || (decoded.extExtKeyUsage & (usage | EXTKEYUSE_ANY)) != 0;
    };
    out.may_serve = extended(EXTKEYUSE_SERVER_AUTH);
    out.may_be_client = extended(EXTKEYUSE_CLIENT_AUTH);
    wc_FreeDecodedCert(&decoded);
    clear_errors();
    return out;
}

void install_verification(WOLFSSL_CTX* ctx, int mode) noexcept { wolfSSL_CTX_set_verify(ctx, mode, on_certificate); }

}  // namespace tlseam::seam
