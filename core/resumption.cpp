// SPDX-License-Identifier: Apache-2.0
// Resumption as one connection meets it. A server: which key a ticket is encrypted with. A client: which session it
// offers, what a resumed handshake is worth, and what becomes of the tickets that come.
#include "core/resumption.hpp"

#include <algorithm>

#include "core/byte_writer.hpp"
#include "core/fail.hpp"
#include "core/tls_connection.hpp"

namespace tlseam::seam {

namespace {

std::int64_t now_by(const wall_clock& clock) { return time_by(clock).time_since_epoch().count(); }

}  // namespace

// ---- servers ----

std::optional<ticket_key> events::find_ticket_key(std::span<const std::byte> name) noexcept {
    try {
        return static_cast<tls_connection&>(*this).ticket_key_named(name);
    } catch (...) {
        return std::nullopt;  // without memory: a full handshake, or no ticket
    }
}

std::optional<ticket_key> tls_connection::ticket_key_named(std::span<const std::byte> name) const {
    if (!context_->tickets || (!name.empty() && !accepts_tickets_)) return std::nullopt;
    if (name.empty()) renew_ticket_secret();
    return select_ticket_key(*context_->tickets->secrets(), ticket_binding_, name);
}

/// Before a new ticket. A clock that throws is no reason to fail a handshake that does not need it.
void tls_connection::renew_ticket_secret() const noexcept {
    if (context_->renew_tickets.count() == 0) return;
    try {
        context_->tickets->renew_when_older(context_->renew_tickets, now_by(context_->clock));
    } catch (...) {
        // the next ticket tries again
    }
}

// ---- clients: before the handshake ----

result<void> tls_connection::prepare_resumption(const connect_options& options) {
    if (!context_->resumption) {
        if (!options.session) return {};
        return fail(errc::invalid_argument, "session: resumption is off in the settings of this context");
    }
    resumption_ = std::make_unique<client_resumption>();
    resumption_->wanted = options.session;
    return {};
}

void tls_connection::set_target(std::string target) noexcept {
    if (resumption_) resumption_->target = std::move(target);
}

/// Servers without a name to tell them apart share nothing.
std::optional<digest> tls_connection::cache_key() const {
    if (!context_->sessions || (server_name_.empty() && !verified_name_)) return std::nullopt;
    byte_writer out;
    out.raw(context_->scope);
    out.text(server_name_);
    out.text(verified_name_ ? verified_name_->text() : "");
    out.text(resumption_->target);
    for (const std::string& protocol : context_->alpn) out.text(protocol);
    return sha256(out.bytes());
}

/// Chooses what to offer, and marks it as used up. Nothing that is wrong with a session is an error.
void tls_connection::choose_session(connection& connection) {
    client_resumption& it = *resumption_;
    it.cache_key = cache_key();
    std::optional<session> candidate = it.wanted;
    if (!candidate && it.cache_key) candidate = context_->sessions->take(*it.cache_key);
    if (!candidate || !may_offer(candidate->data()->blob)) return;
    const auto& data = *candidate->data();
    if (data.is_dead()) return;
    if (data.blob.version == protocol_version::tls1_3 && data.spent.exchange(true)) return;
    connection.session = data.blob.native;
    it.offered = std::move(candidate);
}

/// Whether everything that its first handshake was judged by still holds.
bool tls_connection::may_offer(const session_blob& blob) {
    const std::string verified = verified_name_ ? verified_name_->text() : "";
    if (blob.scope != context_->scope || blob.server_name != server_name_ || blob.verified_name != verified)
        return false;
    // An older one would keep a library from offering the newest version.
    if (blob.version != context_->max_version) return false;
    if (blob.resumptions >= most_resumptions) return false;
    // One library finds sessions of TLS 1.2 by this name alone.
    if (blob.version == protocol_version::tls1_2 && server_name_.empty()) return false;
    try {
        const std::int64_t now = now_by(context_->clock);
        if (now < blob.issued || now >= expiry_of(blob)) return false;
    } catch (const std::bad_alloc&) {
        throw;
    } catch (...) {
        return false;  // the handshake will say so
    }
    if (!context_->verification) return true;
    const std::vector<der_bytes> chain(blob.chain.begin(), blob.chain.end());
    resumption_->judged = judge_chain(*context_->verification, chain, checked_name());
    if (resumption_->judged->code == cert_errc::none) {
        if (!keep_chain(resumption_->judged->path)) throw std::bad_alloc();
        if (context_->verification->more.ocsp != ocsp_stapling::off) {
            const auto path = std::move(resumption_->judged->path);
            const auto response = blob.staple.empty() ? std::nullopt : std::optional<der_bytes>(blob.staple);
            resumption_->judged = judge_staple(*context_->verification, path, response);
        }
    }
    resumption_->judged->path.clear();
    return resumption_->judged->code == cert_errc::none;
}

// ---- clients: the handshake is complete ----

/// A resumed handshake shows no certificate: what the session remembers, judged before it was offered, counts. A
/// session that was declined is declined again; and not every server gives a new ticket to those who show an old one.
result<void> tls_connection::settle_resumption(negotiated& agreed) {
    const bool offered = resumption_ && resumption_->offered;
    if (!agreed.resumed) {
        if (offered && context_->sessions) context_->sessions->remove(*resumption_->offered);
        return {};
    }
    if (!offered) return fail(errc::internal, "the library resumed a session that was not offered");
    const session_blob& blob = resumption_->offered->data()->blob;
    const bool same_suite = agreed.version == protocol_version::tls1_3 || agreed.cipher_suite == blob.cipher_suite;
    if (agreed.version != blob.version || !same_suite) {
        return fail(errc::protocol_error, "the server resumed a session with other parameters");
    }
    agreed.peer_chain = blob.chain;
    staple_ = blob.staple;
    verdict_ = std::move(resumption_->judged);
    resumption_->authenticated = blob.authenticated;
    resumption_->resumptions = static_cast<std::uint16_t>(blob.resumptions + 1);
    if (agreed.version == protocol_version::tls1_3) {  // it is used up, and large
        resumption_->wanted.reset();
        resumption_->offered.reset();
    }
    return {};
}

// ---- clients: tickets ----

void events::new_session(std::span<const std::byte> bytes, std::chrono::seconds lifetime) noexcept {
    const auto& resumption = static_cast<tls_connection&>(*this).resumption_;
    if (!resumption) return;
    try {
        resumption->fresh.push_back({secret_bytes(std::vector<std::byte>(bytes.begin(), bytes.end())), lifetime});
    } catch (...) {
        resumption->out_of_memory = true;
    }
}

session tls_connection::make_session(const fresh_session& fresh) const {
    const auto native = fresh.native.bytes();
    session_blob blob;
    blob.scope = context_->scope;
    blob.server_name = server_name_;
    if (verified_name_) blob.verified_name = verified_name_->text();
    blob.version = info_.version;
    blob.cipher_suite = info_.cipher_suite;
    blob.issued = now_by(context_->clock);
    constexpr std::chrono::seconds unspecified = std::chrono::hours(2);
    blob.lifetime = (fresh.lifetime.count() == 0 ? unspecified : fresh.lifetime).count();
    blob.authenticated = info_.resumed ? resumption_->authenticated : blob.issued;
    if (info_.resumed) blob.resumptions = resumption_->resumptions;
    for (const certificate& each : info_.peer_certificates)
        blob.chain.emplace_back(each.der().begin(), each.der().end());
    blob.staple = staple_;
    blob.native.assign(native.begin(), native.end());
    return session(std::make_shared<const detail::session_data>(std::move(blob), resumption_->failed));
}

/// After a call of the library, not from within: what the program does then may be anything.
result<void> tls_connection::deliver_sessions() {
    client_resumption& it = *resumption_;
    if (it.out_of_memory) return std::unexpected(error(errc::out_of_memory));
    const auto fresh = std::exchange(it.fresh, {});
    // A renewed ticket: not every library tells.
    if (info_.resumed && info_.version == protocol_version::tls1_2) return {};
    for (const fresh_session& one : fresh) {
        const bool tls1_3 = info_.version == protocol_version::tls1_3;
        // In TLS 1.3 a lifetime of 0 means "not at all"; in TLS 1.2 it says nothing (RFC 5077 3.3).
        if ((tls1_3 && one.lifetime.count() == 0) || info_.peer_certificates.size() > max_session_chain) continue;
        const char* which = "the clock of the settings";
        try {
            const session made = make_session(one);
            if (!is_sound(made.data()->blob)) continue;  // by its clock
            // Of an older version, it would never be offered.
            if (it.cache_key && made.version() == context_->max_version) context_->sessions->put(*it.cache_key, made);
            which = "on_session of the settings";
            if (context_->on_session) context_->on_session(made);
        } catch (const std::bad_alloc&) {
            throw;
        } catch (...) {
            return fail(errc::callback_failed, std::string(which) + " threw an exception");
        }
    }
    return {};
}

/// Nothing of a failed connection is used again (RFC 5246 7.2.2, RFC 8446 6.2). One that was open and then only cut off
/// has not failed in this sense (RFC 5246 7.2.1): many servers never say goodbye.
void tls_connection::drop_sessions(const error& cause) noexcept {
    const bool only_cut_off = cause == errc::truncated || cause == errc::connection_reset ||
                              cause == errc::unreachable || cause == errc::transport_error;
    if (!resumption_ || (only_cut_off && state_ != state::fresh && state_ != state::handshaking)) return;
    *resumption_->failed = true;
    if (resumption_->offered) resumption_->offered->data()->spent = true;
}

}  // namespace tlseam::seam
