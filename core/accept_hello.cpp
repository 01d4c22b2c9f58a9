// SPDX-License-Identifier: Apache-2.0
// What a server decides from the first ClientHello, before a library sees it.
#include <algorithm>
#include <utility>

#include "core/alerts.hpp"
#include "core/client_hello.hpp"
#include "core/fail.hpp"
#include "core/policy.hpp"
#include "core/tls_connection.hpp"

namespace tlseam::seam {

/// Reads the ClientHello without consuming it, and decides what must not depend on the library.
result<void> tls_connection::start_server(connection& connection) {
    auto peeked = peek_client_hello(wire_.arrived());
    switch (peeked.status) {
        case peek_status::complete: break;
        case peek_status::need_more: return std::unexpected(errc::want_read);
        case peek_status::http: return fail(errc::plaintext_http, "the client speaks plain HTTP on a TLS port");
        case peek_status::not_tls: return fail(errc::not_tls, "the client's first bytes are not TLS");
        case peek_status::alert: alert_received(peeked.alert); return fail(errc::alert_received, "");
        case peek_status::closed:
            return fail(errc::protocol_error, "the client sent close_notify before anything else");
        case peek_status::malformed:
            return refuse_hello(peeked.alert == alert::record_overflow ? errc::too_large : errc::protocol_error,
                                peeked.alert, std::string("the client's hello is malformed: ") + peeked.reason);
        case peek_status::too_large:
            return refuse_hello(errc::too_large, peeked.alert, "the client's hello is too large");
    }
    first_bytes_seen_ = true;
    server_name_ = peeked.hello.server_name;
    connection.server_name = {};
    if (auto chosen = choose_context(peeked.hello); !chosen) return chosen;
    if (!accepts_version_of(peeked.hello)) {
        return refuse_hello(errc::no_shared_version, alert::protocol_version,
                            "the client offers no protocol version that this server accepts");
    }
    offered_tls1_3_ = speaks_tls1_3_with(peeked.hello);
    accepts_tickets_ = !offered_tls1_3_ || peeked.hello.resumes_with_new_keys;
    if (auto sound = check_rules(peeked.hello); !sound) return sound;
    constexpr std::uint16_t extended_master_secret = 23;  // every library of ours answers it in TLS 1.2
    extended_master_secret_ =
        std::ranges::find(peeked.hello.extensions, extended_master_secret) != peeked.hello.extensions.end();
    constexpr std::uint16_t post_handshake_auth = 49;
    offered_later_auth_ =
        std::ranges::find(peeked.hello.extensions, post_handshake_auth) != peeked.hello.extensions.end();
    if (!context_->candidates.empty()) {
        chosen_ = choose_for_client(context_->candidates, peeked.hello, offered_tls1_3_);
    }
    if (auto possible = choose_group(peeked.hello, connection); !possible) return possible;
    if (auto possible = choose_alpn(peeked.hello); !possible) return possible;
    // Last: what is refused above is refused whether the client's identity is known here or not.
    if (auto possible = choose_psk(peeked.hello, connection); !possible) return possible;
    // Whoever sends more than that has not seen our answer: what it comes to must not depend on when it arrives.
    wire_.show(peeked.records_size);
    if (!psk_ && psk_step_ == psk_step::none) connection.signature_scheme = choose_signature_scheme(peeked.hello);
    return {};
}

result<void> tls_connection::choose_alpn(const client_hello& hello) {
    if (context_->alpn.empty() || !hello.has_alpn) return {};
    const auto& offered = hello.alpn;
    const auto chosen = std::ranges::find_if(context_->alpn, [&](const std::string& protocol) {
        return std::ranges::find(offered, protocol) != offered.end();
    });
    if (chosen == context_->alpn.end()) {
        return refuse_hello(errc::no_application_protocol, alert::no_application_protocol,
                            "the client offers no application protocol (ALPN) that this server accepts");
    }
    alpn_choice_ = *chosen;
    return {};
}

/// RFC 8446 4.2.1. A library that is told to speak TLS 1.2 only may overlook that a client does not.
bool tls_connection::accepts_version_of(const client_hello& hello) const noexcept {
    const auto accepted = [&](std::uint16_t number) {
        const auto version = static_cast<protocol_version>(number);
        return version >= context_->min_version && version <= context_->max_version;
    };
    // Without the extension, whoever is newer than TLS 1.2 speaks 1.2 too.
    if (hello.legacy_version > 0x0303) return accepted(0x0303);
    return std::ranges::any_of(hello.versions, accepted);
}

bool tls_connection::speaks_tls1_3_with(const client_hello& hello) const noexcept {
    return context_->max_version == protocol_version::tls1_3 &&
           std::ranges::find(hello.versions, static_cast<std::uint16_t>(protocol_version::tls1_3)) !=
               hello.versions.end();
}

/// What a hello must and must not have, in which libraries are more or less strict.
result<void> tls_connection::check_rules(const client_hello& hello) {
    constexpr std::uint16_t fallback_signal = 0x5600, groups = 10, schemes = 13, psk = 41, psk_modes = 45,
                            key_share = 51;
    const auto has = [&](std::uint16_t extension) {
        return std::ranges::find(hello.extensions, extension) != hello.extensions.end();
    };
    const auto missing = [&](const char* what) {
        return refuse_hello(errc::protocol_error, alert::missing_extension,
                            std::string("the client's hello has no ") + what);
    };
    if (!speaks_tls1_3_with(hello)) {
        const bool fallback = std::ranges::find(hello.cipher_suites, fallback_signal) != hello.cipher_suites.end();
        if (fallback && context_->max_version == protocol_version::tls1_3) {  // RFC 7507
            return refuse_hello(errc::no_shared_version, alert::inappropriate_fallback,
                                "the client fell back to TLS 1.2, and this server has TLS 1.3");
        }
        if (!has(schemes) && !takes_tls1_2_psk(hello)) {  // that means SHA-1 (RFC 5246 7.4.1.4.1)
            return refuse_hello(errc::no_shared_parameters, alert::handshake_failure,
                                "the client offers no signature scheme that this server accepts");
        }
        return {};
    }
    if (hello.offers_compression) {  // RFC 8446 4.1.2
        return refuse_hello(errc::protocol_error, alert::illegal_parameter, "the client offers compression in TLS 1.3");
    }
    // RFC 8446 9.2 and 4.2.9
    if (has(psk) && !has(psk_modes)) return missing("psk_key_exchange_modes");
    if (has(psk) && hello.extensions.back() != psk) {
        return refuse_hello(errc::protocol_error, alert::illegal_parameter,
                            "the client's pre_shared_key is not its last extension");
    }
    if (has(groups) != has(key_share)) return missing(has(groups) ? "key_share" : "supported_groups");
    if (!has(groups)) return missing("supported_groups");  // also for a key alone: there is always an exchange too
    if (!has(psk) && !has(schemes)) return missing("signature_algorithms");
    return {};
}

/// RFC 8446 4.1.1, RFC 8422 5.1. Libraries differ in whose order counts, in whether the certificate's curve has to be
/// one of the client's, and some would pick a group that the client never named. In TLS 1.3 the choice among several is
/// left to them, as it depends on the key shares; a client that sends no list at all is too.
result<void> tls_connection::choose_group(const client_hello& hello, connection& connection) {
    if (hello.groups.empty()) return {};
    const auto offered = [&](std::uint16_t group) {
        return std::ranges::find(hello.groups, group) != hello.groups.end();
    };
    const bool tls1_3 = speaks_tls1_3_with(hello);
    const auto chosen = std::ranges::find_if(context_->groups, [&](std::uint16_t group) {
        return offered(group) && (tls1_3 || !policy::needs_tls1_3(group));
    });
    if (chosen == context_->groups.end()) {
        return refuse_hello(errc::no_shared_parameters, alert::handshake_failure,
                            "the client offers no key exchange group that this server accepts");
    }
    if (tls1_3) return {};
    const bool shows_certificate = !context_->candidates.empty() && !takes_tls1_2_psk(hello);
    const std::uint16_t curve = shows_certificate ? context_->candidates[chosen_].curve : std::uint16_t{0};
    if (curve != 0 && !offered(curve)) {
        return refuse_hello(errc::no_shared_parameters, alert::handshake_failure,
                            "this server's certificate is on a curve that the client does not accept in TLS 1.2");
    }
    connection.group = *chosen;
    return {};
}

/// Whose order counts is left to the signer (RFC 8446 4.2.3): it is ours, as with suites. 0: there is nothing to
/// choose.
std::uint16_t tls_connection::choose_signature_scheme(const client_hello& hello) const noexcept {
    const candidate& shown = context_->candidates[chosen_];
    const auto& ours = speaks_tls1_3_with(hello) ? shown.schemes1_3 : shown.schemes1_2;
    const auto offered = [&](std::uint16_t scheme) {
        return std::ranges::find(hello.signature_schemes, scheme) != hello.signature_schemes.end();
    };
    const auto first = std::ranges::find_if(ours, offered);
    if (first == ours.end() || std::ranges::count_if(ours, offered) == 1) return 0;
    return *first;
}

result<void> tls_connection::refuse_hello(errc code, std::uint8_t number, std::string message) {
    wire_.send(plaintext_alert(number));
    alert_sent_ = number;
    core_refused_ = true;
    return fail(code, std::move(message));
}

}  // namespace tlseam::seam
