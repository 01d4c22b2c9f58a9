// SPDX-License-Identifier: Apache-2.0
// A number of seconds on a command line.
#pragma once

#include <cmath>
#include <cstdlib>
#include <string>

namespace cli {

/// For CLI11's check(): empty, or what is wrong. Its Range takes "nan" for a number within any.
inline std::string check_seconds(const std::string& text) {
    const double number = std::strtod(text.c_str(), nullptr);
    if (number >= 0.001 && number <= 1e6) return {};
    return "'" + text + "' is not between 0.001 and 1000000 seconds";
}

}  // namespace cli
