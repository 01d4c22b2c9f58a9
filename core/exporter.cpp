// SPDX-License-Identifier: Apache-2.0
// Keys for other protocols from a connection's secrets: what may be asked for, the same on every backend.
#include <algorithm>
#include <array>
#include <string>

#include "core/fail.hpp"
#include "core/lack_of_memory.hpp"
#include "core/secret.hpp"
#include "core/tls_connection.hpp"

namespace tlseam::seam {
namespace {

/// 255 blocks of HKDF-Expand (RFC 5869 2.3) with SHA-256. Suites with SHA-384 could do more, TLS 1.2 any amount.
constexpr std::size_t max_output = 255 * 32;
/// With "tls13 " before it, a label has at most 255 bytes (RFC 8446 7.1).
constexpr std::size_t max_label = 249;
constexpr std::size_t max_context = 65535;

/// What TLS 1.2 derives its own keys and checksums with (RFC 5705 4, RFC 7627 4). A label that begins with one of them
/// is the same, as nothing parts it from what follows. TLS 1.3 needs no such list: there an exporter has a secret of
/// its own (RFC 8446 7.5).
constexpr std::array<std::string_view, 5> reserved = {"client finished", "server finished", "master secret",
                                                      "extended master secret", "key expansion"};

bool is_printable(char c) { return c >= 0x20 && c <= 0x7e; }

result<void> check_request(std::size_t out, std::string_view label, std::size_t context) {
    if (out == 0 || out > max_output) {
        return fail(errc::invalid_argument,
                    "export_keying_material(): out has " + std::to_string(out) + " bytes, and not 1 to 8160");
    }
    if (label.empty() || label.size() > max_label) {
        return fail(errc::invalid_argument, "export_keying_material(): the label has " + std::to_string(label.size()) +
                                                " bytes, and not 1 to 249");
    }
    if (!std::ranges::all_of(label, is_printable)) {
        return fail(errc::invalid_argument,
                    "export_keying_material(): the label has a byte that is no printable ASCII character");
    }
    for (const std::string_view one : reserved) {
        if (!label.starts_with(one)) continue;
        return fail(errc::invalid_argument, "export_keying_material(): TLS reserves labels that begin with '" +
                                                std::string(one) + "' (RFC 5705 4)");
    }
    if (context > max_context) {
        return fail(errc::invalid_argument, "export_keying_material(): the context is longer than 65,535 bytes");
    }
    return {};
}

}  // namespace

result<void> tls_connection::may_export() const {
    switch (look_up(verb::export_keys)) {
        case action::fail_again: return fail_again();
        case action::misuse: return fail(errc::misuse, "export_keying_material() before the handshake is complete");
        default: break;
    }
    if (!context_->exporter) {
        return fail(errc::misuse, "export_keying_material() needs the setting exporter = true");
    }
    return {};
}

result<void> tls_connection::export_keying_material(std::span<std::byte> out, std::string_view label,
                                                    std::optional<std::span<const std::byte>> context) noexcept {
    return guarded([&]() -> result<void> {
        if (auto allowed = may_export(); !allowed) return allowed;
        const std::size_t context_size = context ? context->size() : 0;
        if (auto sound = check_request(out.size(), label, context_size); !sound) return sound;
        if (info_.version == protocol_version::tls1_2) {
            if (!extended_master_secret_) {
                return fail(errc::unsupported,
                            "the peer does not have the extended master secret, without which two connections of TLS "
                            "1.2 may have the same keys (RFC 7627 5.4)");
            }
            if (context && context->empty() && !backend_supports(feature::exporter_empty_context)) {
                return fail(errc::unsupported,
                            std::string(backend_name()) + " cannot tell an empty context from none in TLS 1.2");
            }
            if (context_size > max_exporter_context_1_2) {
                return fail(errc::unsupported,
                            "in TLS 1.2 not every library takes a context of more than 512 bytes, so none does here");
            }
        }
        auto exported = with_memory([&] { return seam::export_keying_material(*native_, out, label, context); });
        if (!exported) wipe(out);
        return exported;
    });
}

}  // namespace tlseam::seam
