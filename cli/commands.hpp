// SPDX-License-Identifier: Apache-2.0
// The subcommands. Each returns the exit code.
#pragma once

#include <stop_token>

#include "cli/options.hpp"

namespace cli {

/// stop: SIGINT or SIGTERM came.
[[nodiscard]] int serve(const options& o, std::stop_token stop);
[[nodiscard]] int connect(const options& o, std::stop_token stop);
[[nodiscard]] int info(const options& o);

/// 2 when the failure is the command line's (a file it names, a setting), else 1.
[[nodiscard]] int exit_code_for(const tlseam::error& e) noexcept;

}  // namespace cli
