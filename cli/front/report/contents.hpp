// SPDX-License-Identifier: Apache-2.0
// From what was gathered to what the report says.
#pragma once

#include "cli/front/report/data.hpp"
#include "cli/front/report/document.hpp"

namespace cli::front::report {

[[nodiscard]] document contents(const json& data);

/// The sections, in their order.
[[nodiscard]] section advice_section(const json& data);
[[nodiscard]] section libraries_section(const json& data);
[[nodiscard]] section speed_section(const json& data);
[[nodiscard]] section memory_section(const json& data);
[[nodiscard]] section capabilities_section(const json& data);
[[nodiscard]] section verdicts_section(const json& data);
[[nodiscard]] section connection_section(const json& data);
[[nodiscard]] section records_section(const json& data);
[[nodiscard]] section method_section(const json& data);

/// The titles of all libraries, after a first column.
[[nodiscard]] std::vector<std::string> columns(const std::string& first, const json& data);

}  // namespace cli::front::report
