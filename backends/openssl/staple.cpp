// SPDX-License-Identifier: Apache-2.0
// OCSP responses: a server's to clients that ask, a server's to core. Both roles have one callback: on a server it is
// called when the client asks and it is no resumption; on a client that asks always, whether a response came or not, at
// the end of the server's flight: TLS 1.2 behind ServerHelloDone, TLS 1.3 behind Finished.
#include "backends/openssl/native.hpp"

namespace tlseam::seam {
namespace {

int give(SSL* ssl, void* staple) {
    const auto& bytes = *static_cast<const std::vector<std::byte>*>(staple);
    void* copy = OPENSSL_memdup(bytes.data(), bytes.size());
    if (copy == nullptr) return SSL_TLSEXT_ERR_ALERT_FATAL;
    SSL_set_tlsext_status_ocsp_resp(ssl, copy, static_cast<long>(bytes.size()));  // frees it
    return SSL_TLSEXT_ERR_OK;
}

/// 0 sends bad_certificate_status_response. In a resumption the server shows no certificate, and core has judged the
/// session.
int judge(SSL* ssl, void*) {
    if (SSL_session_reused(ssl) == 1) return 1;
    const unsigned char* bytes = nullptr;
    const long size = SSL_get_tlsext_status_ocsp_resp(ssl, &bytes);
    std::optional<der_bytes> response;
    if (bytes != nullptr) {
        response = std::as_bytes(std::span(bytes, size > 0 ? static_cast<std::size_t>(size) : 0));
    }
    return engine_of(ssl).events.verify_staple(response) == cert_errc::none ? 1 : 0;
}

}  // namespace

bool install_staples(SSL_CTX* ctx, const native_context& context) noexcept {
    if (context.role == role::server) {
        if (!context.staple) return true;
        // The callback only reads it, and it lives as long as the context.
        auto* staple = const_cast<std::vector<std::byte>*>(context.staple.get());
        return SSL_CTX_set_tlsext_status_cb(ctx, give) == 1 && SSL_CTX_set_tlsext_status_arg(ctx, staple) == 1;
    }
    return !context.asks_for_staple || (SSL_CTX_set_tlsext_status_cb(ctx, judge) == 1 &&
                                        SSL_CTX_set_tlsext_status_type(ctx, TLSEXT_STATUSTYPE_ocsp) == 1);
}

}  // namespace tlseam::seam
