// SPDX-License-Identifier: Apache-2.0
// What several values of one thing come to.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace cli::front {

/// Needs a value.
[[nodiscard]] double median(std::vector<double> values);

/// Half of the middle half, relative to the median. 0 for a single value, of which nobody knows. Needs a value.
[[nodiscard]] double spread(std::vector<double> values);

/// Fewer values say nothing about chance.
inline constexpr std::size_t enough_for_a_spread = 4;

/// Which of them is better than all others by more than the spreads of both; nothing where none is, where one alone has
/// values, or one of them too few. Of who was not measured: no values.
[[nodiscard]] std::optional<std::size_t> clearly_best(const std::vector<std::vector<double>>& of_each,
                                                      bool more_is_better);

}  // namespace cli::front
