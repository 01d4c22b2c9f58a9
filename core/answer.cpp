// SPDX-License-Identifier: Apache-2.0
// What a client decides from the server's first bytes and its ServerHello, before a library sees them, and from its
// CertificateRequest.
#include <algorithm>
#include <array>
#include <utility>

#include "core/alerts.hpp"
#include "core/fail.hpp"
#include "core/first_bytes.hpp"
#include "core/tls_connection.hpp"

namespace tlseam::seam {
namespace {
constexpr std::uint8_t fatal_level = 2;
/// Warnings that may come in the place of a ServerHello.
constexpr int most_early_warnings = 4;
}  // namespace

/// Our hello leaves before anything that has arrived is looked at, even if the server was quicker; what it offers is
/// remembered.
result<void> tls_connection::send_hello() {
    wire_.show(0);
    const auto sent = seam::handshake(*native_);
    wire_.show_all();
    if (sent) return fail(errc::internal, "the library completed a handshake by itself");
    if (sent.error() != errc::want_read) return std::unexpected(sent.error());
    if (wire_.exhausted()) return std::unexpected(error(errc::out_of_memory));
    auto peeked = peek_client_hello(wire_.out().bytes());
    if (peeked.status != peek_status::complete) {
        return fail(errc::internal, std::string("the library's hello is none: ") + peeked.reason);
    }
    answer_ = std::make_unique<answer_judge>(std::move(peeked.hello));
    return {};
}

/// A client looks at the server's first five bytes itself: each library has its own idea of what is not TLS.
result<void> tls_connection::check_first_bytes() noexcept {
    if (first_bytes_seen_) return {};
    switch (judge_first_bytes(wire_.arrived())) {
        case first_bytes::tls: first_bytes_seen_ = true; return {};
        case first_bytes::http: return fail(errc::plaintext_http, "the server speaks plain HTTP on this port");
        case first_bytes::not_tls: return fail(errc::not_tls, "the server's first bytes are not TLS");
        case first_bytes::need_more: return std::unexpected(errc::want_read);
    }
    return {};
}

/// Nothing of the server's reaches the library before it was judged: the ServerHello as a whole, and after a
/// HelloRetryRequest, which the library answers first, the second one.
result<void> tls_connection::check_answer() {
    if (auto plausible = check_first_bytes(); !plausible) return plausible;
    constexpr std::uint8_t server_hello = 2;
    auto received = wire_.arrived();
    // For the sake of middleboxes (RFC 8446 D.4) a server may say this between its two answers.
    static constexpr std::array<std::byte, 6> change_cipher_spec = {std::byte{20}, std::byte{3}, std::byte{3},
                                                                    std::byte{0},  std::byte{1}, std::byte{1}};
    std::size_t skipped = 0;
    if (answer_->retried()) {
        const auto start = received.first(std::min(received.size(), change_cipher_spec.size()));
        if (std::ranges::equal(start, std::span(change_cipher_spec).first(start.size()))) skipped = start.size();
    }
    const auto found = read_first_message(
        received.subspan(skipped),
        {.type = server_hello, .largest = max_server_hello, .most_records = max_server_hello_records, .alone = false});
    switch (found.status) {
        case first_status::need_more: return std::unexpected(errc::want_read);
        case first_status::not_tls:
            return refuse_hello(errc::protocol_error, alert::unexpected_message,
                                "the server's answer is interrupted by another record");
        case first_status::alert: return take_early_alert(found.level, found.code, skipped + found.records_size);
        case first_status::malformed:
            return refuse_hello(found.problem.alert == alert::record_overflow ? errc::too_large : errc::protocol_error,
                                found.problem.alert,
                                std::string("the server's answer is malformed: ") + found.problem.reason);
        case first_status::too_large:
            return refuse_hello(errc::too_large, found.problem.alert, "the server's answer is too large");
        case first_status::complete: break;
    }
    const answer_verdict verdict = answer_->judge(found);
    if (verdict.problem.alert != 0) {
        return refuse_hello(verdict.wrong_version ? errc::no_shared_version : errc::protocol_error,
                            verdict.problem.alert,
                            std::string("the server's answer is refused: ") + verdict.problem.reason);
    }
    if (psk_ && !verdict.is_retry && !verdict.uses_psk) {
        return refuse_hello(errc::psk_refused, alert::handshake_failure,
                            "the server does not accept the pre-shared key, and nothing else will do");
    }
    if (verdict.is_retry) {
        wire_.show(skipped + found.records_size);
    } else {
        extended_master_secret_ = verdict.extended_master_secret;
        answer_.reset();
    }
    return {};
}

/// An alert in the place of a ServerHello: no version is agreed on, so its level counts.
result<void> tls_connection::take_early_alert(std::uint8_t level, std::uint8_t code, std::size_t size) {
    if (level == fatal_level) {
        alert_received(code);
        return fail(errc::alert_received, "");
    }
    if (code == alert::close_notify) return fail(errc::protocol_error, "the server sent close_notify in the handshake");
    if (++early_warnings_ > most_early_warnings) {
        return refuse_hello(errc::too_large, alert::unexpected_message, "the server sends nothing but warnings");
    }
    wire_.consume(size);
    return check_answer();
}

/// Nothing: no certificate is sent. A request that cannot be read is one that the library refuses in a moment.
const native_credentials* tls_connection::choose_for_request(protocol_version version, der_bytes request) noexcept {
    const auto chosen = guarded([&]() -> result<const native_credentials*> {
        const auto parsed = parse_certificate_request(version, request);
        if (!parsed) return nullptr;
        const bool later = state_ != state::handshaking;
        if (auto allowed = later ? may_answer() : result<void>(); !allowed) return std::unexpected(allowed.error());
        const auto index = choose_for_server(context_->candidates, *parsed);
        shown_ = index;
        later_shown_ = later;
        return index ? context_->candidates[*index].native.get() : nullptr;
    });
    if (!chosen) callback_failure_ = chosen.error();  // without memory is not without a certificate
    return chosen.value_or(nullptr);
}

}  // namespace tlseam::seam
