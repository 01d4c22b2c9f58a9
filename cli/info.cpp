// SPDX-License-Identifier: Apache-2.0
// `info`: the library underneath.
#include "cli/commands.hpp"

namespace cli {

int info(reporter& report) {
    report.about(tlseam::backend());
    return exit_done;
}

}  // namespace cli
