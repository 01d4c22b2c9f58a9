// SPDX-License-Identifier: Apache-2.0
// A server asks for a certificate after the handshake, once.
//
// Until the answer is there, wolfSSL takes a KeyUpdate of the client for an offence (got_finished in src/tls13.c): none
// of ours may still ask for one.
//
// A second time would be wrong in two ways. The transcript that an answer signs is the handshake's with one request and
// its answer (RFC 8446 4.4); wolfSSL goes on from the last one, so that only wolfSSL understands it. And nothing takes
// back what the first answer proved: a second one could show a certificate without a signature (havePeerVerify in
// src/tls13.c, SanityCheckTls13MsgReceived).
#include <algorithm>
#include <array>

#include "backends/wolfssl/native.hpp"
#include "core/fail.hpp"

namespace tlseam::seam {
namespace {

/// Each answer ends with another one, and wolfSSL has no other sign that it has verified one.
using finished_message = std::array<std::byte, WC_MAX_DIGEST_SIZE>;

}  // namespace

/// The mode is set now and not in the context, where a TLS 1.2 handshake would ask.
result<void> request_certificate(native_engine& engine, bool required) noexcept {
    return guarded([&]() -> result<void> {
        clear_errors();
        WOLFSSL* ssl = engine.ssl.get();
        int update_awaited = 0;
        if (wolfSSL_key_update_response(ssl, &update_awaited) != 0) return fail_native(errc::internal, 0, "key update");
        if (update_awaited != 0) return std::unexpected(error(errc::want_read));
        finished_message finished;
        const std::size_t size = peer_finished(ssl, finished);
        engine.finished_before.assign(finished.begin(), finished.begin() + static_cast<std::ptrdiff_t>(size));
        verify_anew(engine, required ? WOLFSSL_VERIFY_PEER | WOLFSSL_VERIFY_FAIL_IF_NO_PEER_CERT : WOLFSSL_VERIFY_PEER);
        const int done = send_late_request(ssl);
        if (done != WOLFSSL_SUCCESS) return fail_wolfssl(errc::internal, done);
        return {};
    });
}

bool certificate_answered(const native_engine& engine) noexcept {
    finished_message finished;
    const std::size_t size = peer_finished(engine.ssl.get(), finished);
    return wolfSSL_is_init_finished(engine.ssl.get()) == 1 &&
           !std::ranges::equal(std::span(finished).first(size), engine.finished_before);
}

}  // namespace tlseam::seam
