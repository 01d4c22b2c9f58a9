// SPDX-License-Identifier: Apache-2.0
#include "core/resumption_scope.hpp"

#include <algorithm>

#include "core/byte_writer.hpp"

namespace tlseam::seam {
namespace {

void add_numbers(byte_writer& out, std::span<const std::uint16_t> numbers) {
    out.number(numbers.size(), 4);
    for (const std::uint16_t number : numbers) out.number(number, 2);
}

/// By their digests, in an order that does not depend on where they came from.
void add_set(byte_writer& out, std::vector<digest> digests) {
    std::ranges::sort(digests);
    out.number(digests.size(), 4);
    for (const digest& one : digests) out.raw(one);
}

void add_crls(byte_writer& out, const std::optional<crl_store>& crls) {
    out.number(crls.has_value(), 1);
    if (!crls) return;
    std::vector<digest> digests;
    for (const auto& der : crls->data()->ders) digests.push_back(sha256(der));
    add_set(out, std::move(digests));
}

result<void> add_verification(byte_writer& out, const verification& how) {
    out.raw(how.trust->anchors.fingerprint());
    add_crls(out, how.more.crls);
    out.number(static_cast<std::uint64_t>(how.more.crl_scope), 1);
    out.number(static_cast<std::uint64_t>(how.more.ocsp), 1);
    add_set(out, how.pins);
    out.number(how.more.insecure_may_accept.size(), 4);
    for (const cert_errc code : how.more.insecure_may_accept) out.number(static_cast<std::uint64_t>(code), 1);
    out.number(how.more.callback != nullptr, 1);
    if (!how.more.callback) return {};
    digest nonce = {};
    if (auto filled = fill_random(nonce); !filled) return filled;
    out.raw(nonce);
    return {};
}

}  // namespace

result<digest> digest_scope(const context_config& config, const std::optional<verification>& how,
                            const std::vector<tlseam::credentials>& identities) {
    byte_writer out;
    out.text("tlseam resumption scope 1");
    out.text(backend_name());
    out.text(backend_version());
    out.number(config.role == role::server, 1);
    out.number(static_cast<std::uint64_t>(config.min_version), 2);
    out.number(static_cast<std::uint64_t>(config.max_version), 2);
    out.number(static_cast<std::uint64_t>(config.client_auth), 1);
    add_numbers(out, config.cipher_suites);
    add_numbers(out, config.groups);
    add_numbers(out, config.signature_schemes);
    out.number(how.has_value(), 1);
    if (how) {
        if (auto added = add_verification(out, *how); !added) return std::unexpected(added.error());
    }
    if (config.role == role::client) {
        out.number(identities.size(), 4);
        for (const auto& identity : identities) out.vector(identity.chain().front().der());
    }
    return sha256(out.bytes());
}

digest bind_tickets(const digest& scope, protocol_version version, std::string_view server_name,
                    std::string_view alpn) {
    byte_writer out;
    out.raw(scope);
    out.number(static_cast<std::uint64_t>(version), 2);
    out.text(server_name);
    out.text(alpn);
    return sha256(out.bytes());
}

}  // namespace tlseam::seam
