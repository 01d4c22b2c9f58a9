// SPDX-License-Identifier: Apache-2.0
// The commands of `tlseam` itself: those that concern more than one library, or none.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>

namespace cli::front {

/// What the command line chose; run once it was parsed whole. Returns an exit code (cli/exit_codes.hpp); what it throws
/// is reported, as a usage_error with exit code 2, as anything else with 1.
using action = std::function<int()>;

/// Each adds one subcommand. When it is parsed, it puts what is to be done into chosen.
void add_backends(CLI::App& app, action& chosen);
void add_bench(CLI::App& app, action& chosen);
void add_cert(CLI::App& app, action& chosen);

}  // namespace cli::front
