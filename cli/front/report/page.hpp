// SPDX-License-Identifier: Apache-2.0
// A document as one HTML file that needs nothing else.
#pragma once

#include <string>
#include <string_view>

#include "cli/front/report/document.hpp"

namespace cli::front::report {

/// Nothing in the document can become markup, whoever wrote it; only the two hashed blocks of page_parts.hpp run.
[[nodiscard]] std::string page(const document& document);

/// For text and for attributes in quotes. Control characters, and those that turn the direction of writing, become
/// U+FFFD.
[[nodiscard]] std::string escaped(std::string_view text);

/// The charts as charts.js takes them.
[[nodiscard]] std::string as_json(const std::vector<chart>& charts);

}  // namespace cli::front::report
