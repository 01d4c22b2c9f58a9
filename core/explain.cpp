// SPDX-License-Identifier: Apache-2.0
// What the library reports while it works, and what a failure is called: the same code for the same cause, whatever the
// library says about it.
#include <utility>

#include "core/alerts.hpp"
#include "core/fail.hpp"
#include "core/tls_connection.hpp"

namespace tlseam::seam {

cert_errc events::verify(std::span<const der_bytes> chain) noexcept {
    // tlseam has one class that listens to events.
    return static_cast<tls_connection&>(*this).judge_peer(chain);
}

cert_errc events::verify_staple(std::optional<der_bytes> response) noexcept {
    return static_cast<tls_connection&>(*this).judge_response(response);
}

const native_credentials* events::choose_credentials(protocol_version version, der_bytes request) noexcept {
    return static_cast<tls_connection&>(*this).choose_for_request(version, request);
}

const pre_shared_key* events::psk() const noexcept { return static_cast<const tls_connection&>(*this).named_psk(); }

void events::alert_sent(std::uint8_t alert) noexcept { static_cast<tls_connection&>(*this).alert_sent_ = alert; }

void events::alert_received(std::uint8_t alert) noexcept {
    static_cast<tls_connection&>(*this).alert_received_ = alert;
}

cert_errc tls_connection::judge_peer(std::span<const der_bytes> chain) noexcept {
    if (chain.size() > max_peer_certificates) {
        verdict_.emplace();
        verdict_->code = cert_errc::rejected;
        verdict_->too_long = true;
        return verdict_->code;
    }
    verdict_ = judge_chain(*context_->verification, chain, checked_name());
    staple_judged_ = false;  // that was with another chain, if at all
    if (verdict_->code == cert_errc::none && !keep_chain(verdict_->path)) {
        verdict_->code = cert_errc::rejected;
        verdict_->out_of_memory = true;
    }
    verdict_->path.clear();  // the library's
    return verdict_->code;
}

/// After the chain, and only when that is good.
cert_errc tls_connection::judge_response(std::optional<der_bytes> response) noexcept {
    if (!verdict_) return cert_errc::rejected;  // and the fence says why
    if (verdict_->code != cert_errc::none) return verdict_->code;
    const auto judged = guarded([&]() -> result<chain_verdict> {
        std::vector<der_bytes> path;
        for (const certificate& each : verified_chain_) path.push_back(each.der());
        if (response) staple_.assign(response->begin(), response->end());
        return judge_staple(*context_->verification, path, response);
    });
    if (judged) {
        verdict_ = *judged;
    } else {
        verdict_->code = cert_errc::rejected;
        verdict_->out_of_memory = true;
    }
    verdict_->path.clear();
    staple_judged_ = true;
    return verdict_->code;
}

/// For connection_info; false when there is no memory. The anchor's bytes are the store's.
bool tls_connection::keep_chain(std::span<const der_bytes> path) noexcept {
    verified_chain_.clear();
    return guarded([&]() -> result<void> {
               for (const der_bytes der : path) {
                   auto anchor = context_->verification->trust->anchors.at(der);
                   verified_chain_.push_back(anchor ? std::move(*anchor) : or_throw(certificate::from_der(der)));
               }
               return {};
           })
        .has_value();
}

/// Some libraries refuse a hello without a word. As long as a server has said nothing, its alerts are in the clear, and
/// core can say it for them: most of what is wrong with a hello by then is a value in it.
void tls_connection::refuse_in_clear(const error& e) noexcept {
    const bool silent = !alert_sent_ && !alert_received_ && wire_.sent_bytes() == 0;
    const bool refused = e == errc::protocol_error && (e.detail() == nullptr || e.detail()->message.empty());
    if (context_->role != role::server || native_ == nullptr || !silent || !refused) return;
    wire_.send(plaintext_alert(alert::illegal_parameter));
    alert_sent_ = alert::illegal_parameter;
}

/// One failure, seen from three sides: what core decided, what the peer said, what the library says.
error tls_connection::explain(const error& e) const {
    error_detail detail = e.detail() != nullptr ? *e.detail() : error_detail{};
    errc code = e.code();
    if (verdict_ && verdict_->code != cert_errc::none) {
        detail.alert = alert_sent_;
        return refusal(*verdict_, context_->verification->peer, checked_name(), std::move(detail));
    }
    if (alert_received_) {
        code = errc::alert_received;
        detail.alert = alert_received_;
        detail.origin = error_origin::peer;
        detail.message = std::string("the peer ended the connection with the alert ") + alert_name(*alert_received_) +
                         " (" + std::to_string(*alert_received_) + ")";
    } else {
        if (!detail.alert) detail.alert = alert_sent_;
        if (!core_refused_) code = settle(code);
        if (detail.message.empty()) {
            detail.message = describe_failure(code);
            if (!detail.native_text.empty()) detail.message += " (" + detail.native_text + ")";
        }
    }
    return {code, std::move(detail)};
}

/// What the library's code, and the alert it sent, mean from where we stand.
errc tls_connection::settle(errc code) const noexcept {
    if (code == errc::protocol_error && alert_sent_) code = errc_for_alert_sent(*alert_sent_);
    const bool server = context_->role == role::server;
    switch (code) {
        // Servers choose, from the hello. A client only hears of the choice, and a wrong one breaks the protocol; what
        // it must not accept of versions core has seen to.
        case errc::no_shared_version:
        case errc::no_shared_parameters:
        case errc::no_application_protocol:
            return server && state_ == state::handshaking && !answered_ ? code : errc::protocol_error;
        case errc::certificate_required: return server ? code : errc::protocol_error;
        case errc::psk_refused: return psk_ ? code : errc::protocol_error;  // else, a session's
        default: return code;
    }
}

void tls_connection::name_peer(const std::string& peer) noexcept {
    if (!failure_ || failure_->detail() == nullptr) return;
    try {
        error_detail detail = *failure_->detail();
        const std::string prefix = peer + ": ";
        if (detail.message.starts_with(prefix)) return;
        detail.message = prefix + detail.message;
        failure_ = error(failure_->code(), std::move(detail));
    } catch (...) {
        // The sentence without the peer's name is still true.
    }
}

}  // namespace tlseam::seam
