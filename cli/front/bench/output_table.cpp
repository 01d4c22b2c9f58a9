// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

#include "cli/front/bench/figures.hpp"
#include "cli/front/bench/output.hpp"

namespace cli::front {
namespace {

constexpr std::size_t page_width = 100, unit_width = 6, column_width = 15;

/// In columns of a terminal. Our own words are ASCII but for signs such as µ, which take one.
std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string left(std::string text, std::size_t columns) {
    if (width(text) < columns) text.append(columns - width(text), ' ');
    return text;
}

/// With a blank before it, even where it is too wide.
std::string right(const std::string& text, std::size_t columns) {
    return std::string(std::max(columns, width(text) + 1) - width(text), ' ') + text;
}

/// What other programs say is not to move the cursor.
std::string printable(std::string text) {
    std::ranges::replace_if(
        text, [](unsigned char c) { return c < 0x20 || c > 0x7e; }, '?');
    return text;
}

std::string without_trailing_blanks(std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
}

/// Three figures that count: 0.123, 1.23, 12.3, 123, 12,345.
std::string number(double value) {
    int decimals = 0;
    for (double limit = 100; decimals < 3 && value < limit; limit /= 10) ++decimals;
    char digits[400];
    std::snprintf(digits, sizeof digits, "%.*f", decimals, value);
    std::string out = digits;
    const auto point = static_cast<std::ptrdiff_t>(std::min(out.find('.'), out.size()));
    for (auto place = point - 3; place > 0; place -= 3) out.insert(static_cast<std::size_t>(place), ",");
    return out;
}

std::string cell(const series& seen, bool best) {
    if (!seen.error.empty()) return "-  ";
    std::string out = number(median(seen.values));
    if (seen.values.size() > 1) out += " ±" + std::to_string(std::lround(spread(seen.values) * 100)) + "%";
    return out + (best ? " *" : "  ");
}

std::optional<std::size_t> best_of(const std::vector<series>& row, bool more_is_better) {
    std::vector<std::vector<double>> values;
    for (const auto& each : row) values.push_back(each.values);
    return clearly_best(values, more_is_better);
}

std::string heading(const std::string& text) {
    return right(printable(text).substr(0, column_width - 3), column_width - 2) + "  ";
}

/// The columns of some of the subjects: all, unless there are too many for a page.
std::string columns(const bench_result& result, std::size_t from, std::size_t to, std::size_t title_width) {
    std::string names(title_width + unit_width, ' '), versions = names;
    for (std::size_t j = from; j < to; ++j) {
        names += heading(result.subjects[j].backend);
        versions += heading(result.subjects[j].version);
    }
    std::string out = without_trailing_blanks(names) + without_trailing_blanks(versions);
    for (std::size_t i = 0; i < result.measures.size(); ++i) {
        const auto& measure = result.measures[i];
        const auto best = best_of(result.seen[i], measure.more_is_better);
        std::string line = left(std::string(measure.title), title_width) + left(std::string(measure.unit), unit_width);
        for (std::size_t j = from; j < to; ++j) line += right(cell(result.seen[i][j], best == j), column_width);
        out += without_trailing_blanks(line);
    }
    return out;
}

/// Words that go on in the next line, with two blanks before them.
std::string wrapped(const std::string& text) {
    std::istringstream words(text);
    std::string out, line;
    for (std::string word; words >> word;) {
        if (!line.empty() && width(line) + 1 + width(word) > page_width) {
            out += line + "\n";
            line = " ";
        }
        line += (line.empty() ? "" : " ") + word;
    }
    return out + line + "\n";
}

/// A sentence per reason, with what could not be measured for it.
std::string failures(const bench_result& result) {
    std::map<std::pair<std::size_t, std::string>, std::vector<std::string>> by_reason;
    for (std::size_t i = 0; i < result.measures.size(); ++i) {
        for (std::size_t j = 0; j < result.subjects.size(); ++j) {
            const auto& error = result.seen[i][j].error;
            if (!error.empty()) by_reason[{j, error}].emplace_back(result.measures[i].name);
        }
    }
    std::string out;
    for (const auto& [who_and_why, names] : by_reason) {
        const bool everything = names.size() == result.measures.size();
        std::string which;
        for (const auto& name : names) which += (which.empty() ? "" : ", ") + name;
        out += wrapped(result.subjects[who_and_why.first].backend + ", " + (everything ? "everything" : which) + ": " +
                       printable(who_and_why.second));
    }
    return out.empty() ? out : "\nNot measured:\n" + out;
}

std::string about_rounds(std::size_t rounds) {
    if (rounds == 1) return "1 round: too few to tell a difference from chance.";
    const std::string out = std::to_string(rounds) + " rounds: their median, ± half of the middle half. ";
    return out + (rounds < enough_for_a_spread ? "Too few to tell a difference from chance: no best one is marked."
                                               : "* is better than all others by more than that.");
}

}  // namespace

std::string as_table(const bench_result& result) {
    const auto& machine = result.machine;
    std::string out = wrapped(printable(machine.cpu) + ", " + std::to_string(machine.cores) +
                              (machine.cores == 1 ? " core, " : " cores, ") + printable(machine.kernel));
    out += wrapped(about_rounds(result.rounds));
    std::size_t title_width = 0;
    for (const auto& each : result.measures) title_width = std::max(title_width, width(each.title) + 1);
    const std::size_t at_once = std::max<std::size_t>(1, (page_width - title_width - unit_width) / column_width);
    for (std::size_t from = 0; from < result.subjects.size(); from += at_once) {
        out += "\n" + columns(result, from, std::min(from + at_once, result.subjects.size()), title_width);
    }
    return out + failures(result);
}

std::string list_as_text(std::span<const measure> measures) {
    std::size_t name_width = 0;
    for (const auto& each : measures) name_width = std::max(name_width, width(each.name) + 2);
    std::string out;
    for (const auto& each : measures) {
        out +=
            left(std::string(each.name), name_width) + std::string(each.title) + ", " + std::string(each.unit) + "\n";
    }
    return out;
}

}  // namespace cli::front
