// SPDX-License-Identifier: Apache-2.0
// A server asks for a certificate after the handshake.
#include <openssl/evp.h>

#include <algorithm>

#include "backends/openssl/native.hpp"
#include "core/fail.hpp"

namespace tlseam::seam {
namespace {

/// Each answer ends with another one, and OpenSSL has no other sign that it has verified one.
std::vector<unsigned char> peer_finished(const SSL* ssl) {
    std::vector<unsigned char> out(EVP_MAX_MD_SIZE);
    out.resize(SSL_get_peer_finished(ssl, out.data(), out.size()));
    return out;
}

}  // namespace

/// The mode is set now and not in the context, where a TLS 1.2 handshake would ask: SSL_VERIFY_POST_HANDSHAKE means
/// something in TLS 1.3 only.
result<void> request_certificate(native_engine& engine, bool required) noexcept {
    return guarded([&]() -> result<void> {
        clear_errors();
        SSL* ssl = engine.ssl.get();
        engine.finished_before = peer_finished(ssl);
        engine.has_asked = true;
        const int strict = required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
        SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE | strict, nullptr);
        if (SSL_verify_client_post_handshake(ssl) != 1) return fail_ssl();
        return do_handshake(engine);  // sends it now, not with the next data
    });
}

bool certificate_answered(const native_engine& engine) noexcept {
    const SSL* ssl = engine.ssl.get();
    unsigned char finished[EVP_MAX_MD_SIZE];
    const std::size_t size = SSL_get_peer_finished(ssl, finished, sizeof(finished));
    return SSL_is_init_finished(ssl) != 0 && !std::ranges::equal(std::span(finished, size), engine.finished_before);
}

}  // namespace tlseam::seam
