// SPDX-License-Identifier: Apache-2.0
#include "core/tls_connection.hpp"

#include <algorithm>
#include <utility>

#include "core/alerts.hpp"
#include "core/external_key.hpp"
#include "core/fail.hpp"
#include "core/lack_of_memory.hpp"
#include "core/resumption_scope.hpp"

namespace tlseam::seam {

tls_connection::~tls_connection() {
    if (native_ != nullptr) destroy_engine(*native_);
}

result<void> tls_connection::set_names(const connect_options& options, std::string_view host) {
    if (context_->role == role::server) {
        if (options.server_name || options.verified_name || options.session) {
            return fail(errc::misuse,
                        "server_name, verified_name and session belong to clients, and this is a server's context");
        }
        return {};
    }
    if (context_->psk.offered && options.verified_name) {
        return fail(errc::invalid_argument, "verified_name: with psk, no certificate is accepted");
    }
    if (context_->psk.offered && options.session) {
        return fail(errc::invalid_argument, "session: with psk, there are no sessions");
    }
    const std::string asked = options.server_name.value_or(std::string(host));
    const std::string checked = options.verified_name.value_or(asked);
    if (!asked.empty()) {
        auto name = parse_peer_name(asked);
        if (!name) return std::unexpected(name.error());
        if (name->kind == peer_name::kind::dns) server_name_ = std::move(name->dns);
    }
    if (!checked.empty()) {
        auto name = parse_peer_name(checked);
        if (!name) return std::unexpected(name.error());
        verified_name_ = std::move(*name);
    } else if (context_->verification) {
        return fail(errc::invalid_argument,
                    "a client that verifies its peer needs the peer's name: set server_name or verified_name");
    }
    return prepare_resumption(options);
}

// ---- the verbs ----

result<void> tls_connection::handshake() noexcept {
    switch (look_up(verb::handshake)) {
        case action::done: return {};
        case action::fail_again: return fail_again();
        default: break;
    }
    state_ = state::handshaking;
    const bool only_hello = context_->role == role::server && native_ == nullptr;  // is shown to the library
    if (native_ == nullptr) {
        if (auto started = guarded([&] { return start(); }); !started) return stop(started.error());
    }
    const bool awaits_retry = answer_ && !answer_->retried();
    if (answer_) {
        if (auto sound = guarded([&] { return check_answer(); }); !sound) return stop(sound.error());
    }
    if (psk_step_ == psk_step::identity) {
        if (auto sound = guarded([&] { return take_identity(); }); !sound) return stop(sound.error());
    }
    answered_ = wire_.sent_bytes() != 0;
    const std::size_t unsent = wire_.out().size();
    (void)external_key::take_failure();  // of another connection
    const auto done = with_memory([&] { return seam::handshake(*native_); });
    wire_.show_all();
    if (callback_failure_) {
        withhold();
        return stop(*callback_failure_);
    }
    if (!done) {
        if (done.error() == errc::psk_refused && psk_) answer_wrong_key();
        if (auto refused = external_key::take_failure()) return stop_unsigned(std::move(*refused));
        if (done.error() == errc::bad_record_mac && named_psk() != nullptr) return refuse_wrong_psk(unsent);
        if (done.error() == errc::want_read && awaits_identity()) return handshake();
        if (done.error() == errc::want_read && only_hello && !wire_.arrived().empty()) return handshake();
        // The library saw a HelloRetryRequest and nothing behind it.
        if (done.error() == errc::want_read && awaits_retry && answer_ && answer_->retried()) return handshake();
        if (done.error() == errc::want_read && wire_.consumed_bytes() > max_handshake_bytes) {
            return stop(fail(errc::too_large, "the peer's handshake is longer than 512 KiB").error());
        }
        if (done.error() == errc::want_read && wire_.consumed_records().records() > max_handshake_records) {
            return stop(fail(errc::too_large, "the peer's handshake comes in more than 8,192 records").error());
        }
        return stop(done.error());
    }
    if (wire_.exhausted()) return stop(errc::out_of_memory);  // of our last message, something is missing
    if (auto completed = guarded([&] { return complete(); }); !completed) {
        withhold();
        if (late_alert_) {
            wire_.send(plaintext_alert(*late_alert_));
            alert_sent_ = late_alert_;
        }
        return stop(completed.error());
    }
    if (has_fresh_sessions()) {
        if (auto given = guarded([&] { return deliver_sessions(); }); !given) return stop(given.error());
    }
    return {};
}

result<std::size_t> tls_connection::read_some(std::span<std::byte> buffer) noexcept {
    if (look_up(verb::read) == action::handshake_first) {
        if (auto done = handshake(); !done) return std::unexpected(done.error());
    }
    std::byte scratch[2048];
    for (;;) {
        const action what = look_up(verb::read);
        if (what == action::fail_again) return fail_again();
        if (what == action::end_of_stream || buffer.empty()) return 0;
        const bool discard = what == action::discard;
        const auto room = discard ? std::span<std::byte>(scratch) : buffer.first(std::min(buffer.size(), max_record));
        // No library makes anything of nothing; but asking takes time, and one allocates a buffer for it.
        if (wire_.in().empty() && seam::pending(*native_) == 0) return wait_for_input();
        const bool may_sign = context_->post_handshake_auth;
        if (may_sign) (void)external_key::take_failure();  // of another connection
        const std::size_t unsent = wire_.out().size();
        const auto count = with_memory([&] { return seam::read(*native_, room); });
        const bool sound = count || count.error() == errc::want_read;
        // Who has said close_notify says nothing more (RFC 8446 6.1), though libraries go on answering key updates: at
        // a peer that has closed its socket, an answer would cause a reset, and that destroys what was on its way to
        // us.
        if (sound && sent_close()) wire_.out().truncate(unsent);
        if (may_sign || certificate_requested_) {
            if (auto settled = settle_authentication(sound); !settled) return std::unexpected(settled.error());
        }
        if (sound && has_fresh_sessions()) {
            if (auto given = guarded([&] { return deliver_sessions(); }); !given) return stop(given.error());
        }
        if (!count) return stop(count.error());
        if (wire_.exhausted()) return stop(errc::out_of_memory);
        if (wire_.out().size() > max_unread_answers) {
            return stop(fail(errc::too_large, "the peer asks for answers and does not read them").error());
        }
        if (*count == 0) {
            state_ = state_ == state::closing ? state::closed : state::peer_closed;
            return 0;
        }
        // Also when the data came along: whether it did is a matter of time.
        if (is_flood(1)) return stop_flood();
        wire_.consumed_records().reset();
        if (!discard) return *count;
    }
}

result<std::size_t> tls_connection::write_some(std::span<const std::byte> data) noexcept {
    if (look_up(verb::write) == action::handshake_first) {
        if (auto done = handshake(); !done) return std::unexpected(done.error());
    }
    switch (look_up(verb::write)) {
        case action::fail_again: return fail_again();
        case action::closed: return fail(errc::closed, "writing after close_notify");
        default: break;
    }
    if (data.empty()) return 0;
    if (wire_.out().size() >= max_unsent) return std::unexpected(errc::want_write);
    // Where an update has to wait for a certificate, not for ever: rather end with a client that does not show one.
    const std::uint64_t most_records = may_update_keys() ? records_per_key : 4 * records_per_key;
    if (independent_halves_ && ++records_written_ >= most_records) {
        const bool ask = !backend_supports(feature::key_update_unanswered);
        if (auto renewed = with_memory([&] { return seam::key_update(*native_, ask); }); !renewed)
            return stop(renewed.error());
        records_written_ = 0;
    }
    const std::size_t count = std::min(data.size(), context_->max_record_size);
    const auto written = with_memory([&] { return seam::write(*native_, data.first(count)); });
    if (certificate_requested_ && written) {  // the rest of an answer may have been taken
        if (auto settled = settle_authentication(true); !settled) return std::unexpected(settled.error());
    }
    if (!written) return stop(written.error());
    if (wire_.exhausted()) return stop(errc::out_of_memory);
    return count;
}

result<void> tls_connection::close_write() noexcept {
    switch (look_up(verb::close)) {
        case action::fail_again: return fail_again();
        case action::done: return {};
        case action::misuse: return fail(errc::misuse, "close_write() before the handshake is complete");
        default: break;
    }
    if (auto sent = with_memory([&] { return seam::close_notify(*native_); }); !sent) return stop(sent.error());
    if (wire_.exhausted()) return stop(errc::out_of_memory);
    state_ = state_ == state::peer_closed ? state::closed : state::closing;
    return {};
}

result<void> tls_connection::key_update(bool ask_peer) noexcept {
    const action what = look_up(verb::key_update);
    if (what == action::fail_again) return fail_again();
    if (what == action::misuse) return fail(errc::misuse, "key_update() before the handshake is complete");
    if (!independent_halves_) return fail(errc::unsupported, "TLS 1.2 has no key update");
    if (what == action::closed) return fail(errc::closed, "key_update() after close_write()");
    if (!ask_peer && !backend_supports(feature::key_update_unanswered)) {
        return guarded([]() -> result<void> {
            return fail(errc::unsupported,
                        std::string(backend_name()) +
                            " cannot renew our keys alone: its key updates always ask the peer for one");
        });
    }
    if (!may_update_keys()) return fail(errc::unsupported, "key_update() before the client has shown its certificate");
    if (wire_.out().size() >= max_unsent) return std::unexpected(errc::want_write);
    if (auto updated = with_memory([&] { return seam::key_update(*native_, ask_peer); }); !updated)
        return stop(updated.error());
    if (wire_.exhausted()) return stop(errc::out_of_memory);
    return {};
}

std::size_t tls_connection::pending() const noexcept {
    const bool readable = state_ == state::open || (state_ == state::closing && independent_halves_);
    return readable ? seam::pending(*native_) : 0;
}

// ---- the beginning ----

result<void> tls_connection::start() {
    connection connection{
        .role = context_->role, .alpn = context_->alpn, .server_name = server_name_, .exporter = context_->exporter};
    std::string choice[1];
    if (context_->role == role::server) {
        if (auto ready = start_server(connection); !ready) return ready;
        connection.exporter = context_->exporter;  // another context may answer than the one that was asked
        if (context_->tickets) {
            const auto version = offered_tls1_3_ ? protocol_version::tls1_3 : protocol_version::tls1_2;
            ticket_binding_ = bind_tickets(context_->scope, version, server_name_, alpn_choice_);
        }
        choice[0] = alpn_choice_;
        connection.alpn = std::span<const std::string>(choice, alpn_choice_.empty() ? 0 : 1);
    }
    offer_psk(connection);
    if (resumption_) choose_session(connection);
    auto made =
        with_memory([&] { return create_engine(storage_, native_context_for_peer(), connection, wire_, *this); });
    if (!made) return std::unexpected(made.error());
    native_ = *made;
    return context_->role == role::client ? send_hello() : result<void>();
}

const std::shared_ptr<const native_context>& tls_connection::native_context_for_peer() const noexcept {
    if (psk_step_ != psk_step::none) return context_->psk.native_tls1_2;
    const bool by_key = context_->role == role::server && psk_;
    return by_key ? context_->psk.native_for(psk_->hash) : context_->natives[chosen_];
}

}  // namespace tlseam::seam
