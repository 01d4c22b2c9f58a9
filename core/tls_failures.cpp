// SPDX-License-Identifier: Apache-2.0
// How a connection ends that does not end well: what is kept of the error, what the peer still gets, and the ends and
// floods that only core sees.
#include <utility>

#include "core/alerts.hpp"
#include "core/fail.hpp"
#include "core/tls_connection.hpp"

namespace tlseam::seam {

std::unexpected<error> tls_connection::stop(error e) noexcept {
    if (e == errc::want_read) return wait_for_input();
    if (e == errc::want_context) return std::unexpected(std::move(e));
    if (state_ != state::failed) {
        drop_sessions(e);
        try {
            refuse_in_clear(e);
            failure_ = explain(e);
        } catch (...) {
            failure_ = error(e.code());
        }
        state_ = state::failed;
    }
    return fail_again();
}

/// What is still here of our last message stays here: with it, the peer would have a complete handshake.
void tls_connection::withhold() noexcept { wire_.out().consume(wire_.out().size()); }

/// The library only knows that there is no signature, and not every one of them says goodbye then.
std::unexpected<error> tls_connection::stop_unsigned(error e) noexcept {
    core_refused_ = true;
    if (!alert_sent_ && wire_.sent_bytes() == 0) {
        wire_.send(plaintext_alert(alert::internal_error));
        alert_sent_ = alert::internal_error;
    }
    return stop(std::move(e));
}

bool tls_connection::is_flood(std::uint32_t with_data) noexcept {
    return wire_.consumed_records().records() > max_records_without_data + with_data;
}

std::unexpected<error> tls_connection::stop_flood() noexcept {
    return stop(fail(errc::too_large, "the peer sends records without data").error());
}

std::unexpected<error> tls_connection::wait_for_input() noexcept {
    if (wire_.exhausted()) return stop(errc::out_of_memory);
    if (state_ == state::handshaking) {
        wire_.in().shrink();  // whoever never goes on is not to hold a large buffer with a byte in it
    } else if (is_flood(0)) {
        return stop_flood();
    }
    if (!input_ended_) return std::unexpected(error(errc::want_read));
    const char* where = "the connection ended without close_notify";
    if (state_ == state::handshaking) {
        const bool nothing = wire_.consumed_bytes() == 0 && wire_.arrived().empty();
        where = nothing ? "the peer closed the connection without a word" : "the connection ended in the handshake";
    } else if (!wire_.arrived().empty() || wire_.consumed_records().inside_record()) {
        where = "the connection ended in the middle of a record";
    }
    return stop(fail(errc::truncated, where, error_origin::peer).error());
}

void tls_connection::fail_transport(error e) noexcept {
    if (state_ == state::failed) return;
    drop_sessions(e);
    failure_ = std::move(e);
    state_ = state::failed;
}

}  // namespace tlseam::seam
