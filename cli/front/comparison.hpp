// SPDX-License-Identifier: Apache-2.0
// Connections with several libraries, side by side: what differs, and what to say about it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/front/compare.hpp"

namespace cli::front {

/// How things are called at the two ends.
struct words {
    const char *offered, *peer_certificate, *peer_signature, *succeeds, *succeed, *fails;
    bool clients;  ///< the libraries are clients
};
inline constexpr words words_for_clients = {
    "Offered by each library","certificate", "signature of server", "connects", "connect",
    "does not connect", true};
inline constexpr words words_for_servers = {
    "Offered by the client", "certificate", "signature of client", "serves it", "serve it", "does not serve it",
    false};

/// Prints result, which has "backends" as attempt.hpp describes them, for people or programs. Adds "differences":
/// fields as "offered.groups", only of those that got as far as to have them. Returns an exit code: exit_done when all
/// succeed, exit_failed when none does, else exit_differs; that too for any difference where it is wanted.
[[nodiscard]] int conclude(nlohmann::ordered_json result, const compare_common& command, const words& words);

}  // namespace cli::front
