// SPDX-License-Identifier: Apache-2.0
// In what connections with several libraries differ. Each part is compared among those that got as far as to have it:
// who did not differs in the outcome, and not in this too.
#pragma once

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/front/rows.hpp"

namespace cli::front {

[[nodiscard]] bool differs(const std::string& field, const nlohmann::ordered_json& backends);
[[nodiscard]] bool any_differs(std::initializer_list<const char*> fields, const nlohmann::ordered_json& backends);

/// The fields that differ, as a list of strings.
[[nodiscard]] nlohmann::ordered_json differences(const nlohmann::ordered_json& backends, const words& words);

/// The titles of those rows that differ; "order of extensions" where the items are the same.
[[nodiscard]] std::vector<std::string> names_of_differences(const std::vector<row>& rows,
                                                            const nlohmann::ordered_json& backends);

}  // namespace cli::front
