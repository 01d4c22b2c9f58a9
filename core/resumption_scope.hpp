// SPDX-License-Identifier: Apache-2.0
// What a session is bound to: a digest of everything in the settings that its first handshake was judged by, and that
// a resumption would not judge again. Two contexts of one scope may resume each other's sessions.
//
// In it: the library with its version, role, versions, suites, groups; of clients also the trust anchors, how chains
// are verified, and their own certificate. Not in it: the identity of objects, a server's certificate (a reload goes
// on resuming), ALPN (agreed on anew), clocks (dates are checked anew). A callback of the program has no digest: then
// a random number is in it, and sessions stay with the context and its copies.
#pragma once

#include "core/data.hpp"

namespace tlseam::seam {

/// Errors: internal (no random numbers). Throws std::bad_alloc.
[[nodiscard]] result<digest> digest_scope(const context_config& config, const std::optional<verification>& how,
                                          const std::vector<tlseam::credentials>& identities);

/// What a server's ticket keys are bound to in one connection: nobody resumes across names, protocols or versions.
[[nodiscard]] digest bind_tickets(const digest& scope, protocol_version version, std::string_view server_name,
                                  std::string_view alpn);

}  // namespace tlseam::seam
