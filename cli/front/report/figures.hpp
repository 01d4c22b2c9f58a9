// SPDX-License-Identifier: Apache-2.0
// Every number of the report in one form: those of `bench`, and those of the build and of `stack`.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "cli/front/report/data.hpp"

namespace cli::front::report {

struct figure {
    std::size_t library = 0;  ///< its place in libraries()
    double median = 0;
    double spread = 0;  ///< relative
};

enum class quantity : unsigned char { speed, memory };

struct measure {
    std::string id;  ///< of its row in the tables
    std::string title;
    std::string unit;
    bool more_is_better = false;
    quantity of = quantity::speed;
    bool detail = false;          ///< of one end of something of which another measure has the whole
    bool by_chance = false;       ///< so few runs that nobody knows what their spread is
    std::vector<figure> figures;  ///< of those that were measured
    std::vector<std::pair<std::size_t, std::string>> not_measured;  ///< why, of the others
};

[[nodiscard]] std::vector<measure> measures(const json& data);

/// "12,300 ± 4 %"; bytes as "10.4 KB".
[[nodiscard]] std::string value_text(const measure& measure, const figure& figure);

/// Who is clearly ahead, and of whom: the spreads are known and do not overlap, and the lead is at least 5 %.
struct lead {
    const figure* best = nullptr;
    const figure* next = nullptr;
    double ratio = 1;  ///< above 1
};
[[nodiscard]] std::optional<lead> clear_lead(const measure& measure);

}  // namespace cli::front::report
