// SPDX-License-Identifier: Apache-2.0
// Verdicts on certificates, one connection, and what tlseam's tests hold against each library.
#include <algorithm>

#include "cli/front/report/advice.hpp"
#include "cli/front/report/contents.hpp"

namespace cli::front::report {
namespace {

std::string number_text(const json& from, std::initializer_list<const char*> names) {
    const auto found = number_at(from, names);
    return found ? std::to_string(static_cast<long long>(*found)) : std::string("an unknown number");
}

text verdict_text(const json& verdict) {
    text out(text_at(verdict, {"verdict"}));
    if (out.front().text.empty()) out.front().text = "–";
    for (const char* name : {"code", "cert_code"}) {
        const std::string code = text_at(verdict, {name});
        if (!code.empty()) out.add(", ").code(code);
    }
    const std::string detail = text_at(verdict, {"detail"});
    if (!detail.empty()) out.add(": " + detail);
    return out;
}

/// A value as people read it: texts without quotes, lists with commas.
std::string plain(const json& value) {
    if (value.is_null()) return "–";
    if (value.is_string()) return value.get<std::string>();
    if (!value.is_array()) return value.dump(-1, ' ', false, json::error_handler_t::replace);
    std::string out;
    for (const auto& each : value) out += (out.empty() ? "" : ", ") + plain(each);
    return out.empty() ? "none" : out;
}

/// A row for each name below part, of what the programs say.
void add_rows(table& into, const std::vector<const json*>& of, const char* part) {
    std::vector<std::string> names;
    for (const json* each : of) {
        const json& found = at(*each, {part});
        if (!found.is_object()) continue;
        for (const auto& [name, value] : found.items()) {
            if (value.is_object() || (value.is_array() && !value.empty() && value.front().is_object())) continue;
            if (std::ranges::find(names, name) == names.end()) names.push_back(name);
        }
    }
    for (const auto& name : names) {
        row made{"", {text(std::string(part) + ": " + name)}};
        for (const json* each : of) made.cells.emplace_back(plain(at(*each, {part, name.c_str()})));
        into.rows.push_back(std::move(made));
    }
}

}  // namespace

section verdicts_section(const json& data) {
    section out{"verdicts", "Certificate verdicts", {}};
    const json& chains = at(data, {"chains"});
    if (const std::string why = text_at(chains, {"error"}); !why.empty()) {
        out.blocks.push_back(paragraph{text().code("tlseam compare --verify").add(" failed: " + why + ".")});
        return out;
    }
    if (!chains.is_object()) return out;
    out.blocks.push_back(paragraph{"Of " + number_text(chains, {"chains"}) +
                                   " chains, all libraries gave the same verdict "
                                   "and reason on " +
                                   number_text(chains, {"agreed"}) + "."});
    table disagreements{"verdicts-table", "Chains on which they disagree", columns("chain", data), {}, false};
    for (const auto& each : at(chains, {"disagreements"})) {
        row made{"", {text_at(each, {"chain"})}};
        for (const auto& library : libraries(data)) {
            made.cells.push_back(verdict_text(at(each, {"verdicts", library.backend.c_str()})));
        }
        disagreements.rows.push_back(std::move(made));
    }
    if (!disagreements.rows.empty()) out.blocks.push_back(std::move(disagreements));
    return out;
}

section connection_section(const json& data) {
    section out{"connection", "One connection", {}};
    const json& connect = at(data, {"connect"});
    if (const std::string why = text_at(connect, {"error"}); !why.empty()) {
        out.blocks.push_back(paragraph{text().code("tlseam compare").add(" failed: " + why + ".")});
        return out;
    }
    if (!connect.is_object()) return out;
    table made{"connection-table", "The same connection to " + text_at(connect, {"peer"}), {"value"}, {}, false};
    std::vector<const json*> of;
    for (const auto& each : at(connect, {"backends"})) {
        of.push_back(&each);
        made.columns.push_back(text_at(each, {"backend"}));
    }
    for (const char* part : {"offered", "handshake", "error", "timings_ms", "bytes"}) add_rows(made, of, part);
    const auto differences = texts_at(connect, {"differences"});
    out.blocks.push_back(paragraph{differences.empty()
                                       ? "No difference was found."
                                       : "They differ in: " + plain(at(connect, {"differences"})) + "."});
    out.blocks.push_back(std::move(made));
    return out;
}

section records_section(const json& data) {
    section out{"records", "Deviations", {}};
    table deviations{
        "deviations", "Conformance tests that a library cannot pass", {"library", "test", "reason"}, {}, false};
    std::vector<table> faults;
    std::string counts;
    for (const auto& library : libraries(data)) {
        for (const json* each : deviations_of(library)) {
            deviations.rows.push_back(
                {"",
                 {library.title, text().code(text_at(*each, {"test"})),
                  text(text_at(*each, {"reason"}) + " ").link("Upstream", text_at(*each, {"upstream"}))}});
        }
        const auto rows = faults_of(library);
        if (rows.empty()) continue;
        counts += (counts.empty() ? "" : "; ") + library.title + " " + std::to_string(rows.size());
        table made{"faults-" + library.backend,
                   "Peers' faults that " + library.title + " answers otherwise",
                   {"fault", "outcome", "reason"},
                   {},
                   false};
        for (const json* each : rows) {
            made.rows.push_back(
                {"",
                 {text_at(*each, {"fault"}), text().code(text_at(*each, {"outcome"})), text_at(*each, {"reason"})}});
        }
        faults.push_back(std::move(made));
    }
    if (deviations.rows.empty() && faults.empty()) return out;
    if (deviations.rows.empty()) out.blocks.push_back(paragraph{"Every library passes every conformance test."});
    if (!deviations.rows.empty()) out.blocks.push_back(std::move(deviations));
    if (!faults.empty()) {
        out.blocks.push_back(
            paragraph{"Rows of the catalogue of a peer's faults that a library answers otherwise than the "
                      "standards have it, and lets nobody choose; most differ in the alert alone: " +
                      counts + "."});
        out.blocks.push_back(folded{"Those rows", std::move(faults), {}});
    }
    return out;
}

}  // namespace cli::front::report
