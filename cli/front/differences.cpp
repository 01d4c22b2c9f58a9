// SPDX-License-Identifier: Apache-2.0
#include "cli/front/differences.hpp"

#include <algorithm>
#include <iterator>

namespace cli::front {
namespace {

using json = nlohmann::ordered_json;

/// Which end of a connection a peer resets or ends is a matter of microseconds.
json comparable(const std::string& field, const json& attempt) {
    const json value = at(attempt, field);
    if (field == "error.code" && value == "connection_reset") return "truncated";
    return value;
}

/// What is compared beside the rows.
constexpr const char* fields_of_outcome[] = {"error.code", "error.cert_code", "error.alert", "error.origin",
                                             "handshake.verified"};

/// Those that have this part at all: who did not get that far differs in the outcome, and not in this.
std::vector<const json*> comparable_attempts(const std::string& field, const json& backends) {
    std::vector<const json*> out;
    const std::string part = field.substr(0, field.find('.'));
    for (const json& each : backends) {
        if (field == "error.code" || !each[part].is_null()) out.push_back(&each);
    }
    return out;
}

std::string name_of_difference(const row& what, const json& backends) {
    const auto sorted = [&](const json* attempt) {
        json value = at(*attempt, what.field);
        if (value.is_array()) std::sort(value.begin(), value.end());
        return value;
    };
    const auto those = comparable_attempts(what.field, backends);
    const bool same_items =
        std::ranges::all_of(those, [&](auto each) { return sorted(each) == sorted(those.front()); });
    return (same_items ? "order of " : "") + what.title;
}

}  // namespace

bool differs(const std::string& field, const json& backends) {
    const auto those = comparable_attempts(field, backends);
    return std::ranges::any_of(
        those, [&](const json* each) { return comparable(field, *each) != comparable(field, *those.front()); });
}

json differences(const json& backends, const words& words) {
    std::vector<std::string> fields(std::begin(fields_of_outcome), std::end(fields_of_outcome));
    for (const auto& rows : {rows_negotiated(words), rows_offered()}) {
        for (const row& each : rows) fields.emplace_back(each.field);
    }
    json out = json::array();
    std::ranges::copy_if(fields, std::back_inserter(out), [&](const auto& each) { return differs(each, backends); });
    return out;
}

bool any_differs(std::initializer_list<const char*> fields, const json& backends) {
    return std::ranges::any_of(fields, [&](const char* each) { return differs(each, backends); });
}

std::vector<std::string> names_of_differences(const std::vector<row>& rows, const json& backends) {
    std::vector<std::string> out;
    for (const row& each : rows) {
        if (differs(each.field, backends)) out.push_back(name_of_difference(each, backends));
    }
    return out;
}

}  // namespace cli::front
