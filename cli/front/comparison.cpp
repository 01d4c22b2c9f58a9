// SPDX-License-Identifier: Apache-2.0
#include "cli/front/comparison.hpp"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <map>
#include <span>

#include "cli/exit_codes.hpp"
#include "cli/front/table.hpp"

namespace cli::front {
namespace {

using json = nlohmann::ordered_json;

/// "offered.groups" of one library; null where it has none.
json at(const json& attempt, std::string field) {
    std::ranges::replace(field, '.', '/');
    const json::json_pointer where("/" + field);
    return attempt.contains(where) ? attempt.at(where) : json();
}

bool succeeded(const json& attempt) { return attempt["error"].is_null(); }

// ---- values as text ----

cell plain(const json& value) {
    if (value.is_null()) return {};
    if (value.is_string()) return {printable(value.get<std::string>())};
    if (value.is_boolean()) return {value.get<bool>() ? "yes" : "no"};
    if (!value.is_array()) return {value.dump()};
    cell out;
    for (const auto& each : value) out.push_back(printable(each.get<std::string>()));
    return out;
}

std::string with_digits(double value, const char* unit) {
    char text[48];
    std::snprintf(text, sizeof text, "%.*f %s", value < 10 ? 2 : 1, value, unit);
    return text;
}

cell as_milliseconds(const json& value) {
    return value.is_null() ? cell() : cell{with_digits(value.get<double>(), "ms")};
}
cell as_bytes(const json& value) { return value.is_null() ? cell() : cell{value.dump() + " bytes"}; }
cell as_kibibytes(const json& value) {
    return value.is_null() ? cell() : cell{with_digits(value.get<double>() / 1024, "KiB")};
}
cell as_verdict(const json& verified) {
    if (verified.is_null()) return {};
    return {verified.get<bool>() ? "verified" : "NOT VERIFIED"};
}

/// Which end of a connection a peer resets or ends is a matter of microseconds.
json comparable(const std::string& field, const json& attempt) {
    const json value = at(attempt, field);
    if (field == "error.code" && value == "connection_reset") return "truncated";
    return value;
}

struct row {
    const char* field;
    std::string title;
    cell (*text)(const json&) = plain;
};

std::vector<row> rows_offered() {
    return {{"offered.versions", "versions"},
            {"offered.cipher_suites", "cipher suites"},
            {"offered.groups", "groups"},
            {"offered.key_shares", "key shares of"},
            {"offered.signature_schemes", "signature schemes"},
            {"offered.alpn", "ALPN"},
            {"offered.server_name", "server name"},
            {"offered.extensions", "extensions, in order"},
            {"offered.session_id_bytes", "session id", as_bytes},
            {"offered.malformed", "no ClientHello"},
            {"offered.bytes", "size", as_bytes}};
}

std::vector<row> rows_negotiated(const words& words) {
    return {{"handshake.version", "version"},
            {"handshake.cipher_suite", "cipher suite"},
            {"handshake.group", "group"},
            {"handshake.alpn", "ALPN"},
            {"handshake.peer_signature_scheme", words.peer_signature},
            {"handshake.resumed", "resumed"},
            {"handshake.retried", "second hello needed"},
            {"handshake.verified", words.peer_certificate, as_verdict}};
}

std::vector<row> rows_failed() {
    return {{"error.code", "error"}, {"error.cert_code", "certificate refused"}};
}

std::vector<row> rows_measured() {
    return {{"timings_ms.tcp_connect", "TCP connect", as_milliseconds},
            {"timings_ms.first_answer", "first answer after", as_milliseconds},
            {"timings_ms.handshake", "handshake", as_milliseconds},
            {"bytes.sent", "sent", as_bytes},
            {"bytes.received", "received", as_bytes},
            {"heap_peak", "heap peak of program", as_kibibytes}};
}

// ---- differences ----

/// Those that have this part at all: who did not get that far differs in the outcome, and not in this.
std::vector<const json*> comparable_attempts(const std::string& field, const json& backends) {
    std::vector<const json*> out;
    const std::string part = field.substr(0, field.find('.'));
    for (const json& each : backends) {
        const bool has = part == "error" || (each.contains(part) && !each[part].is_null());
        if (has) out.push_back(&each);
    }
    return out;
}

bool differs(const std::string& field, const json& backends) {
    const auto those = comparable_attempts(field, backends);
    return std::ranges::any_of(
        those, [&](const json* each) { return comparable(field, *each) != comparable(field, *those.front()); });
}

std::vector<row> all_compared(const words& words) {
    std::vector<row> out = rows_offered();
    for (auto& more : {rows_negotiated(words), rows_failed(), {{"error.alert", "alert"}, {"error.origin", "origin"}}}) {
        out.insert(out.end(), more.begin(), more.end());
    }
    return out;
}

json differences(const json& backends, const words& words) {
    json out = json::array();
    for (const row& each : all_compared(words)) {
        if (differs(each.field, backends)) out.push_back(each.field);
    }
    return out;
}

// ---- for people ----

void add(side_by_side& table, const std::vector<row>& rows, const json& backends) {
    for (const row& each : rows) {
        std::vector<cell> cells;
        for (const json& attempt : backends) cells.push_back(each.text(at(attempt, each.field)));
        const bool nowhere = std::ranges::all_of(cells, [](const cell& c) { return c.empty(); });
        const bool worth_a_dash = !std::string_view(each.field).ends_with("malformed") && backends.size() > 0;
        if (nowhere && !worth_a_dash) continue;
        table.row(differs(each.field, backends), each.title, cells);
    }
}

std::vector<cell> cells_of(const json& backends, cell (*text)(const json&)) {
    std::vector<cell> out;
    for (const json& each : backends) out.push_back(text(each));
    return out;
}

/// "sent: unknown_ca (48)"
cell alert_of(const json& attempt) {
    const json error = attempt["error"];
    if (error.is_null() || error["alert"].is_null()) return {};
    return {std::string(error["origin"] == "peer" ? "received: " : "sent: ") +
            plain(error["alert_name"]).front() + " (" + error["alert"].dump() + ")"};
}

void add_failures(side_by_side& table, const json& backends) {
    if (std::ranges::all_of(backends, succeeded)) return;
    table.section("Failed");
    add(table, rows_failed(), backends);
    table.row(differs("error.alert", backends) || differs("error.origin", backends), "alert",
              cells_of(backends, alert_of));
    table.row(false, "in words", cells_of(backends, [](const json& each) { return plain(at(each, "error.detail")); }));
}

void add_measures(side_by_side& table, const json& backends) {
    table.section("Measured (one handshake each: no difference is marked)");
    for (const row& each : rows_measured()) {
        std::vector<cell> cells;
        for (const json& attempt : backends) cells.push_back(each.text(at(attempt, each.field)));
        const bool nowhere = std::ranges::all_of(cells, [](const cell& c) { return c.empty(); });
        if (!nowhere) table.row(false, each.title, cells, spread::always);
    }
}

/// Lists with the same items are called what they are.
std::string name_of_difference(const row& what, const json& backends) {
    const auto sorted = [&](const json* attempt) {
        json value = at(*attempt, what.field);
        if (value.is_array()) std::sort(value.begin(), value.end());
        return value;
    };
    const auto those = comparable_attempts(what.field, backends);
    const bool same_items = std::ranges::all_of(those, [&](auto each) { return sorted(each) == sorted(those.front()); });
    const std::string field = what.field;
    const std::string name = field == "offered.extensions" ? "extensions" : what.title;
    const std::string whose = field.starts_with("offered.") && field != "offered.bytes" ? " offered" : "";
    if (field == "offered.bytes") return "the size of the hello";
    return (same_items ? "the order of the " : "the ") + name + whose;
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

std::string counted(std::size_t count, const char* one, const char* several) {
    return count == 1 ? "it " + std::string(one) : count == 2 ? "both " + std::string(several)
                                                              : "all " + std::to_string(count) + " " + several;
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
    if (bad.empty()) return "With " + enumerate(good) + ", " + counted(good.size(), words.succeeds, words.succeed);
    for (const auto& [reason, names] : bad) reasons.push_back(enumerate(names) + " (" + reason + ")");
    if (!good.empty()) {
        return enumerate(good) + " " + (good.size() == 1 ? words.succeeds : words.succeed) + ", but not " +
               enumerate(reasons);
    }
    if (bad.size() == 1) {
        const auto& [reason, names] = *bad.begin();
        if (names.size() == 1) return names.front() + " " + words.fails + " (" + reason + ")";
        return "None of " + enumerate(names) + " " + words.succeeds + ", all for the same reason (" + reason + ")";
    }
    return "None of them " + std::string(words.succeeds) + ": " + enumerate(reasons);
}

std::string conclusion(const json& result, const words& words) {
    const json& backends = result["backends"];
    std::string out = about_outcomes(backends, words);
    if (backends.size() < 2) return out + ".";
    std::vector<std::string> what;
    for (const row& each : all_compared(words)) {
        const bool told = std::string_view(each.field).starts_with("error.");
        if (!told && differs(each.field, backends)) what.push_back(name_of_difference(each, backends));
    }
    if (what.empty()) return out + (result["differences"].empty() ? "; nothing differs." : ".");
    return out + "; what differs: " + enumerate(what) + ".";
}

std::string heading(const json& result, const words& words) {
    const std::string where = plain(result["peer"]).front(), address = plain(result["address"]).front();
    std::string out = where + (where == address ? "" : " (" + address + ")");
    out += words.clients ? ": the same connection with each library." : ": a connection for each library.";
    if (result["backends"].size() > 1) out += " What is said once is the same with all; * marks what differs.";
    return out;
}

void print(const json& result, const words& words) {
    const json& backends = result["backends"];
    std::vector<std::string> names;
    for (const json& each : backends) names.push_back(each["backend"]);
    std::cout << wrapped(heading(result, words), 0) << "\n";
    side_by_side table(names);
    table.row(false, "library version", cells_of(backends, [](const json& each) { return plain(each["version"]); }),
              spread::always);
    if (!words.clients) {
        table.row(false, "client", cells_of(backends, [](const json& each) { return plain(each["peer"]); }),
                  spread::always);
    }
    table.section(words.offered);
    add(table, rows_offered(), backends);
    table.section("Negotiated");
    table.row(false, "outcome", cells_of(backends, [](const json& each) -> cell {
                  return {succeeded(each) ? "connected" : "failed"};
              }));
    add(table, rows_negotiated(words), backends);
    add_failures(table, backends);
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
