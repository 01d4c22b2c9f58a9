// SPDX-License-Identifier: Apache-2.0
// The commands. Each returns an exit code of options.hpp; errors before the first connection are thrown as
// tlseam::exception, later ones reported.
#pragma once

#include "cli/options.hpp"
#include "cli/report.hpp"

namespace cli {

[[nodiscard]] int serve(const serve_command& command, reporter& report);
[[nodiscard]] int connect(const connect_command& command, reporter& report);
[[nodiscard]] int info(const info_command& command, reporter& report);
[[nodiscard]] int stack(const stack_command& command, reporter& report);
[[nodiscard]] int verify(const verify_command& command, reporter& report);

}  // namespace cli
