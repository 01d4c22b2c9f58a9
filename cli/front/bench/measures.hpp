// SPDX-License-Identifier: Apache-2.0
// What `tlseam bench` measures.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cli::front {

struct measure {
    std::string_view name, title, unit;
    bool more_is_better;
    std::string_view benchmark;  ///< of tlseam-bench-<backend>; one run of it may give several measures
    std::string_view figure;     ///< its name in what that says
};

[[nodiscard]] std::span<const measure> all_measures() noexcept;

/// Those named, in the order of all_measures(); all if none is. Throws usage_error for one that there is not.
[[nodiscard]] std::vector<measure> choose_measures(const std::vector<std::string>& names);

}  // namespace cli::front
