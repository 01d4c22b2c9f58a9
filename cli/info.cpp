// SPDX-License-Identifier: Apache-2.0
// `info`: the library underneath.
#include "cli/commands.hpp"
#include "cli/facts.hpp"

namespace cli {

int info(const info_command& command, reporter& report) {
    report.about(tlseam::backend(), command.facts ? facts : nullptr);
    return exit_done;
}

}  // namespace cli
