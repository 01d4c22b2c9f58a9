// SPDX-License-Identifier: Apache-2.0
// What every page carries. scripts/embed_page.py makes them of page.css, charts.js and d3.
#pragma once

namespace cli::front::report {

extern const char* const page_style;
extern const char* const page_style_hash;  ///< as a Content-Security-Policy has it
extern const char* const page_script;      ///< d3 and charts.js
extern const char* const page_script_hash;
extern const char* const chart_licence;

}  // namespace cli::front::report
