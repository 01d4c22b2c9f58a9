// SPDX-License-Identifier: Apache-2.0
#include <tlseam/backend.hpp>

#include <tlseam/types.hpp>

#include "core/policy.hpp"
#include "core/seam.hpp"

namespace tlseam::inline v0 {
namespace {

std::vector<std::string_view> names_of(std::span<const std::uint16_t> numbers, bool (*has)(std::uint16_t),
                                       std::string_view (*name)(std::uint16_t) noexcept) {
    std::vector<std::string_view> out;
    for (const std::uint16_t number : numbers) {
        if (has(number)) out.push_back(name(number));
    }
    return out;
}

}  // namespace

std::string_view name(feature f) noexcept {
    switch (f) {
        case feature::group_x25519mlkem768: return "group_x25519mlkem768";
        case feature::alpn_any_bytes: return "alpn_any_bytes";
        case feature::certificate_alerts: return "certificate_alerts";
        case feature::key_update_unanswered: return "key_update_unanswered";
        case feature::exporter_empty_context: return "exporter_empty_context";
        case feature::signature_choice: return "signature_choice";
        case feature::post_handshake_auth: return "post_handshake_auth";
        case feature::post_handshake_auth_unrestricted: return "post_handshake_auth_unrestricted";
    }
    return "unknown";
}

std::string_view name(protocol_version v) noexcept {
    switch (v) {
        case protocol_version::none: return "none";
        case protocol_version::tls1_2: return "TLS 1.2";
        case protocol_version::tls1_3: return "TLS 1.3";
    }
    return "unknown";
}

bool backend_info::supports(feature f) const noexcept { return seam::backend_supports(f); }

std::vector<std::string_view> backend_info::cipher_suites() const {
    return names_of(seam::policy::cipher_suites, seam::backend_has_cipher_suite, seam::policy::cipher_suite_name);
}

std::vector<std::string_view> backend_info::psk_cipher_suites() const {
    return names_of(seam::policy::psk_cipher_suites, seam::backend_has_cipher_suite, seam::policy::cipher_suite_name);
}

std::vector<std::string_view> backend_info::signature_schemes() const {
    return names_of(seam::policy::signature_schemes, seam::backend_has_signature_scheme,
                    seam::policy::signature_scheme_name);
}

std::vector<std::string_view> backend_info::groups() const {
    return names_of(seam::policy::known_groups, seam::backend_has_group, seam::policy::group_name);
}

backend_info backend() { return {std::string(seam::backend_name()), seam::backend_version()}; }

std::string_view version() noexcept { return TLSEAM_VERSION; }

}  // namespace tlseam::inline v0
