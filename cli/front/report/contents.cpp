// SPDX-License-Identifier: Apache-2.0
#include "cli/front/report/contents.hpp"

#include <algorithm>

#include "cli/front/report/advice.hpp"
#include "cli/front/report/figures.hpp"
#include "cli/front/report/numbers.hpp"

namespace cli::front::report {
namespace {

std::string machine_of(const json& data) {
    const json& machine = at(data, {"bench", "machine"});
    std::string out = text_at(machine, {"cpu"});
    if (const auto cores = number_at(machine, {"cores"})) {
        out = std::to_string(static_cast<int>(*cores)) + " cores of " + (out.empty() ? "an unknown processor" : out);
    }
    const std::string kernel = text_at(machine, {"kernel"});
    if (!kernel.empty()) out += (out.empty() ? "" : ", ") + kernel;
    return out.empty() ? "a machine that was not asked" : out;
}

/// Empty for a machine that had nothing else to do.
std::string busy(const json& data) {
    const auto load = number_at(data, {"load"}), cores = number_at(data, {"bench", "machine", "cores"});
    if (!load || !cores || *load < *cores / 2) return {};
    return "The machine was busy with something else when this began (load " + rounded(*load) + " on " +
           std::to_string(static_cast<int>(*cores)) + " cores): on an idle one, speeds are higher and spreads smaller.";
}

std::vector<text> introduction(const json& data) {
    std::string names;
    for (const auto& each : libraries(data)) {
        names += (names.empty() ? "" : ", ") + each.title;
        const std::string version = short_version(text_at(*each.about, {"version"}));
        if (!version.empty()) names += " " + version;
    }
    text what("tlseam " + text_at(data, {"tlseam_version"}) + " over " + names + ", on " + machine_of(data) + ", " +
              text_at(data, {"date"}) + ".");
    std::vector<text> out = {what};
    if (const std::string words = busy(data); !words.empty()) out.emplace_back(words);
    for (const auto& each : libraries(data)) {
        if (!each.works()) {
            out.emplace_back(each.title + " is missing from the figures below: " + text_at(*each.about, {"error"}) +
                             ".");
        }
    }
    out.emplace_back(
        "Every figure was taken through tlseam's API, which is the same over each library. Speeds hold for "
        "this machine; what one library is against another holds for longer.");
    return out;
}

}  // namespace

document contents(const json& data) {
    document out{"Which TLS library? A tlseam report", introduction(data), {}};
    for (const auto& make : {advice_section, libraries_section, speed_section, memory_section, capabilities_section,
                             verdicts_section, connection_section, records_section, method_section}) {
        auto made = make(data);
        if (!made.blocks.empty()) out.sections.push_back(std::move(made));
    }
    return out;
}

section advice_section(const json& data) {
    section out{"choose", "Choose this when", {}};
    const auto all = libraries(data);
    const auto given = advise(data, measures(data));
    out.blocks.push_back(
        paragraph{"Each sentence follows from one figure or row of this report, by a fixed rule. A lead "
                  "counts when it is 5 % or more, was measured at least four times, and the spreads "
                  "do not overlap."});
    for (std::size_t n = 0; n < all.size(); ++n) {
        out.blocks.push_back(heading{all[n].title, "choose-" + all[n].backend});
        if (!all[n].works()) {
            out.blocks.push_back(paragraph{"It did not run here: " + text_at(*all[n].about, {"error"}) + "."});
            continue;
        }
        if (given[n].choose.empty()) out.blocks.push_back(paragraph{"Nothing that was measured speaks for it alone."});
        if (!given[n].choose.empty()) {
            out.blocks.push_back(paragraph{"When this counts:"});
            out.blocks.push_back(list{given[n].choose});
        }
        if (!given[n].think_twice.empty()) {
            out.blocks.push_back(paragraph{"Think twice when this does:"});
            out.blocks.push_back(list{given[n].think_twice});
        }
    }
    return out;
}

section libraries_section(const json& data) {
    table libraries_table{"libraries-table",
                          "The libraries that were compared",
                          {"library", "version", "licence", "how it came", "program"},
                          {},
                          false};
    for (const auto& each : libraries(data)) {
        const json& from_source = at(each.facts(), {"from_source"});
        const auto known = [](std::string words) { return words.empty() ? std::string("unknown") : words; };
        libraries_table.rows.push_back(
            {"library-" + each.backend,
             {each.title, known(text_at(*each.about, {"version"})), known(text_at(each.facts(), {"licence"})),
              !from_source.is_boolean() ? "unknown"
              : from_source.get<bool>() ? "built from source with the options of tlseam's recipe"
                                        : "the system's",
              each.works() ? text("runs") : text("does not run: " + text_at(*each.about, {"error"}))}});
    }
    section out{"libraries", "The libraries", {}};
    out.blocks.push_back(std::move(libraries_table));
    out.blocks.push_back(
        paragraph{"tlseam itself is Apache-2.0. A program that links a library is bound by that "
                  "library's licence too."});
    return out;
}

section method_section(const json& data) {
    section out{"method", "How it was measured", {}};
    std::vector<text> items;
    if (const auto rounds = number_at(data, {"bench", "rounds"})) {
        items.emplace_back("Speed and heap: tlseam bench. " + std::to_string(static_cast<int>(*rounds)) +
                           " rounds in which all libraries took turns; figures are medians, ± and whiskers are half of "
                           "the middle half of the rounds.");
    }
    items.emplace_back(
        "Size: the client of the README, linked statically (-static, -Wl,--gc-sections) when tlseam was "
        "built, without symbols. The library's part is the sum of its sections in the linker's map. The "
        "libraries themselves are as they were built, not tuned for size.");
    items.emplace_back(
        "Stack: tlseam-<backend> stack. A connection on a thread whose stack was filled with a pattern "
        "before; one handshake with a verified certificate, a record each way, and the end. What the "
        "system puts on every thread's stack is taken off.");
    items.emplace_back("Verdicts: tlseam compare --verify. The same chains, trust and time for each library.");
    items.emplace_back(
        "Features, groups and suites: tlseam-<backend> info. Reasons, deviations and faults: what "
        "tlseam's own tests hold against each library.");
    out.blocks.push_back(list{std::move(items)});
    return out;
}

std::vector<std::string> columns(const std::string& first, const json& data) {
    std::vector<std::string> out = {first};
    for (const auto& each : libraries(data)) out.push_back(each.title);
    return out;
}

}  // namespace cli::front::report
