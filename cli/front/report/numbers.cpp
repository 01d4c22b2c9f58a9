// SPDX-License-Identifier: Apache-2.0
#include "cli/front/report/numbers.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace cli::front::report {
namespace {

std::string fixed(double value, int decimals) {
    char out[64];
    std::snprintf(out, sizeof out, "%.*f", decimals, value);
    return out;
}

std::string with_commas(std::string digits) {
    const auto point = std::min(digits.find('.'), digits.size());
    const std::size_t first = digits.starts_with('-') ? 1 : 0;
    for (std::size_t place = point; place > first + 3;) {
        place -= 3;
        digits.insert(place, ",");
    }
    return digits;
}

}  // namespace

std::string rounded(double value) {
    if (value == 0 || std::abs(value) >= 1e15) return fixed(value, 0);
    const int magnitude = static_cast<int>(std::floor(std::log10(std::abs(value))));
    const int decimals = std::clamp(2 - magnitude, 0, 6);
    if (decimals > 0) return with_commas(fixed(value, decimals));
    const double step = std::pow(10, magnitude - 2);
    return with_commas(fixed(std::round(value / step) * step, 0));
}

std::string with_spread(double value, double spread) {
    if (spread < 0.005) return rounded(value);
    return rounded(value) + " ± " + fixed(spread * 100, 0) + " %";
}

std::string bytes(double count) {
    if (count >= 1e6) return rounded(count / 1e6) + " MB";
    if (count >= 1e3) return rounded(count / 1e3) + " KB";
    return fixed(count, 0) + " bytes";
}

std::string how_much_more(double greater, double smaller) {
    if (greater < 2 * smaller) return fixed((greater / smaller - 1) * 100, 0) + " % above";
    return fixed(greater / smaller, 1) + " times";
}

std::string share(double smaller, double greater) { return fixed(smaller / greater * 100, 0) + " % of"; }

}  // namespace cli::front::report
