// SPDX-License-Identifier: Apache-2.0
#include "cli/front/bench/figures.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace cli::front {
namespace {

/// The value below which that part of them is, between two where it falls between.
double quantile(const std::vector<double>& sorted, double part) {
    const auto last = static_cast<double>(sorted.size() - 1);
    const double place = std::clamp(part * (last + 2) - 1, 0.0, last);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

/// Better than other by more than chance explains.
bool clearly_better(const std::vector<double>& one, const std::vector<double>& other, bool more_is_better) {
    const double lead = (median(one) - median(other)) * (more_is_better ? 1 : -1);
    return lead > median(one) * spread(one) + median(other) * spread(other);
}

}  // namespace

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return quantile(values, 0.5);
}

double spread(std::vector<double> values) {
    std::ranges::sort(values);
    return (quantile(values, 0.75) - quantile(values, 0.25)) / 2 / quantile(values, 0.5);
}

std::optional<std::size_t> clearly_best(const std::vector<std::vector<double>>& of_each, bool more_is_better) {
    std::optional<std::size_t> best;
    std::size_t measured = 0;
    for (std::size_t i = 0; i < of_each.size(); ++i) {
        if (of_each[i].empty()) continue;
        if (of_each[i].size() < enough_for_a_spread) return {};
        ++measured;
        if (!best || (median(of_each[i]) > median(of_each[*best])) == more_is_better) best = i;
    }
    if (measured < 2) return {};
    for (std::size_t i = 0; i < of_each.size(); ++i) {
        if (i == *best || of_each[i].empty()) continue;
        if (!clearly_better(of_each[*best], of_each[i], more_is_better)) return {};
    }
    return best;
}

}  // namespace cli::front
