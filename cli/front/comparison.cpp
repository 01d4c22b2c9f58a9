// SPDX-License-Identifier: Apache-2.0
#include "cli/front/comparison.hpp"

#include <algorithm>
#include <iostream>
#include <map>

#include "cli/exit_codes.hpp"
#include "cli/front/differences.hpp"
#include "cli/front/rows.hpp"
#include "cli/front/table.hpp"

namespace cli::front {
namespace {

using json = nlohmann::ordered_json;

void add(side_by_side& table, const std::vector<row>& rows, const json& backends) {
    for (const row& each : rows) {
        std::vector<cell> cells;
        for (const json& attempt : backends) cells.push_back(each.text(at(attempt, each.field)));
        const bool nowhere = std::ranges::all_of(cells, [](const cell& c) { return c.empty(); });
        if (nowhere && std::string_view(each.field).ends_with("malformed")) continue;
        table.row(differs(each.field, backends), each.title, cells);
    }
}

std::vector<cell> cells_of(const json& backends, cell (*text)(const json&)) {
    std::vector<cell> out;
    for (const json& each : backends) out.push_back(text(each));
    return out;
}

/// What became of it, and who said what when it failed.
void add_outcome(side_by_side& table, const json& backends) {
    table.section("Result");
    table.row(differs("error.code", backends), "connection", cells_of(backends, [](const json& each) -> cell {
                  return succeeded(each) ? cell{"established"}
                                         : cell{"failed: " + plain(at(each, "error.code")).front()};
              }));
    table.row(any_differs({"error.cert_code", "handshake.verified"}, backends), "certificate verdict",
              cells_of(backends, verdict_of));
    if (std::ranges::all_of(backends, succeeded)) return;
    table.row(any_differs({"error.alert", "error.origin"}, backends), "alert", cells_of(backends, alert_of));
    table.row(false, "in words", cells_of(backends, [](const json& each) { return plain(at(each, "error.detail")); }));
}

void add_negotiated(side_by_side& table, const json& backends, const words& words) {
    const bool any = std::ranges::any_of(backends, [](const json& each) { return !each["handshake"].is_null(); });
    if (!any) return;
    table.section("Negotiated");
    add(table, rows_negotiated(words), backends);
}

void add_offered(side_by_side& table, const json& backends, const words& words) {
    table.section(words.offered);
    const bool any =
        std::ranges::any_of(backends, [](const json& each) { return !at(each, "offered.versions").is_null(); });
    if (any) return add(table, rows_offered(), backends);
    table.row(false, "no ClientHello",
              cells_of(backends, [](const json& each) { return plain(at(each, "offered.malformed")); }));
}

void add_measures(side_by_side& table, const json& backends) {
    table.section("Measured, one connection each (nothing is marked here; `tlseam bench` compares speed)");
    for (const row& each : rows_measured()) {
        std::vector<cell> cells;
        for (const json& attempt : backends) cells.push_back(each.text(at(attempt, each.field)));
        const bool nowhere = std::ranges::all_of(cells, [](const cell& c) { return c.empty(); });
        if (!nowhere) table.row(false, each.title, cells, spread::always);
    }
}

std::string outcome_of(const json& attempt) {
    const json error = attempt["error"];
    std::string out = plain(error["code"]).front();
    if (!error["cert_code"].is_null()) out += ", " + plain(error["cert_code"]).front();
    if (error["code"] == "alert_received" && !error["alert_name"].is_null()) {
        out += ", " + plain(error["alert_name"]).front();
    }
    return out;
}

std::string counted(const std::vector<std::string>& names, const words& words) {
    if (names.size() == 1) return names.front() + " " + words.succeeds;
    return (names.size() == 2 ? "Both libraries " : "All " + std::to_string(names.size()) + " libraries ") +
           words.succeed;
}

/// Who succeeds, and why the others do not.
std::string about_outcomes(const json& backends, const words& words) {
    std::vector<std::string> good, reasons;
    std::map<std::string, std::vector<std::string>> bad;
    for (const json& each : backends) {
        const std::string name = each["backend"];
        if (succeeded(each)) {
            good.push_back(name);
        } else {
            bad[outcome_of(each)].push_back(name);
        }
    }
    if (bad.empty()) return counted(good, words);
    for (const auto& [reason, names] : bad) reasons.push_back(enumerate(names) + " (" + reason + ")");
    if (!good.empty()) {
        return enumerate(good) + " " + (good.size() == 1 ? words.succeeds : words.succeed) + ", but not " +
               enumerate(reasons);
    }
    if (backends.size() == 1) return enumerate(reasons) + " " + words.fails;
    if (bad.size() == 1) return "No library " + std::string(words.succeeds) + ", for one reason: " + bad.begin()->first;
    return "No library " + std::string(words.succeeds) + ": " + enumerate(reasons);
}

std::string conclusion(const json& result, const words& words) {
    const json& backends = result["backends"];
    std::string out = about_outcomes(backends, words);
    if (backends.size() < 2) return out + ".";
    const auto agreed = names_of_differences(rows_negotiated(words), backends);
    const auto offered = names_of_differences(rows_offered(), backends);
    const auto shaken = std::ranges::count_if(backends, [](const json& each) { return !each["handshake"].is_null(); });
    if (!agreed.empty()) {
        out += "; negotiated differently: " + enumerate(agreed);
    } else if (shaken > 1) {
        out += ", and negotiate the same";
    }
    out += offered.empty() ? "; what is offered is the same" : "; offered differently: " + enumerate(offered);
    return out + ".";
}

std::string heading(const json& result, const words& words) {
    const json& backends = result["backends"];
    const std::string where = printable(result["peer"]), address = printable(result["address"]);
    const std::string peer = where + (where == address ? "" : " (" + address + ")");
    if (backends.size() == 1) {
        const std::string library = printable(backends[0]["backend"]);
        return wrapped(peer + (words.clients ? ": a connection with " : ": a client of ") + library + ".", 0);
    }
    return wrapped(peer + (words.clients ? ": the same connection with each library." : ": a client for each library."),
                   0) +
           "A value that is said once is the same with all; * marks a difference.\n";
}

void print(const json& result, const words& words) {
    const json& backends = result["backends"];
    std::vector<std::string> names;
    for (const json& each : backends) names.push_back(each["backend"]);
    std::cout << heading(result, words) << "\n";
    side_by_side table(names);
    table.row(false, "library version", cells_of(backends, [](const json& each) { return plain(each["version"]); }),
              spread::always);
    if (!words.clients) {
        table.row(false, "client", cells_of(backends, [](const json& each) { return plain(each["peer"]); }),
                  spread::always);
    }
    add_outcome(table, backends);
    add_negotiated(table, backends, words);
    add_offered(table, backends, words);
    add_measures(table, backends);
    std::cout << table.text() << "\n" << wrapped(conclusion(result, words), 0);
}

}  // namespace

int conclude(json result, const compare_common& command, const words& words) {
    const json& backends = result["backends"];
    result["differences"] = differences(backends, words);
    if (command.json) {
        std::cout << result.dump(-1, ' ', false, json::error_handler_t::replace) << "\n";
    } else {
        print(result, words);
    }
    if (std::ranges::none_of(backends, succeeded)) return exit_failed;
    const bool wanted = command.fail_on_difference && !result["differences"].empty();
    return wanted || !std::ranges::all_of(backends, succeeded) ? exit_differs : exit_done;
}

}  // namespace cli::front
