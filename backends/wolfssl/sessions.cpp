// SPDX-License-Identifier: Apache-2.0
// A client's sessions: new ones to core, and one of core's into a connection. wolfSSL keeps none. core's bytes are the
// number of the group, then the library's session.
//
// The callback for tickets comes before the session is complete, so it only makes a note. core gets the session when
// the library asks for the next record, or returns: of several tickets in one record, the last.
#include "backends/wolfssl/native.hpp"

namespace tlseam::seam {
namespace {

constexpr std::size_t group_size = 2;

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
    // TLS 1.2, the server did not say for how long: it would never be taken again.
    const long lifetime = session ? wolfSSL_SESSION_get_timeout(session.get()) : 0;
    constexpr long some_time = 7L * 24 * 3600;
    if (session && lifetime == 0) wolfSSL_SSL_SESSION_set_timeout(session.get(), some_time);
    const int size = session ? wolfSSL_i2d_SSL_SESSION(session.get(), nullptr) : 0;
    if (size <= 0) return;
    try {
        std::vector<std::byte> bytes(group_size + static_cast<std::size_t>(size));
        const char* curve = wolfSSL_get_curve_name(engine.ssl.get());
        const unsigned group = curve != nullptr ? group_number(curve) : 0U;
        bytes[0] = static_cast<std::byte>(group >> 8);
        bytes[1] = static_cast<std::byte>(group & 0xff);
        auto* at = reinterpret_cast<unsigned char*>(bytes.data() + group_size);
        const secret_bytes wiped(std::move(bytes));  // moving keeps the bytes where they are
        if (wolfSSL_i2d_SSL_SESSION(session.get(), &at) != size) return;
        engine.events.new_session(wiped.bytes(), std::chrono::seconds(lifetime));
    } catch (...) {
        // Without memory there is no session.
    }
}

std::uint16_t group_of_session(std::span<const std::byte> bytes) noexcept {
    if (bytes.size() < group_size) return 0;
    return static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes[0]) << 8 | std::to_integer<unsigned>(bytes[1]));
}

void offer_session(WOLFSSL* ssl, std::span<const std::byte> bytes) noexcept {
    if (bytes.size() <= group_size) return;
    const auto native = bytes.subspan(group_size);
    const unsigned char* at = octets(native);
    const session_ptr session(wolfSSL_d2i_SSL_SESSION(nullptr, &at, size_of(native)));
    // It says no to one that has expired, by the system's clock.
    if (session) (void)wolfSSL_set_session(ssl, session.get());
    clear_errors();
}

}  // namespace tlseam::seam
