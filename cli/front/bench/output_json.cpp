// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "cli/front/bench/figures.hpp"
#include "cli/front/bench/output.hpp"

namespace cli::front {
namespace {

using json = nlohmann::ordered_json;

json describe(const measure& measure) {
    return {{"name", measure.name},
            {"title", measure.title},
            {"unit", measure.unit},
            {"better", measure.more_is_better ? "more" : "less"}};
}

json describe(const std::string& backend, const series& seen) {
    if (!seen.error.empty()) return {{"backend", backend}, {"error", seen.error}};
    return {{"backend", backend},
            {"median", median(seen.values)},
            {"spread", spread(seen.values)},
            {"values", seen.values}};
}

/// Errors are words of other programs.
std::string line_of(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace) + "\n"; }

}  // namespace

std::string as_json(const bench_result& result) {
    json out = {
        {"machine", {{"cpu", result.machine.cpu}, {"cores", result.machine.cores}, {"kernel", result.machine.kernel}}},
        {"rounds", result.rounds},
        {"backends", json::array()},
        {"measures", json::array()}};
    for (const auto& each : result.subjects) {
        out["backends"].push_back(
            {{"backend", each.backend}, {"version", each.version.empty() ? json() : json(each.version)}});
    }
    for (std::size_t i = 0; i < result.measures.size(); ++i) {
        json one = describe(result.measures[i]);
        one["figures"] = json::array();
        for (std::size_t j = 0; j < result.subjects.size(); ++j) {
            one["figures"].push_back(describe(result.subjects[j].backend, result.seen[i][j]));
        }
        out["measures"].push_back(std::move(one));
    }
    return line_of(out);
}

std::string list_as_json(std::span<const measure> measures) {
    json out = {{"measures", json::array()}};
    for (const auto& each : measures) out["measures"].push_back(describe(each));
    return line_of(out);
}

}  // namespace cli::front
