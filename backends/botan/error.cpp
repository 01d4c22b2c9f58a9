// SPDX-License-Identifier: Apache-2.0
// Botan throws: the one place where its exceptions become errors. Which alert it sent follows from the exception.
#include <botan/exceptn.h>
#include <botan/tls_exceptn.h>

#include <new>

#include "backends/botan/native.hpp"
#include "core/alerts.hpp"

namespace tlseam::seam {
namespace {

/// What Botan tells apart by its words only: its alert would mean something else.
errc errc_for(const native_engine& engine, std::uint8_t number, std::string_view text) noexcept {
    if (text.starts_with("Handshake message is ")) {  // "... bytes, policy maximum is ..."
        // Nothing that may come after the handshake is large: it is too long for what it is.
        return engine.complete ? errc::protocol_error : errc::too_large;
    }
    if (text.starts_with("Invalid AEAD packet")) return errc::bad_record_mac;  // shorter than a tag
    if (text == "PSK binder does not check out") return errc::psk_refused;
    return errc_for_alert_sent(number);
}

std::unexpected<error> fail_with_alert(native_engine& engine, std::uint8_t number, const char* text) noexcept {
    if (engine.emitted) engine.events.alert_sent(number);
    return fail_native(engine.cause.value_or(errc_for(engine, number, text)), number, text);
}

}  // namespace

std::unexpected<error> fail_botan(native_engine& engine) noexcept {
    constexpr std::uint8_t decode_error = 50;
    try {
        throw;
    } catch (const std::bad_alloc&) {
        return std::unexpected(error(errc::out_of_memory));
    } catch (const Botan::TLS::TLS_Exception& e) {
        return fail_with_alert(engine, static_cast<std::uint8_t>(e.type()), e.what());
    } catch (const Botan::Invalid_Authentication_Tag& e) {
        return fail_with_alert(engine, alert::bad_record_mac, e.what());
    } catch (const Botan::Decoding_Error& e) {
        return fail_with_alert(engine, decode_error, e.what());
    } catch (const std::exception& e) {
        return fail_with_alert(engine, alert::internal_error, e.what());
    } catch (...) {
        return fail_with_alert(engine, alert::internal_error, "");
    }
}

std::unexpected<error> fail_botan(errc code) noexcept {
    try {
        throw;
    } catch (const std::bad_alloc&) {
        return std::unexpected(error(errc::out_of_memory));
    } catch (const Botan::Exception& e) {
        return fail_native(code, static_cast<std::uint64_t>(e.error_code()), e.what());
    } catch (const std::exception& e) {
        return fail_native(code, 0, e.what());
    } catch (...) {
        return fail_native(code, 0, "");
    }
}

}  // namespace tlseam::seam
