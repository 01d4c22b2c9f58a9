// SPDX-License-Identifier: Apache-2.0
#include "backends/wolfssl/native.hpp"
#include "core/alerts.hpp"

namespace tlseam::seam {
namespace {

/// Codes that say more than the alert that goes with them.
errc errc_for(int code) noexcept {
    switch (code) {
        case VERSION_ERROR:
        case UNSUPPORTED_PROTO_VERSION: return errc::no_shared_version;
        case MATCH_SUITE_ERROR:
        case UNSUPPORTED_SUITE:
        case ECC_CURVE_ERROR:
        case ECC_CURVETYPE_ERROR:
        case KEY_SHARE_ERROR:
        case BAD_KEY_SHARE_DATA: return errc::no_shared_parameters;
        case BAD_BINDER: return errc::psk_refused;
        case NO_PEER_CERT: return errc::certificate_required;
        case VERIFY_MAC_ERROR:
        case DECRYPT_ERROR:
        case AES_GCM_AUTH_E:
        case MAC_CMP_FAILED_E: return errc::bad_record_mac;
        case MAX_CHAIN_ERROR:
        case HANDSHAKE_SIZE_ERROR:
        case ALERT_COUNT_E:
        case EMPTY_RECORD_LIMIT_E: return errc::too_large;
        case MEMORY_E:
        case MEMORY_ERROR: return errc::out_of_memory;
        default: return errc::protocol_error;  // core looks at the alert
    }
}

bool is_fatal(const WOLFSSL_ALERT& alert, bool tls1_3) noexcept {
    return alert.code >= 0 &&
           is_fatal_alert(static_cast<std::uint8_t>(alert.level), static_cast<std::uint8_t>(alert.code), tls1_3);
}

void report_alerts(native_engine& engine) noexcept {
    WOLFSSL_ALERT_HISTORY seen = {{-1, 0}, {-1, 0}};
    if (wolfSSL_get_alert_history(engine.ssl.get(), &seen) != WOLFSSL_SUCCESS) return;
    const bool tls1_3 = wolfSSL_version(engine.ssl.get()) == TLS1_3_VERSION;
    if (is_fatal(seen.last_rx, tls1_3)) engine.events.alert_received(static_cast<std::uint8_t>(seen.last_rx.code));
    if (is_fatal(seen.last_tx, tls1_3)) engine.events.alert_sent(static_cast<std::uint8_t>(seen.last_tx.code));
}

}  // namespace

bool says_close_notify(native_engine& engine) noexcept {
    WOLFSSL_ALERT_HISTORY seen = {{-1, 0}, {-1, 0}};
    return wolfSSL_version(engine.ssl.get()) == TLS1_3_VERSION && wolfSSL_state(engine.ssl.get()) == FATAL_ERROR &&
           wolfSSL_get_alert_history(engine.ssl.get(), &seen) == WOLFSSL_SUCCESS && seen.last_rx.code == ::close_notify;
}

void clear_errors() noexcept { wolfSSL_ERR_clear_error(); }

std::unexpected<error> fail_wolfssl(errc code, int native) noexcept {
    clear_errors();
    if (native == MEMORY_E || native == MEMORY_ERROR) code = errc::out_of_memory;
    const char* text = native < 0 ? wolfSSL_ERR_reason_error_string(static_cast<unsigned long>(-native)) : "";
    return fail_native(code, static_cast<std::uint64_t>(native < 0 ? -native : 0), text != nullptr ? text : "");
}

std::unexpected<error> fail_ssl(native_engine& engine, int returned) noexcept {
    // wolfSSL_get_error() turns some codes into others; this one does not. Some paths return a code without storing it.
    int native = engine.out_of_memory ? MEMORY_E : wolfSSL_state(engine.ssl.get());
    if (native == 0) native = returned;
    if (native == WANT_READ || native == WOLFSSL_ERROR_WANT_READ) {
        clear_errors();
        return std::unexpected(error(errc::want_read));
    }
    report_alerts(engine);
    // Of a response that wolfSSL could not read, core has not heard.
    const bool unread = native == BAD_CERTIFICATE_STATUS_ERROR && !engine.staple_judged;
    if (unread && engine.context->asks_for_staple) (void)accepts_staple(engine, der_bytes());
    // Of a client it can only be a record's version: core has agreed on the protocol's with every client.
    if (native == VERSION_ERROR && engine.context->role == role::server) {
        return fail_wolfssl(errc::protocol_error, native);
    }
    // A second hello that names another key: there is no binder that could be wrong.
    if (native == BAD_BINDER && engine.context->role == role::server && !engine.psk_asked_for) {
        return fail_wolfssl(errc::protocol_error, native);
    }
    return fail_wolfssl(errc_for(native), native);
}

}  // namespace tlseam::seam
