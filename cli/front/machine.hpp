// SPDX-License-Identifier: Apache-2.0
// The machine that we run on.
#pragma once

#include <string>

namespace cli::front {

struct machine {
    std::string cpu;     ///< "AMD EPYC"; where the system does not say, its architecture
    unsigned cores = 0;  ///< that we may use
    std::string kernel;  ///< "Linux 6.1.0"
};
[[nodiscard]] machine this_machine();

}  // namespace cli::front
