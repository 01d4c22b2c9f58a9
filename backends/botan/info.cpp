// SPDX-License-Identifier: Apache-2.0
// What this library is, and what a connection agreed on.
#include <botan/tls_ciphersuite.h>
#include <botan/tls_session.h>
#include <botan/version.h>

#include "backends/botan/native.hpp"
#include "core/backend_tools.hpp"

namespace tlseam::seam {

std::string_view backend_name() noexcept { return "botan"; }

std::string backend_version() { return Botan::short_version_string(); }

bool backend_supports(feature f) noexcept {
    switch (f) {
        case feature::alpn_any_bytes:
        case feature::certificate_alerts:
        case feature::key_update_unanswered:
        case feature::signature_choice: return true;
        case feature::group_x25519mlkem768: return has_for_sure(0x11ec);
        case feature::exporter_empty_context: return false;  // its contexts are text, and no text is none
        case feature::post_handshake_auth:
        case feature::post_handshake_auth_unrestricted:
            return false;  // Channel_Impl_13 takes tickets and key updates only
    }
    return false;
}

bool backend_has_cipher_suite(std::uint16_t suite) {
    try {
        const auto known = Botan::TLS::Ciphersuite::by_id(suite);
        return known && known->valid();
    } catch (const std::bad_alloc&) {
        throw;
    } catch (...) {
        return false;
    }
}

bool backend_has_group(std::uint16_t group) {
    try {
        const Botan::TLS::Group_Params known(group);
        return known.to_string() && known.is_available();
    } catch (const std::bad_alloc&) {
        throw;
    } catch (...) {
        return false;
    }
}

bool backend_has_signature_scheme(std::uint16_t scheme) { return Botan::TLS::Signature_Scheme(scheme).is_available(); }

negotiated describe(native_engine& engine) {
    negotiated out = engine.agreed;
    out.alpn = engine.channel->application_protocol();
    for (const auto& certificate : engine.channel->peer_cert_chain()) {
        const auto der = certificate.BER_encode();
        const auto bytes = std::as_bytes(std::span(der));
        out.peer_chain.emplace_back(bytes.begin(), bytes.end());
    }
    return out;
}

}  // namespace tlseam::seam
