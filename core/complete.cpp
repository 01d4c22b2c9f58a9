// SPDX-License-Identifier: Apache-2.0
// The end of a handshake: what was agreed on, as the program will read it, and the fences that nobody gets past.
#include <algorithm>
#include <utility>

#include "core/fail.hpp"
#include "core/names.hpp"
#include "core/policy.hpp"
#include "core/tls_connection.hpp"

namespace tlseam::seam {

result<void> tls_connection::complete() {
    negotiated agreed = describe(*native_);
    if (agreed.version == protocol_version::tls1_2) {
        agreed.psk = policy::needs_psk(agreed.cipher_suite) && !agreed.resumed;
    } else if (agreed.psk) {
        agreed.resumed = false;  // to some libraries, both are one
    }
    // A TLS 1.2 resumption exchanges no keys; what a session remembers of its first handshake is not news.
    if (agreed.resumed && agreed.version == protocol_version::tls1_2) agreed.group = 0;
    if (context_->role == role::client) {
        if (auto settled = settle_resumption(agreed); !settled) return settled;
    }
    connection_info info;
    info.version = agreed.version;
    info.cipher_suite = agreed.cipher_suite;
    info.cipher_suite_name = policy::cipher_suite_name(agreed.cipher_suite);
    info.group = agreed.group;
    if (info.group != 0) info.group_name = policy::group_name(agreed.group);
    info.server_name = server_name_;
    info.resumed = agreed.resumed;
    if (auto told = tell_of_peer(info, agreed); !told) return told;
    if (context_->role == role::server && !psk_) shown_ = chosen_;
    if (shown_ && !agreed.resumed) info.local_certificates = context_->candidates[*shown_].chain;
    if (auto sound = check_agreement(agreed); !sound) return sound;
    if (auto allowed = check_peer_scheme(agreed); !allowed) return allowed;
    info.alpn = std::move(agreed.alpn);
    if (psk_) info.psk_identity = psk_->identity;
    info_ = std::move(info);
    independent_halves_ = agreed.version != protocol_version::tls1_2;
    wire_.consumed_records().reset();
    state_ = state::open;
    return {};
}

/// What the peer has shown, and what became of it.
result<void> tls_connection::tell_of_peer(connection_info& info, const negotiated& agreed) {
    if (agreed.peer_chain.size() > max_peer_certificates) {  // of a client that does not verify, too
        return fail(errc::too_large, "the peer sent more certificates than anybody looks at");
    }
    info.peer_certificates.clear();
    for (const auto& der : agreed.peer_chain) {
        auto parsed = certificate::from_der(der);
        if (parsed) {
            info.peer_certificates.push_back(std::move(*parsed));
        } else if (parsed.error() == errc::out_of_memory) {
            return std::unexpected(parsed.error());
        } else if (context_->verification) {
            return fail(errc::protocol_error, "the peer sent a certificate that cannot be parsed");
        }
    }
    info.peer_verified = verdict_ && verdict_->code == cert_errc::none;
    info.ocsp_good = info.peer_verified && !staple_.empty();
    info.verified_chain = verified_chain_with(info.peer_certificates);
    info.peer_signature_scheme = agreed.peer_scheme;
    info.peer_signature_scheme_name = {};
    if (agreed.peer_scheme != 0) info.peer_signature_scheme_name = policy::signature_scheme_name(agreed.peer_scheme);
    return {};
}

/// The bytes of a certificate that is also among those that were sent are kept once.
std::vector<certificate> tls_connection::verified_chain_with(std::span<const certificate> sent) {
    for (certificate& each : verified_chain_) {
        const auto same = std::ranges::find(sent, each);
        if (same != sent.end()) each = *same;
    }
    return std::move(verified_chain_);
}

/// The fences: whatever a library does, nobody gets past these.
result<void> tls_connection::check_agreement(const negotiated& agreed) const {
    const bool verified = verdict_ && verdict_->code == cert_errc::none;
    const bool by_psk = psk_ && psk_->version == protocol_version::tls1_2;
    const auto& suites = by_psk ? context_->psk.suites_tls1_2 : context_->cipher_suites;
    const bool has_suite = std::ranges::find(suites, agreed.cipher_suite) != suites.end();
    if (agreed.version < context_->min_version || agreed.version > context_->max_version || !has_suite) {
        return fail(errc::internal, "the library agreed on " + std::string(name(agreed.version)) + " with " +
                                        std::string(policy::cipher_suite_name(agreed.cipher_suite)) +
                                        ", which the settings exclude");
    }
    // A TLS 1.2 resumption exchanges no keys; everything else has a group.
    const bool needs_group = !agreed.resumed || agreed.version == protocol_version::tls1_3;
    const bool has_group = std::ranges::find(context_->groups, agreed.group) != context_->groups.end();
    if ((needs_group || agreed.group != 0) && !has_group) {
        return fail(errc::internal, std::string("the library agreed on the key exchange group ") +
                                        std::string(policy::group_name(agreed.group)) + ", which the settings exclude");
    }
    if (psk_unknown_ || (psk_ && psk_->version != agreed.version)) {
        return fail(errc::internal, "the library completed a handshake with a pre-shared key that nobody has");
    }
    if (agreed.psk != (psk_ != nullptr)) {
        return fail(errc::internal, psk_ ? "the library completed a handshake without the pre-shared key"
                                         : "the library used a pre-shared key that nobody gave it");
    }
    if (context_->role == role::client) {
        if (context_->verification && !verified) {
            return fail(errc::internal, "the library completed a handshake without verifying the server");
        }
        const bool wants_staple = context_->verification && context_->verification->more.ocsp != ocsp_stapling::off;
        if (wants_staple && !agreed.resumed && !staple_judged_) {
            return fail(errc::internal, "the library completed a handshake without showing the OCSP response");
        }
        return {};
    }
    if (context_->client_auth == client_auth::required && agreed.peer_chain.empty()) {
        return fail(errc::certificate_required, "the client sent no certificate");
    }
    if (context_->client_auth != client_auth::none && !agreed.peer_chain.empty() && !verified) {
        return fail(errc::internal, "the library completed a handshake without verifying the client");
    }
    if (context_->client_auth == client_auth::on_request && !agreed.peer_chain.empty()) {
        return fail(errc::internal, "the library took a client's certificate in the handshake");
    }
    if (agreed.alpn != alpn_choice_) {
        return fail(errc::protocol_error, "the client's second hello asks for another application protocol");
    }
    // An address counts as none (core/client_hello.hpp).
    const bool named = !agreed.server_name.empty() && !is_address(agreed.server_name);
    if (named && !std::ranges::equal(agreed.server_name, server_name_, same_ascii_letter)) {
        return fail(errc::protocol_error, "the client's second hello asks for another server name");
    }
    return {};
}

}  // namespace tlseam::seam
