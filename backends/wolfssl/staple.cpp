// SPDX-License-Identifier: Apache-2.0
// OCSP responses: a server's to clients that ask, a server's to core. wolfSSL has an opinion of its own on them, by the
// authorities that it knows, which are none here; the callback of wolfSSL_CTX_set_ocsp_status_verify_cb sees each
// response and has the last word. It is not called for one that wolfSSL cannot read, nor when none came.
#include <algorithm>

#include "backends/wolfssl/native.hpp"
#include "core/alerts.hpp"

namespace tlseam::seam {
namespace {

bool good(long code) noexcept { return code == WOLFSSL_SUCCESS; }

/// Called when a client has asked. wolfSSL frees what it is given.
int give(WOLFSSL* ssl, void* staple) {
    const auto& bytes = *static_cast<const der_buffer*>(staple);
    auto* copy = static_cast<unsigned char*>(wolfSSL_Malloc(bytes.size()));
    if (copy == nullptr) return WOLFSSL_OCSP_STATUS_CB_ALERT_FATAL;
    std::ranges::copy(bytes, reinterpret_cast<std::byte*>(copy));
    if (good(wolfSSL_set_tlsext_status_ocsp_resp(ssl, copy, static_cast<int>(bytes.size())))) {
        return WOLFSSL_OCSP_STATUS_CB_OK;
    }
    wolfSSL_Free(copy);
    return WOLFSSL_OCSP_STATUS_CB_ALERT_FATAL;
}

/// number: which certificate of the chain it is for, the leaf's being 0. TLS 1.3: comes in the middle of the leaf's
/// verification, which may have failed already; then its end says so.
int judge(WOLFSSL* ssl, int, byte* response, word32 size, word32 number, void*) {
    auto& engine = *static_cast<native_engine*>(wolfSSL_GetIOReadCtx(ssl));
    if (number != 0 || engine.verdict != cert_errc::none) return 0;
    return accepts_staple(engine, std::as_bytes(std::span(response, size))) ? 0 : BAD_CERTIFICATE_STATUS_ERROR;
}

}  // namespace

bool accepts_staple(native_engine& engine, std::optional<der_bytes> response) noexcept {
    engine.staple_judged = true;
    engine.verdict = engine.events.verify_staple(response);
    return engine.verdict == cert_errc::none;
}

bool may_send(native_engine& engine, std::span<const std::byte> bytes) noexcept {
    constexpr std::byte alert_record{21};
    const bool waits = engine.context->asks_for_staple && engine.verified && !engine.staple_judged;
    if (!waits || engine.verdict != cert_errc::none || wolfSSL_version(engine.ssl.get()) != TLS1_2_VERSION) return true;
    if (bytes.empty() || bytes[0] == alert_record) return true;
    if (accepts_staple(engine, std::nullopt)) return true;
    engine.ciphertext.send(plaintext_alert(alert::bad_certificate_status_response));
    engine.events.alert_sent(alert::bad_certificate_status_response);
    return false;
}

/// Either role needs stapling turned on. That turns on lookups over the network too, for whatever a server's callback
/// does not answer; they are turned off, last.
bool install_staples(WOLFSSL_CTX* ctx, const native_context& context) noexcept {
    if (!context.asks_for_staple && !context.staple) return true;
    if (context.asks_for_staple) wolfSSL_CTX_set_ocsp_status_verify_cb(ctx, judge, nullptr);
    auto* staple = const_cast<der_buffer*>(context.staple.get());  // only read; it lives as long as the context
    const bool gives = !context.staple || (good(wolfSSL_CTX_set_tlsext_status_cb(ctx, give)) &&
                                           good(wolfSSL_CTX_set_tlsext_status_arg(ctx, staple)));
    return gives && good(wolfSSL_CTX_EnableOCSPStapling(ctx)) &&
           good(wolfSSL_CTX_SetOCSP_Cb(ctx, nullptr, nullptr, nullptr));
}

bool ask_for_staple(native_engine& engine) noexcept {
    return !engine.context->asks_for_staple || good(wolfSSL_UseOCSPStapling(engine.ssl.get(), WOLFSSL_CSR_OCSP, 0));
}

}  // namespace tlseam::seam
