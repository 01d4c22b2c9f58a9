// SPDX-License-Identifier: Apache-2.0
#include "cli/front/report/figures.hpp"

#include <algorithm>
#include <cctype>

#include "cli/front/report/numbers.hpp"

namespace cli::front::report {
namespace {

constexpr double least_lead = 1.05;
constexpr std::size_t enough_for_a_spread = 4;

/// Whatever a name holds, the row can be linked to.
std::string id_of(std::string name) {
    std::ranges::replace_if(
        name, [](unsigned char c) { return std::isalnum(c) == 0; }, '-');
    return "figure-" + name;
}

bool is_bytes(const std::string& unit) { return unit == "bytes" || unit == "B" || unit == "byte"; }

measure of_bench(const json& from, const std::vector<library>& libraries) {
    measure out;
    out.id = id_of(text_at(from, {"name"}));
    out.title = text_at(from, {"title"});
    out.unit = text_at(from, {"unit"});
    out.more_is_better = text_at(from, {"better"}) == "more";
    if (is_bytes(out.unit)) out.of = quantity::memory;
    if (out.unit == "/s") out.unit = "per second";
    const std::string name = text_at(from, {"name"});
    out.detail = out.of == quantity::speed && (name.ends_with("_client") || name.ends_with("_server"));
    for (const auto& each : at(from, {"figures"})) {
        const auto found = std::ranges::find(libraries, text_at(each, {"backend"}), &library::backend);
        if (found == libraries.end()) continue;
        const auto place = static_cast<std::size_t>(found - libraries.begin());
        const auto median = number_at(each, {"median"});
        if (median && *median >= 0) {
            out.figures.push_back({place, *median, std::max(number_at(each, {"spread"}).value_or(0), 0.0)});
            out.by_chance = out.by_chance || at(each, {"values"}).size() < enough_for_a_spread;
        } else {
            out.not_measured.emplace_back(place, text_at(each, {"error"}));
        }
    }
    return out;
}

/// One number per library, which lies in the same place of each. reason: where it says why there is none.
measure of_libraries(const std::vector<library>& libraries, const char* id, const char* title,
                     std::initializer_list<const char*> place, std::initializer_list<const char*> reason) {
    measure out{id_of(id), title, "bytes", false, quantity::memory, false, false, {}, {}};
    for (std::size_t n = 0; n < libraries.size(); ++n) {
        if (const auto value = number_at(*libraries[n].about, place)) {
            out.figures.push_back({n, *value, 0});
        } else {
            out.not_measured.emplace_back(n, text_at(*libraries[n].about, reason));
        }
    }
    return out;
}

}  // namespace

std::vector<measure> measures(const json& data) {
    const auto all = libraries(data);
    std::vector<measure> out;
    const auto size = [&](const char* id, const char* title, const char* part) {
        out.push_back(of_libraries(all, id, title, {"info", "facts", "static_client", part},
                                   {"info", "facts", "static_client", "not_measured"}));
    };
    size("size-total", "Minimal client, linked statically and stripped", "total");
    size("size-library", "The TLS library inside that client", "library");
    const auto stack = [&](const char* id, const char* title, const char* end) {
        out.push_back(of_libraries(all, id, title, {"stack", end}, {"stack", "error"}));
    };
    stack("stack-client", "Stack of a client's connection, at its deepest", "client");
    stack("stack-server", "Stack of a server's connection, at its deepest", "server");
    for (const auto& each : at(data, {"bench", "measures"})) out.push_back(of_bench(each, all));
    return out;
}

std::string value_text(const measure& measure, const figure& figure) {
    if (is_bytes(measure.unit)) return bytes(figure.median);
    return with_spread(figure.median, figure.spread);
}

std::optional<lead> clear_lead(const measure& measure) {
    const auto better = [&](const figure& a, const figure& b) {
        return measure.more_is_better ? a.median > b.median : a.median < b.median;
    };
    if (measure.by_chance) return std::nullopt;
    std::vector<const figure*> ranked;
    for (const auto& each : measure.figures) {
        if (each.median > 0) ranked.push_back(&each);
    }
    if (ranked.size() < 2) return std::nullopt;
    std::ranges::sort(ranked, [&](const figure* a, const figure* b) { return better(*a, *b); });
    const figure &best = *ranked[0], &next = *ranked[1];
    const auto low = [](const figure& f) { return f.median * (1 - f.spread); };
    const auto high = [](const figure& f) { return f.median * (1 + f.spread); };
    const bool apart = measure.more_is_better ? low(best) > high(next) : high(best) < low(next);
    const double ratio = measure.more_is_better ? best.median / next.median : next.median / best.median;
    if (!apart || ratio < least_lead) return std::nullopt;
    return lead{&best, &next, ratio};
}

}  // namespace cli::front::report
