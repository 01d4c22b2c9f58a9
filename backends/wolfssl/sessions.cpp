// SPDX-License-Identifier: Apache-2.0
// A client's sessions: new ones to core, and one of core's into a connection. wolfSSL keeps none.
//
// The callback for tickets comes before the session is complete, so it only makes a note. core gets the session when
// the library asks for the next record, or returns: of several tickets in one record, the last.
#include "backends/wolfssl/native.hpp"

namespace tlseam::seam {
namespace {

using session_ptr = std::unique_ptr<WOLFSSL_SESSION, deleter<wolfSSL_SESSION_free>>;

int on_ticket(WOLFSSL*, const unsigned char*, int, void* context) {
    static_cast<native_engine*>(context)->ticket_came = true;
    return 0;
}

}  // namespace

bool take_sessions(native_engine& engine) noexcept {
    WOLFSSL* ssl = engine.ssl.get();
    return wolfSSL_set_SessionTicket_cb(ssl, on_ticket, &engine) == WOLFSSL_SUCCESS &&
           wolfSSL_UseSessionTicket(ssl) == WOLFSSL_SUCCESS;
}

void report_session(native_engine& engine) noexcept {
    if (!engine.ticket_came || !engine.complete) return;
    engine.ticket_came = false;
    const session_ptr session(wolfSSL_get1_session(engine.ssl.get()));  // the one that is in use
    const int size = session ? wolfSSL_i2d_SSL_SESSION(session.get(), nullptr) : 0;
    if (size <= 0) return;
    try {
        std::vector<std::byte> bytes(static_cast<std::size_t>(size));
        auto* at = reinterpret_cast<unsigned char*>(bytes.data());
        if (wolfSSL_i2d_SSL_SESSION(session.get(), &at) != size) return;
        const secret_bytes wiped(std::move(bytes));
        engine.events.new_session(wiped.bytes(), std::chrono::seconds(wolfSSL_SESSION_get_timeout(session.get())));
    } catch (...) {
        // Without memory there is no session.
    }
}

void offer_session(WOLFSSL* ssl, std::span<const std::byte> bytes) noexcept {
    const unsigned char* at = octets(bytes);
    const session_ptr session(wolfSSL_d2i_SSL_SESSION(nullptr, &at, size_of(bytes)));
    // It says no to one that has expired, by the system's clock.
    if (session) (void)wolfSSL_set_session(ssl, session.get());
    clear_errors();
}

}  // namespace tlseam::seam
