// SPDX-License-Identifier: Apache-2.0
// What Botan tells the engine while it works: bytes to send, data, alerts, and every message of the handshake.
#include <botan/tls_exceptn.h>
#include <botan/tls_messages_12.h>
#include <botan/tls_messages_13.h>
#include <botan/tls_session.h>

#include <algorithm>
#include <cstring>

#include "backends/botan/native.hpp"
#include "core/alerts.hpp"

namespace tlseam::seam {
namespace {

void ask_for_choice(native_engine& engine, const Botan::TLS::Handshake_Message& request) {
    const auto version = engine.tls1_3 ? protocol_version::tls1_3 : protocol_version::tls1_2;
    const auto body = request.serialize();
    engine.client_choice = engine.events.choose_credentials(version, std::as_bytes(std::span(body)));
}

/// RFC 5246 7.4.3: behind the parameters, but Botan shows the scheme to nobody.
std::uint16_t scheme_in(const Botan::TLS::Server_Key_Exchange& message) {
    const Botan::TLS::Handshake_Message& whole = message;
    const auto bytes = whole.serialize();
    const std::size_t at = message.params().size();
    return bytes.size() < at + 2 ? std::uint16_t{0} : static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

/// RFC 8422 5.4; with a pre-shared key, an identity hint comes first (RFC 5489 2).
std::uint16_t group_in(std::span<const std::uint8_t> params, bool by_psk) {
    constexpr std::uint8_t named_curve = 3;
    const auto number = [&](std::size_t at) { return static_cast<std::size_t>(params[at] << 8 | params[at + 1]); };
    if (by_psk && params.size() >= 2) params = params.subspan(std::min(2 + number(0), params.size()));
    if (params.size() < 3 || params[0] != named_curve) return 0;
    return static_cast<std::uint16_t>(number(1));
}

}  // namespace

void native_engine::tls_emit_data(std::span<const std::uint8_t> data) {
    const auto bytes = std::as_bytes(data);
    if (peer_closed && is_tls1_2(*this)) {
        held_reply.insert(held_reply.end(), bytes.begin(), bytes.end());
        return;
    }
    emitted = true;
    ciphertext.send(bytes);
}

void native_engine::tls_record_received(std::uint64_t, std::span<const std::uint8_t> data) {
    // As the other libraries have it.
    constexpr int most_empty_records = 32;
    if (!data.empty()) {
        empty_records = warnings = 0;
    } else if (++empty_records > most_empty_records) {
        cause = errc::too_large;
    }
    const std::size_t now = std::min(data.size(), target.size() - delivered);
    if (now != 0) std::memcpy(target.data() + delivered, data.data(), now);
    delivered += now;
    if (now < data.size()) rest.assign(data.begin() + static_cast<std::ptrdiff_t>(now), data.end());
}

void native_engine::tls_alert(Botan::TLS::Alert alert) {
    constexpr int most_warnings = 4;  // as the other libraries have it
    const auto number = static_cast<std::uint8_t>(alert.type());
    const std::uint8_t level = alert.is_fatal() ? 2 : 1;
    if (seam::is_fatal_alert(level, number, tls1_3)) {
        events.alert_received(number);
        cause = errc::alert_received;
    } else if (number == seam::alert::close_notify) {
        peer_closed = true;
    } else if (++warnings > most_warnings) {
        cause = errc::too_large;
    }
}

std::string native_engine::tls_server_choose_app_protocol(const std::vector<std::string>& offered) {
    // core chose from the first hello; a second one that no longer offers it is refused.
    if (alpn_choice.empty() || std::ranges::find(offered, alpn_choice) != offered.end()) return alpn_choice;
    throw Botan::TLS::TLS_Exception(Botan::TLS::AlertType::NoApplicationProtocol, "the second hello is another");
}

/// Of a CertificateVerify, ours or the peer's: a server's comes first, in TLS 1.3, and is the only one that it sends.
void native_engine::note_scheme(std::uint16_t scheme) {
    const bool from_server = tls1_3 && certificate_verifies++ == 0;
    if (from_server == (context->role == role::client)) agreed.peer_scheme = scheme;
}

/// The chain is verified here, before Botan looks at the certificate's usage itself: it would give that another reason.
void native_engine::tls_inspect_handshake_msg(const Botan::TLS::Handshake_Message& message) {
    look_at_staple(*this, message);
    if (message.type() == Botan::TLS::Handshake_Type::ServerHello) {
        tls1_3 = dynamic_cast<const Botan::TLS::Server_Hello_13*>(&message) != nullptr;
        return;
    }
    if (message.type() == Botan::TLS::Handshake_Type::ServerKeyExchange) {
        const auto& exchange = dynamic_cast<const Botan::TLS::Server_Key_Exchange&>(message);
        agreed.group = group_in(exchange.params(), context->psk == protocol_version::tls1_2);
        if (context->role == role::client) agreed.peer_scheme = scheme_in(exchange);
        return;
    }
    if (message.type() == Botan::TLS::Handshake_Type::CertificateVerify) {
        note_scheme(dynamic_cast<const Botan::TLS::Certificate_Verify&>(message).signature_scheme().wire_code());
        return;
    }
    if (message.type() == Botan::TLS::Handshake_Type::CertificateRequest) {
        if (context->role == role::client && context->has_client_credentials) ask_for_choice(*this, message);
        return;
    }
    if (message.type() != Botan::TLS::Handshake_Type::Certificate) return;
    // A server sends its own first, a client second.
    const bool from_peer = (certificate_messages++ == 0) == (context->role == role::client);
    if (!from_peer) return;
    std::vector<Botan::X509_Certificate> chain;
    if (const auto* newer = dynamic_cast<const Botan::TLS::Certificate_13*>(&message)) {
        if (newer->has_certificate_chain()) chain = newer->cert_chain();
    } else {
        chain = dynamic_cast<const Botan::TLS::Certificate_12&>(message).cert_chain();
    }
    if (!chain.empty()) {
        if (context->verify_peer) verify_chain(*this, chain);
    } else if (context->needs_client_certificate) {
        cause = errc::certificate_required;  // Botan refuses it in a moment
    }
}

void native_engine::tls_verify_cert_chain(const std::vector<Botan::X509_Certificate>& chain,
                                          const std::vector<std::optional<Botan::OCSP::Response>>&,
                                          const std::vector<Botan::Certificate_Store*>&, Botan::Usage_Type,
                                          std::string_view, const Botan::TLS::Policy&) {
    if (context->verify_peer && !chain_verified) verify_chain(*this, chain);
}

void native_engine::tls_session_established(const Botan::TLS::Session_Summary& summary) {
    agreed.version = static_cast<protocol_version>(summary.version().version_code());
    agreed.cipher_suite = summary.ciphersuite_code();
    agreed.resumed = summary.was_resumption();
    agreed.psk = summary.psk_used();
    if (const auto name = summary.kex_parameters()) {
        const auto group = Botan::TLS::Group_Params::from_string(*name);
        if (group) agreed.group = group->wire_code();
    }
    if (context->role == role::server) agreed.server_name = summary.server_info().hostname();
}

bool native_engine::tls_should_persist_resumption_information(const Botan::TLS::Session&) {
    return context->issue_tickets || context->take_sessions;
}

}  // namespace tlseam::seam
