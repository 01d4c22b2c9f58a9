// SPDX-License-Identifier: Apache-2.0
// "Choose this when": rules, each of which speaks of one figure or one row of the report and names it.
#pragma once

#include <vector>

#include "cli/front/report/document.hpp"
#include "cli/front/report/figures.hpp"

namespace cli::front::report {

struct advice {
    std::vector<text> choose;       ///< it is the one when this counts
    std::vector<text> think_twice;  ///< it is not, when this counts
};

/// One for each of libraries(data).
[[nodiscard]] std::vector<advice> advise(const json& data, const std::vector<measure>& measures);

/// Whether what links a library under this licence must be under it too, unless a licence is bought.
[[nodiscard]] bool is_copyleft(const std::string& licence);

/// The rows of "faults" that hold for the version that is here.
[[nodiscard]] std::vector<const json*> faults_of(const library& library);
[[nodiscard]] std::vector<const json*> deviations_of(const library& library);

}  // namespace cli::front::report
