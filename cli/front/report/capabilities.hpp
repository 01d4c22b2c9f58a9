// SPDX-License-Identifier: Apache-2.0
// What the libraries have, item by item.
#pragma once

#include <string>
#include <vector>

#include "cli/front/report/data.hpp"

namespace cli::front::report {

enum class presence : unsigned char { yes, no, unknown };

struct capability {
    std::string list;  ///< "features", "groups", ...
    std::string name;
    std::string id;                                 ///< of its row
    std::vector<presence> has;                      ///< for each of libraries(data); unknown: it does not run
    std::vector<std::vector<std::string>> options;  ///< of the library's build that decide it, likewise
    [[nodiscard]] bool differs() const;
};

/// In the order in which the libraries list them.
[[nodiscard]] std::vector<capability> capabilities_of(const json& data);

}  // namespace cli::front::report
