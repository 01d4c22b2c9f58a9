// SPDX-License-Identifier: Apache-2.0
// The peer's chain to core, and wolfSSL's opinion on chains that core has built: can it be read, are there critical
// extensions that it does not know, and the signatures.
#include "backends/wolfssl/native.hpp"
#include "core/alerts.hpp"
#include "core/fail.hpp"

namespace tlseam::seam {
namespace {

/// none for what core decides: dates, authorities, constraints.
cert_errc cert_errc_for(int native) noexcept {
    switch (native) {
        case 0: return cert_errc::none;
        case ASN_CRIT_EXT_E: return cert_errc::unknown_critical_extension;
        case ASN_PARSE_E:
        case ASN_VERSION_E:
        case BUFFER_E:
        case KEYUSAGE_E: return cert_errc::malformed;
        default: return cert_errc::rejected;
    }
}

chain_defect defect_of(cert_errc code, std::size_t depth, int native) {
    const char* words = wolfSSL_ERR_reason_error_string(static_cast<unsigned long>(-native));
    return {.code = code,
            .depth = static_cast<int>(depth),
            .native_code = static_cast<std::uint64_t>(-native),
            .native_text = words != nullptr ? words : ""};
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
    // TLS 1.3: wolfSSL has looked at the response between the two calls, if there was one.
    const bool waits = engine.context->asks_for_staple && engine.verdict == cert_errc::none && !engine.staple_judged;
    if (!first && waits && wolfSSL_version(engine.ssl.get()) == TLS1_3_VERSION) {
        (void)accepts_staple(engine, std::nullopt);
    }
    // What the library finds in the leaf after the chain was accepted, and we have no words for, is refused too.
    return engine.verdict == cert_errc::none && is_expected(store->error) ? 1 : 0;
}

}  // namespace

std::vector<chain_defect> check_path(std::span<const der_bytes> path, std::optional<role>) {
    if (!library_ready()) throw std::bad_alloc();
    std::vector<chain_defect> found;
    for (std::size_t depth = 0; depth < path.size(); ++depth) {
        const int problem = problem_of(path[depth]);
        if (const cert_errc code = cert_errc_for(problem); code != cert_errc::none) {
            found.push_back(defect_of(code, depth, problem));
        }
        if (depth + 1 == path.size()) break;
        const auto fields = parse_x509(path[depth]);
        // Also when the algorithm is none that we know: what is not verified is not good.
        if (!fields || !has_signed(path[depth + 1], fields->signature_algorithm, fields->tbs, fields->signature)) {
            found.push_back(defect_of(cert_errc::bad_signature, depth, ASN_SIG_CONFIRM_E));
        }
    }
    clear_errors();
    return found;
}

void install_verification(WOLFSSL_CTX* ctx, int mode) noexcept { wolfSSL_CTX_set_verify(ctx, mode, on_certificate); }

void verify_anew(native_engine& engine, int mode) noexcept {
    engine.peer_chain.clear();
    engine.verified = false;
    engine.verdict = cert_errc::none;
    wolfSSL_set_verify(engine.ssl.get(), mode, on_certificate);
}

}  // namespace tlseam::seam
