// SPDX-License-Identifier: Apache-2.0
// What each library has, and which options of its build decide it.
#include <algorithm>
#include <iterator>

#include "cli/front/report/capabilities.hpp"
#include "cli/front/report/contents.hpp"

namespace cli::front::report {
namespace {

std::string joined(const std::vector<std::string>& words, const char* between) {
    std::string out;
    for (const auto& word : words) out += (out.empty() ? "" : between) + word;
    return out;
}

text cell(const capability& item, std::size_t library) {
    if (item.has[library] == presence::unknown) return "–";
    text out(item.has[library] == presence::yes ? "yes" : "no");
    if (!item.options[library].empty()) {
        out.add(item.has[library] == presence::yes ? ", by " : ", needs ").code(joined(item.options[library], " "));
    }
    return out;
}

row row_of(const capability& item) {
    row out{item.id, {text().code(item.name)}};
    for (std::size_t n = 0; n < item.has.size(); ++n) out.cells.push_back(cell(item, n));
    return out;
}

/// "differences" of any library: all tell the same.
const json& difference_of(const json& data, const capability& item) {
    for (const auto& library : libraries(data)) {
        for (const auto& each : at(library.facts(), {"differences"})) {
            if (text_at(each, {"list"}) == item.list && text_at(each, {"item"}) == item.name) return each;
        }
    }
    return at(data, {"nothing"});
}

std::vector<text> reasons(const json& data, const std::vector<capability>& items) {
    std::vector<text> out;
    for (const auto& item : items) {
        const json& why = difference_of(data, item);
        if (!item.differs() || !why.is_object()) continue;
        text words;
        words.code(item.name).add(": ");
        for (const auto& piece : with_code(text_at(why, {"reason"}) + " " + text_at(why, {"tlseam"}))) words.add(piece);
        out.push_back(words.add(" ").link("Source", text_at(why, {"source"})).add("."));
    }
    return out;
}

}  // namespace

section capabilities_section(const json& data) {
    section out{"features", "Features", {}};
    const auto items = capabilities_of(data);
    if (items.empty()) return out;
    table differ{"features-table", "What some have and others lack", columns("", data), {}, false};
    table same{"features-same", "What is the same on all", columns("", data), {}, false};
    for (const auto& item : items) (item.differs() ? differ : same).rows.push_back(row_of(item));
    differ.columns.front() = same.columns.front() = "feature, group, suite, scheme or profile";
    out.blocks.push_back(
        paragraph{"What is not in the first table is the same on every library: the same calls, results "
                  "and error codes. Where an option of the library's own build decides, it stands in the "
                  "cell."});
    if (!differ.rows.empty()) out.blocks.push_back(std::move(differ));
    if (auto why = reasons(data, items); !why.empty()) out.blocks.push_back(list{std::move(why)});
    if (!same.rows.empty()) {
        const std::string count = std::to_string(same.rows.size());
        out.blocks.push_back(folded{"The " + count + " items that are the same on all", {std::move(same)}, {}});
    }
    return out;
}

}  // namespace cli::front::report
