// SPDX-License-Identifier: Apache-2.0
// The command line, described by itself: man pages and shell completion are made from it (cli/pages/).
#pragma once

#include <CLI/CLI.hpp>

namespace cli {

/// Adds --describe-command-line, which --help does not show: one JSON object, of everything that was added until it is
/// parsed. "name", "description", "footer", "options" (of each "names", "positional", "value": what it takes, or null
/// for a flag, "choices", "default", "description", "required", "needs", "excludes") and "commands", with the same of
/// each.
void add_description(CLI::App& app);

}  // namespace cli
