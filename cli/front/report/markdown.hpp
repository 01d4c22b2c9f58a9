// SPDX-License-Identifier: Apache-2.0
// A document as Markdown, with some of its charts as SVG files beside it.
#pragma once

#include <functional>
#include <string>

#include "cli/front/report/document.hpp"

namespace cli::front::report {

/// image: the file of a chart, as the document names it; empty: it has none, and the table must do.
[[nodiscard]] std::string markdown(const document& document, const std::function<std::string(const chart&)>& image);

}  // namespace cli::front::report
