// SPDX-License-Identifier: Apache-2.0
// Connections with several libraries, side by side: what differs, and what to say about it.
#pragma once

#include <nlohmann/json.hpp>

#include "cli/front/compare.hpp"
#include "cli/front/rows.hpp"

namespace cli::front {

/// Prints result, which has "backends" as attempt.hpp describes them, for people or programs. Adds "differences":
/// fields as "offered.groups", only of those that got as far as to have them. Returns an exit code: exit_done when all
/// succeed, exit_failed when none does, else exit_differs; that too for any difference where it is wanted.
[[nodiscard]] int conclude(nlohmann::ordered_json result, const compare_common& command, const words& words);

}  // namespace cli::front
