// SPDX-License-Identifier: Apache-2.0
#include "cli/front/report/data.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>

namespace cli::front::report {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::vector<long> numbers(std::string_view version) {
    std::vector<long> out;
    const std::string digits = short_version(version);
    for (const char *at = digits.data(), *end = at + digits.size(); at < end;) {
        long number = 0;
        const auto [stopped, problem] = std::from_chars(at, end, number);
        if (problem != std::errc()) break;
        out.push_back(number);
        at = stopped + 1;  // the dot
    }
    return out;
}

/// One part: "3.0" (3.0 and 3.0.x), ">=3.5", "<3.5".
bool holds(std::string_view part, const std::vector<long>& actual) {
    const auto wanted = numbers(part);
    if (part.starts_with(">=")) return actual >= wanted;
    if (part.starts_with("<")) return actual < wanted;
    return actual.size() >= wanted.size() && std::equal(wanted.begin(), wanted.end(), actual.begin());
}

}  // namespace

const json& at(const json& from, std::initializer_list<const char*> names) {
    static const json nothing;
    const json* here = &from;
    for (const char* name : names) {
        if (!here->is_object()) return nothing;
        const auto found = here->find(name);
        if (found == here->end()) return nothing;
        here = &*found;
    }
    return *here;
}

std::string text_at(const json& from, std::initializer_list<const char*> names) {
    const json& found = at(from, names);
    return found.is_string() ? found.get<std::string>() : std::string();
}

std::optional<double> number_at(const json& from, std::initializer_list<const char*> names) {
    const json& found = at(from, names);
    if (!found.is_number() || !std::isfinite(found.get<double>())) return std::nullopt;
    return found.get<double>();
}

std::vector<std::string> texts_at(const json& from, std::initializer_list<const char*> names) {
    std::vector<std::string> out;
    const json& found = at(from, names);
    if (!found.is_array()) return out;
    for (const auto& each : found) {
        if (each.is_string()) out.push_back(each.get<std::string>());
    }
    return out;
}

std::vector<library> libraries(const json& data) {
    std::vector<library> out;
    for (const auto& each : at(data, {"backends"})) {
        library found;
        found.backend = text_at(each, {"backend"});
        found.title = text_at(each, {"info", "facts", "title"});
        if (found.title.empty()) found.title = found.backend;
        found.colour = static_cast<int>(out.size());
        found.about = &each;
        out.push_back(std::move(found));
    }
    return out;
}

std::string short_version(std::string_view version) {
    const auto start = std::ranges::find_if(version, is_digit);
    const auto end = std::find_if(start, version.end(), [](char c) { return !is_digit(c) && c != '.'; });
    return {start, end};
}

bool fits(std::string_view condition, std::string_view version) {
    if (condition == "all") return true;
    const auto actual = numbers(version);
    std::istringstream parts{std::string(condition)};
    for (std::string part; parts >> part;) {
        if (!holds(part, actual)) return false;
    }
    return true;
}

}  // namespace cli::front::report
