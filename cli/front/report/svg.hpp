// SPDX-License-Identifier: Apache-2.0
// A chart as a file of its own, for documents that run no script.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "cli/front/report/document.hpp"

namespace cli::front::report {

/// One SVG image for each, drawn by the script of the page, in Node.js. Throws usage_error when that is not installed.
[[nodiscard]] std::vector<std::string> draw(const std::vector<chart>& charts, const std::stop_token& stop);

}  // namespace cli::front::report
