// SPDX-License-Identifier: Apache-2.0
// Speed and memory: charts, and a table of the same numbers.
#include <algorithm>

#include "cli/front/report/contents.hpp"
#include "cli/front/report/figures.hpp"

namespace cli::front::report {
namespace {

/// A value for each library, or a dash.
row row_of(const measure& measure, std::size_t libraries) {
    text title(measure.title);
    if (measure.of == quantity::speed) title.add(", " + measure.unit);
    row out{measure.id, {std::move(title)}};
    for (std::size_t n = 0; n < libraries; ++n) {
        const auto found = std::ranges::find(measure.figures, n, &figure::library);
        out.cells.emplace_back(found == measure.figures.end() ? std::string("–") : value_text(measure, *found));
    }
    return out;
}

chart chart_of(const measure& measure, const std::vector<library>& libraries) {
    chart out{
        measure.id, measure.title, measure.unit, measure.more_is_better ? "more is better" : "less is better", {}};
    for (const auto& each : measure.figures) {
        const auto& library = libraries[each.library];
        out.bars.push_back({library.title, each.median, each.spread, library.colour, value_text(measure, each)});
    }
    return out;
}

section figures_section(const json& data, quantity wanted, section out, const std::string& caption) {
    const auto all = libraries(data);
    table numbers{"figures-" + out.id, caption, columns("measure", data), {}, true};
    charts drawn{numbers.id, {}};
    folded details{"Charts of each end by itself", {}, {numbers.id, {}}};
    std::vector<text> missing;
    for (const auto& measure : measures(data)) {
        if (measure.of != wanted) continue;
        numbers.rows.push_back(row_of(measure, all.size()));
        if (!measure.figures.empty()) (measure.detail ? details.drawn : drawn).each.push_back(chart_of(measure, all));
        for (const auto& [library, why] : measure.not_measured) {
            if (!all[library].works()) continue;  // said already
            missing.emplace_back(all[library].title + ", " + measure.title + ": not measured" +
                                 (why.empty() ? "" : ": " + why) + ".");
        }
    }
    if (!drawn.each.empty()) out.blocks.push_back(std::move(drawn));
    if (!details.drawn.each.empty()) out.blocks.push_back(std::move(details));
    if (!numbers.rows.empty()) out.blocks.push_back(std::move(numbers));
    if (!missing.empty()) out.blocks.push_back(list{std::move(missing)});
    return out;
}

/// What stands in the place of figures that could not be had.
void say_what_failed(section& out, const json& part, const char* command) {
    const std::string why = text_at(part, {"error"});
    if (!why.empty()) out.blocks.push_back(paragraph{text().code(command).add(" failed: " + why + ".")});
}

}  // namespace

section speed_section(const json& data) {
    section out{"speed", "Handshakes, throughput and latency", {}};
    say_what_failed(out, at(data, {"bench"}), "tlseam bench");
    return figures_section(data, quantity::speed, std::move(out), "Speed: medians and spread");
}

section memory_section(const json& data) {
    section out{"memory", "Size, heap and stack", {}};
    say_what_failed(out, at(data, {"bench"}), "tlseam bench");
    return figures_section(data, quantity::memory, std::move(out), "Size and memory: less is better");
}

}  // namespace cli::front::report
