// SPDX-License-Identifier: Apache-2.0
// What every page carries. scripts/embed_page.py makes them of page.css, charts.js, d3 and certs/.
#pragma once

#include <cstddef>

namespace cli::front::report {

extern const char* const page_style;
extern const char* const page_style_hash;  ///< as a Content-Security-Policy has it
extern const char* const page_script;      ///< d3 and charts.js
extern const char* const page_script_hash;
extern const char* const chart_licence;

extern const char* const known_backends;  ///< names, with blanks between: what this version of tlseam has

/// Public parts of certs/: chains, good and bad ones, and whom to trust.
struct carried_file {
    const char* name;
    const char* pem;
};
extern const carried_file carried_chains[];
extern const std::size_t carried_chains_count;

}  // namespace cli::front::report
