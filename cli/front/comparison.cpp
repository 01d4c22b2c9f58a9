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
/// The leaf, which says most.
cell as_certificate(const json& chain) {
    if (chain.is_null() || chain.empty()) return {};
    return {plain(chain[0]["subject"]).front() + ", " + plain(chain[0]["key_type"]).front() + " " +
            chain[0]["key_bits"].dump()};
}

/// "verified", or why it was refused; nothing where none came.
cell verdict_of(const json& attempt) {
    const json reason = at(attempt, "error.cert_code"), verified = at(attempt, "handshake.verified");
    if (!reason.is_null()) return {"refused: " + plain(reason).front()};
    if (verified.is_null() || at(attempt, "handshake.peer_certificates").empty()) return {};
    return {verified.get<bool>() ? "verified" : "NOT VERIFIED (--insecure)"};
}

/// "sent: unknown_ca (48)"
cell alert_of(const json& attempt) {
    const json error = attempt["error"];
    if (error.is_null() || error["alert"].is_null()) return {};
    return {std::string(error["origin"] == "peer" ? "received: " : "sent: ") + plain(error["alert_name"]).front() + " (" +
            error["alert"].dump() + ")"};
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
            {"offered.key_shares", "key shares"},
            {"offered.signature_schemes", "signature schemes"},
            {"offered.alpn", "ALPN"},
            {"offered.server_name", "server name"},
            {"offered.extensions", "extensions"},
            {"offered.session_id_bytes", "session id", as_bytes},
            {"offered.malformed", "no ClientHello"},
            {"offered.bytes", "size of the hello", as_bytes}};
}

std::vector<row> rows_negotiated(const words& words) {
    return {{"handshake.version", "version"},
            {"handshake.cipher_suite", "cipher suite"},
            {"handshake.group", "group"},
            {"handshake.retried", "second hello needed"},
            {"handshake.alpn", "ALPN"},
            {"handshake.resumed", "resumed"},
            {"handshake.peer_certificates", words.peer_certificate, as_certificate},
            {"handshake.peer_signature_scheme", words.peer_signature}};
}

std::vector<row> rows_measured() {
    return {{"timings_ms.tcp_connect", "TCP connect", as_milliseconds},
            {"timings_ms.first_answer", "first answer after", as_milliseconds},
            {"timings_ms.handshake", "handshake", as_milliseconds},
            {"bytes.sent", "handshake sent", as_bytes},
            {"bytes.received", "handshake received", as_bytes},
            {"heap_peak", "heap of its program", as_kibibytes}};
}

/// What is compared beside the rows.
constexpr const char* fields_of_outcome[] = {"error.code", "error.cert_code", "error.alert", "error.origin",
                                             "handshake.verified"};

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

// ---- for people ----

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
                  return succeeded(each) ? cell{"established"} : cell{"failed: " + plain(at(each, "error.code")).front()};
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
    const bool any = std::ranges::any_of(backends, [](const json& each) { return !each["offered"].is_null(); });
    if (any) add(table, rows_offered(), backends);
    if (!any) table.row(false, "nothing", std::vector<cell>(backends.size()));
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

/// "groups", or "order of extensions" where the items are the same.
std::string name_of_difference(const row& what, const json& backends) {
    const auto sorted = [&](const json* attempt) {
        json value = at(*attempt, what.field);
        if (value.is_array()) std::sort(value.begin(), value.end());
        return value;
    };
    const auto those = comparable_attempts(what.field, backends);
    const bool same_items = std::ranges::all_of(those, [&](auto each) { return sorted(each) == sorted(those.front()); });
    return (same_items ? "order of " : "") + what.title;
}

std::vector<std::string> names_of_differences(const std::vector<row>& rows, const json& backends) {
    std::vector<std::string> out;
    for (const row& each : rows) {
        if (differs(each.field, backends)) out.push_back(name_of_difference(each, backends));
    }
    return out;
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
    return (names.size() == 2 ? "Both libraries " : "All " + std::to_string(names.size()) + " libraries ") + words.succeed;
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
    const std::string where = plain(result["peer"]).front(), address = plain(result["address"]).front();
    std::string out = where + (where == address ? "" : " (" + address + ")");
    out = wrapped(out + (words.clients ? ": the same connection with each library." : ": a client for each library."), 0);
    if (result["backends"].size() > 1) out += "A value that is said once is the same with all; * marks a difference.\n";
    return out;
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
