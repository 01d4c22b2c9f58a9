// SPDX-License-Identifier: Apache-2.0
// What the peer has signed with must be one of the schemes that we named (RFC 8446 4.4.3, RFC 5246 7.4.3 and 7.4.8).
// Not every library sees to it, and some name more than the settings do.
#include <algorithm>

#include "core/alerts.hpp"
#include "core/certificate_text.hpp"
#include "core/fail.hpp"
#include "core/policy.hpp"
#include "core/tls_connection.hpp"
#include "core/x509.hpp"

namespace tlseam::seam {
namespace {

std::string text_of(std::uint16_t scheme) {
    std::string out(policy::signature_scheme_name(scheme));
    out += " (0x";
    append_hex(out, scheme);
    return out + ")";
}

/// RFC 8446 4.2.3 has other numbers for RSA keys that are for PSS alone; not every library tells the two apart.
std::uint16_t scheme_of(const negotiated& agreed) {
    constexpr std::uint16_t first = 0x0804, last = 0x0806, from_rsae_to_pss = 5;
    const std::uint16_t scheme = agreed.peer_scheme;
    if (scheme < first || scheme > last || agreed.peer_chain.empty()) return scheme;
    const auto leaf = parse_x509(agreed.peer_chain.front());
    return leaf && leaf->is_for_pss_only ? static_cast<std::uint16_t>(scheme + from_rsae_to_pss) : scheme;
}

}  // namespace

result<void> tls_connection::check_peer_scheme(const negotiated& agreed) {
    const std::uint16_t scheme = scheme_of(agreed);
    if (scheme == 0) {
        if (agreed.resumed || agreed.peer_chain.empty()) return {};
        return fail(errc::internal, "the library does not say what the peer signed with");
    }
    const auto& ours = context_->signature_schemes;
    if (std::ranges::find(ours, scheme) != ours.end()) return {};
    core_refused_ = true;
    // A server of TLS 1.2 has not changed its keys then, for the peer that is. (A client's last message has left.)
    if (context_->role == role::server && agreed.version == protocol_version::tls1_2) {
        late_alert_ = alert::illegal_parameter;
    }
    return fail(errc::protocol_error, "the peer signed with " + text_of(scheme) + ", which signature_schemes exclude");
}

}  // namespace tlseam::seam
