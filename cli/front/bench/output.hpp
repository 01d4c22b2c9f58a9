// SPDX-License-Identifier: Apache-2.0
// What `tlseam bench` says.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "cli/front/bench/measures.hpp"
#include "cli/front/bench/rounds.hpp"
#include "cli/front/machine.hpp"

namespace cli::front {

struct bench_result {
    cli::front::machine machine;
    std::size_t rounds;
    std::vector<subject> subjects;
    std::vector<measure> measures;
    all_series seen;
};

/// One line with one JSON object.
[[nodiscard]] std::string as_json(const bench_result& result);
/// For people: at most 100 columns.
[[nodiscard]] std::string as_table(const bench_result& result);

/// The names of measures, and what they mean.
[[nodiscard]] std::string list_as_json(std::span<const measure> measures);
[[nodiscard]] std::string list_as_text(std::span<const measure> measures);

}  // namespace cli::front
