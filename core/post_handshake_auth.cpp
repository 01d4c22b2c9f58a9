// SPDX-License-Identifier: Apache-2.0
// Certificates that clients show after the handshake (RFC 8446 4.6.2): who may be asked, what an answer is worth, and
// how often a client answers. Nobody counts as authenticated before the whole answer was verified.
#include <algorithm>
#include <utility>

#include "core/external_key.hpp"
#include "core/fail.hpp"
#include "core/policy.hpp"
#include "core/post_handshake_auth.hpp"
#include "core/tls_connection.hpp"

namespace tlseam::seam {
namespace {

constexpr std::string_view http2 = "h2";  // forbids it (RFC 8740)

result<void> check(const char* setting, protocol_version newest) {
    const std::string name = setting;
    if (newest != protocol_version::tls1_3) {
        return fail(errc::invalid_argument, name + ": needs TLS 1.3, and max_version or profile exclude it");
    }
    if (backend_supports(feature::post_handshake_auth)) return {};
    return fail(errc::unsupported, name + ": " + std::string(backend_name()) + " has no post-handshake authentication");
}

}  // namespace

// ---- settings ----

result<void> check_post_handshake_auth(const client_settings& settings, protocol_version newest) {
    if (!settings.post_handshake_auth) return {};
    const auto refuse = [](const char* what) { return fail(errc::invalid_argument, what); };
    if (settings.psk) return refuse("post_handshake_auth: with psk, no certificate is shown");
    if (settings.session_cache) return refuse("session_cache: with post_handshake_auth, there are no sessions");
    if (settings.on_session) return refuse("on_session: with post_handshake_auth, there are no sessions");
    return check("post_handshake_auth", newest);
}

result<void> check_post_handshake_auth(const server_settings& settings, protocol_version newest) {
    if (settings.client_auth != client_auth::on_request) return {};
    return check("client_auth: on_request", newest);
}

// ---- servers ----

result<void> tls_connection::may_request(client_auth how) const {
    const char* const mistake = context_->role == role::client ? "request_certificate() by a client"
                                : context_->client_auth != client_auth::on_request
                                    ? "request_certificate() without client_auth::on_request"
                                : certificate_requested_ ? "request_certificate() before the last one was answered"
                                : info_.alpn == http2    ? "request_certificate() in HTTP/2, which forbids it"
                                                         : nullptr;
    if (mistake != nullptr) return fail(errc::misuse, mistake);
    if (how != client_auth::optional && how != client_auth::required) {
        return fail(errc::invalid_argument, "request_certificate(): a certificate is either optional or required");
    }
    if (!independent_halves_) return fail(errc::unsupported, "TLS 1.2 has no post-handshake authentication");
    if (!offered_later_auth_) {
        return fail(errc::unsupported, "the client has not offered post-handshake authentication");
    }
    if (certificate_requests_ != 0 && !backend_supports(feature::post_handshake_auth_unrestricted)) {
        return fail(errc::unsupported,
                    std::string(backend_name()) + " can ask for a certificate once on a connection, and has done so");
    }
    return {};
}

result<void> tls_connection::request_certificate(client_auth how) noexcept {
    const action what = look_up(verb::key_update);
    if (what == action::fail_again) return fail_again();
    if (what == action::misuse) return fail(errc::misuse, "request_certificate() before the handshake is complete");
    if (auto allowed = guarded([&] { return may_request(how); }); !allowed) return allowed;
    // A client that has closed its half can only read.
    if (what == action::closed || state_ == state::peer_closed) {
        return fail(errc::closed, "request_certificate() after close_notify");
    }
    if (wire_.out().size() >= max_unsent) return std::unexpected(errc::want_write);
    verdict_.reset();  // what counts from now on is the answer
    verified_chain_.clear();
    certificate_required_ = how == client_auth::required;
    if (auto asked = seam::request_certificate(*native_, certificate_required_); !asked) return stop(asked.error());
    if (wire_.exhausted()) return stop(errc::out_of_memory);
    certificate_requested_ = true;
    ++certificate_requests_;
    wire_.consumed_records().reset();  // the answer is no flood
    return {};
}

/// The fences again: the library says that the answer is complete and good.
result<void> tls_connection::take_answer() {
    negotiated agreed = describe(*native_);
    if (agreed.peer_chain.empty()) {
        if (certificate_required_) return fail(errc::certificate_required, "the client sent no certificate");
        agreed.peer_scheme = 0;  // of an earlier answer
        verdict_.reset();
        verified_chain_.clear();
    } else if (!verdict_ || verdict_->code != cert_errc::none) {
        return fail(errc::internal, "the library took a certificate without verifying it");
    }
    agreed.resumed = false;
    if (auto allowed = check_peer_scheme(agreed); !allowed) return allowed;
    connection_info next = info();
    if (auto told = tell_of_peer(next, agreed); !told) return told;
    put_info(std::move(next));
    certificate_requested_ = false;
    return {};
}

// ---- clients ----

/// Asked after the handshake, and about to answer.
result<void> tls_connection::may_answer() {
    if (info_.alpn == http2) {
        return fail(errc::protocol_error, "the server asks for a certificate in HTTP/2, which forbids it");
    }
    if (++certificate_requests_ > max_certificate_requests) {
        return fail(errc::too_large, "the server asks for a certificate again and again");
    }
    return {};
}

// ---- both ----

result<void> tls_connection::settle_authentication(bool sound) noexcept {
    if (callback_failure_) {
        withhold();
        return stop(*callback_failure_);
    }
    if (!sound) {
        if (!context_->post_handshake_auth) return {};
        auto refused = external_key::take_failure();
        return refused ? result<void>(stop_unsigned(std::move(*refused))) : result<void>();
    }
    const auto settled = guarded([&]() -> result<void> {
        if (certificate_requested_ && certificate_answered(*native_)) return take_answer();
        if (!std::exchange(later_shown_, false)) return {};
        connection_info next = info();
        next.local_certificates.clear();
        if (shown_) next.local_certificates = context_->candidates[*shown_].chain;
        put_info(std::move(next));
        return {};
    });
    if (settled) return {};
    withhold();
    return stop(settled.error());
}

/// Whoever holds a reference to an older one keeps it.
void tls_connection::put_info(connection_info info) {
    later_infos_.push_back(std::move(info));
    newest_info_.store(&later_infos_.back(), std::memory_order_release);
}

}  // namespace tlseam::seam
