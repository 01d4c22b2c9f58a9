// SPDX-License-Identifier: Apache-2.0
// What ties an authentication above TLS to one connection (RFC 9266) or to one certificate (RFC 5929).
#include "core/channel_binding.hpp"

#include <array>
#include <string_view>

#include "core/fail.hpp"
#include "core/signature_algorithm.hpp"
#include "core/tls_connection.hpp"
#include "core/x509.hpp"

namespace tlseam::seam {
namespace {

result<std::vector<std::byte>> server_end_point(der_bytes leaf) {
    const auto fields = parse_x509(leaf);
    if (!fields) return fail(errc::unsupported, "tls-server-end-point: the server's certificate cannot be read");
    const auto algorithm = end_point_hash(fields->signature_algorithm);
    if (!algorithm) return std::unexpected(algorithm.error());
    std::vector<std::byte> out(hash_size(*algorithm));
    hash(*algorithm, leaf, out);
    return out;
}

}  // namespace

result<hash_kind> end_point_hash(der_bytes identifier) {
    if (const auto known = parse_signature_algorithm(identifier)) {
        switch (known->hash) {
            case signature_hash::sha256: return hash_kind::sha256;
            case signature_hash::sha384: return hash_kind::sha384;
            case signature_hash::sha512: return hash_kind::sha512;
            case signature_hash::own: break;
        }
        return fail(errc::unsupported,
                    "tls-server-end-point is not defined for a certificate that is signed with Ed25519 or Ed448: they "
                    "have no hash of their own to name (RFC 5929 4.1)");
    }
    if (is_signed_with_md5_or_sha1(identifier)) return hash_kind::sha256;
    return fail(errc::unsupported,
                "tls-server-end-point: the server's certificate is signed with an algorithm that is not known");
}

result<std::vector<std::byte>> tls_connection::channel_binding(channel_binding_type type) noexcept {
    return guarded([&]() -> result<std::vector<std::byte>> {
        switch (look_up(verb::export_keys)) {
            case action::fail_again: return fail_again();
            case action::misuse: return fail(errc::misuse, "channel_binding() before the handshake is complete");
            default: break;
        }
        switch (type) {
            case channel_binding_type::tls_exporter: {
                // RFC 9266 2, whose context is there and empty: TLS 1.2 tells that from none.
                std::vector<std::byte> out(32);
                const auto done = export_keying_material(out, "EXPORTER-Channel-Binding", std::span<const std::byte>());
                if (!done) return std::unexpected(done.error());
                return out;
            }
            case channel_binding_type::tls_server_end_point: {
                if (psk_) {
                    return fail(errc::unsupported,
                                "tls-server-end-point: with a pre-shared key, the server shows no certificate");
                }
                if (info_.resumed) {
                    return fail(errc::unsupported,
                                "tls-server-end-point: a resumed connection shows no certificate, and the server may "
                                "have another one by now; use tls_exporter, or set resumption to false");
                }
                if (context_->role == role::server)
                    return server_end_point(context_->candidates[chosen_].chain.front().der());
                if (info_.peer_certificates.empty()) {
                    return fail(errc::unsupported,
                                "tls-server-end-point: the server's certificate is not known on this connection");
                }
                return server_end_point(info_.peer_certificates.front().der());
            }
        }
        return fail(errc::invalid_argument, "channel_binding(): there is no such type");
    });
}

}  // namespace tlseam::seam
