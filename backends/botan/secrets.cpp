// SPDX-License-Identifier: Apache-2.0
// What leaves a connection of its secrets.
#include <botan/symkey.h>

#include <algorithm>

#include "backends/botan/native.hpp"

namespace tlseam::seam {

/// Botan asks for this only when the policy allows it.
void native_engine::tls_ssl_key_log_data(std::string_view label, std::span<const std::uint8_t> client_random,
                                         std::span<const std::uint8_t> secret) const {
    events.key_log(label, std::as_bytes(client_random), std::as_bytes(secret));
}

/// No context and an empty one are the same to Botan. That is right in TLS 1.3 (RFC 8446 7.5); in TLS 1.2 core asks for
/// none but the first.
result<void> export_keying_material(native_engine& engine, std::span<std::byte> out, std::string_view label,
                                    std::optional<std::span<const std::byte>> context) noexcept {
    try {
        const auto given = context.value_or(std::span<const std::byte>());
        const std::string_view text(reinterpret_cast<const char*>(given.data()), given.size());
        const auto key = engine.channel->key_material_export(label, text, out.size());
        if (key.length() != out.size()) return fail_native(errc::internal, key.length(), "length of a key");
        std::ranges::copy(std::as_bytes(std::span(key.begin(), key.length())), out.begin());
        return {};
    } catch (...) {
        return fail_botan(errc::internal);
    }
}

}  // namespace tlseam::seam
