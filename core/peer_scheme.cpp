// SPDX-License-Identifier: Apache-2.0
// What the peer has signed with must be one of the schemes that we named (RFC 8446 4.4.3, RFC 5246 7.4.3 and 7.4.8).
// Not every library sees to it, and some name more than the settings do.
#include <algorithm>

#include "core/alerts.hpp"
#include "core/fail.hpp"
#include "core/policy.hpp"
#include "core/tls_connection.hpp"

namespace tlseam::seam {
namespace {

std::string text_of(std::uint16_t scheme) {
    constexpr char digits[] = "0123456789abcdef";
    std::string out(policy::signature_scheme_name(scheme));
    out += " (0x";
    for (int shift = 12; shift >= 0; shift -= 4) out += digits[scheme >> shift & 0xf];
    return out + ")";
}

}  // namespace

result<void> tls_connection::check_peer_scheme(const negotiated& agreed) {
    const std::uint16_t scheme = agreed.peer_scheme;
    if (scheme == 0) {
        if (agreed.resumed || agreed.peer_chain.empty()) return {};
        return fail(errc::internal, "the library does not say what the peer signed with");
    }
    const auto& ours = context_->signature_schemes;
    if (std::ranges::find(ours, scheme) != ours.end()) return {};
    // Nothing of ours that is still here may leave: the peer's handshake must not become complete.
    wire_.out().consume(wire_.out().size());
    core_refused_ = true;
    // A server of TLS 1.2 has not changed its keys then, for the peer that is.
    if (context_->role == role::server && agreed.version == protocol_version::tls1_2) {
        wire_.send(plaintext_alert(alert::illegal_parameter));
        alert_sent_ = alert::illegal_parameter;
    }
    return fail(errc::protocol_error, "the peer signed with " + text_of(scheme) + ", which signature_schemes exclude");
}

}  // namespace tlseam::seam
