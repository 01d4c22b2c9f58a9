// SPDX-License-Identifier: Apache-2.0
// The rules. Each is a function that adds sentences; a library of which nothing is known gets none.
#include "cli/front/report/advice.hpp"

#include <algorithm>
#include <map>
#include <ranges>

#include "cli/front/report/capabilities.hpp"
#include "cli/front/report/numbers.hpp"

namespace cli::front::report {
namespace {

/// So many sentences on speed for each: the widest leads.
constexpr std::size_t most_speeds = 5;

struct state {
    const json& data;
    const std::vector<library> all;
    std::vector<advice> out;
};

text of_lead(const state& state, const measure& measure, const lead& lead) {
    const auto value = [&](const figure& figure) {
        return value_text(measure, figure) + (measure.of == quantity::speed ? " " + measure.unit : "");
    };
    const double best = lead.best->median, next = lead.next->median;
    text out;
    out.refer(measure.title, measure.id).add(": " + value(*lead.best) + ", ");
    out.add(measure.more_is_better ? how_much_more(best, next) : share(best, next));
    return out.add(" that of the next one, " + state.all[lead.next->library].title + " (" + value(*lead.next) + ").");
}

/// Speed counts: the measures in which one is clearly ahead of all others, the widest leads first.
void speed(state& state, const std::vector<measure>& measures) {
    std::vector<std::vector<std::pair<lead, const measure*>>> leads(state.all.size());
    std::size_t of = 0;
    for (const auto& measure : measures) {
        if (measure.of != quantity::speed || measure.detail || measure.figures.size() < 2) continue;
        ++of;
        if (const auto found = clear_lead(measure)) leads[found->best->library].emplace_back(*found, &measure);
    }
    for (std::size_t n = 0; n < leads.size(); ++n) {
        std::ranges::sort(leads[n], std::ranges::greater(), [](const auto& each) { return each.first.ratio; });
        if (leads[n].empty()) continue;
        for (const auto& [lead, measure] : leads[n] | std::views::take(most_speeds)) {
            state.out[n].choose.push_back(of_lead(state, *measure, lead));
        }
        text count("Speed as a whole: it is clearly ahead in ");
        count.refer(std::to_string(leads[n].size()) + " of " + std::to_string(of) + " measures", "figures-speed");
        state.out[n].choose.push_back(count.add(leads[n].size() > most_speeds ? "; these are the widest leads." : "."));
    }
}

/// Memory counts: the smallest program, heap or stack.
void memory(state& state, const std::vector<measure>& measures) {
    for (const auto& measure : measures) {
        if (measure.of != quantity::memory) continue;
        if (const auto found = clear_lead(measure)) {
            state.out[found->best->library].choose.push_back(of_lead(state, measure, *found));
        }
    }
}

/// The licence is one that every product can take, where another library's is not.
void licences(state& state) {
    const auto licence = [](const library& each) { return text_at(each.facts(), {"licence"}); };
    const bool some_bind = std::ranges::any_of(state.all, [&](const auto& each) { return is_copyleft(licence(each)); });
    for (std::size_t n = 0; n < state.all.size(); ++n) {
        const std::string own = licence(state.all[n]);
        if (own.empty()) continue;
        text words("Licence: ");
        words.refer(own, "library-" + state.all[n].backend);
        if (is_copyleft(own)) {
            state.out[n].think_twice.push_back(
                words.add(", which binds the program that links it unless one is bought."));
        } else if (some_bind) {
            state.out[n].choose.push_back(words.add(", which does not bind the rest of the program."));
        }
    }
}

/// What it alone has, and what it alone lacks.
void capabilities(state& state) {
    for (const auto& item : capabilities_of(state.data)) {
        const auto has = std::ranges::count(item.has, presence::yes),
                   lacks = std::ranges::count(item.has, presence::no);
        for (std::size_t n = 0; n < item.has.size(); ++n) {
            text words;
            if (item.has[n] == presence::yes && has == 1 && lacks > 0) {
                words.add("You need ")
                    .code(item.name)
                    .add(": of those here, it alone ")
                    .refer("has it", item.id)
                    .add(".");
                state.out[n].choose.push_back(words);
            }
            if (item.has[n] == presence::no && lacks == 1 && has > 0) {
                words.add("You need ")
                    .code(item.name)
                    .add(": of those here, it alone ")
                    .refer("lacks it", item.id)
                    .add(".");
                state.out[n].think_twice.push_back(words);
            }
        }
    }
}

/// Peers' faults: who answers fewest of them otherwise, and who most.
void faults(state& state) {
    std::vector<std::pair<std::size_t, std::size_t>> counts;  // rows, library
    for (std::size_t n = 0; n < state.all.size(); ++n) {
        if (state.all[n].facts().is_object()) counts.emplace_back(faults_of(state.all[n]).size(), n);
    }
    std::ranges::sort(counts);
    if (counts.size() < 2 || counts.front().first == counts[1].first) return;
    const auto [fewest, best] = counts.front();
    const auto [next, _] = counts[1];
    text words("The answers to a peer's faults are to be those of the standards: ");
    words.refer("in " + std::to_string(fewest) + (fewest == 1 ? " row" : " rows"), "records")
        .add(" of the catalogue it answers otherwise, the next one in " + std::to_string(next) +
             ". Most differ in the alert alone.");
    state.out[best].choose.push_back(words);
}

/// A verdict on a certificate chain that no other library shares.
void verdicts(state& state) {
    std::map<std::string, std::size_t> alone;
    for (const auto& disagreement : at(state.data, {"chains", "disagreements"})) {
        std::map<std::string, std::vector<std::string>> by_verdict;
        const json& given = at(disagreement, {"verdicts"});
        if (!given.is_object()) continue;
        for (const auto& [backend, verdict] : given.items())
            by_verdict[text_at(verdict, {"verdict"})].push_back(backend);
        if (by_verdict.size() != 2) continue;
        for (const auto& [_, backends] : by_verdict) {
            if (backends.size() == 1 && given.size() > 2) ++alone[backends.front()];
        }
    }
    for (std::size_t n = 0; n < state.all.size(); ++n) {
        const auto found = alone.find(state.all[n].backend);
        if (found == alone.end()) continue;
        text words("Certificates: it is ");
        words.refer("alone with its verdict", "verdicts").add(" on " + std::to_string(found->second) + " chain(s).");
        state.out[n].think_twice.push_back(words);
    }
}

/// Conformance tests that the library cannot pass.
void deviations(state& state) {
    for (std::size_t n = 0; n < state.all.size(); ++n) {
        const auto count = deviations_of(state.all[n]).size();
        if (count == 0) continue;
        text words("It does not pass ");
        words.refer(std::to_string(count) + (count == 1 ? " conformance test" : " conformance tests"), "records")
            .add(".");
        state.out[n].think_twice.push_back(words);
    }
}

std::vector<const json*> those_that_fit(const library& library, const char* name) {
    std::vector<const json*> out;
    const std::string version = text_at(*library.about, {"version"});
    for (const auto& each : at(library.facts(), {name})) {
        if (fits(text_at(each, {"versions"}), version)) out.push_back(&each);
    }
    return out;
}

}  // namespace

std::vector<advice> advise(const json& data, const std::vector<measure>& measures) {
    state state{data, libraries(data), {}};
    state.out.resize(state.all.size());
    licences(state);
    memory(state, measures);
    speed(state, measures);
    capabilities(state);
    faults(state);
    verdicts(state);
    deviations(state);
    return std::move(state.out);
}

bool is_copyleft(const std::string& licence) { return licence.find("GPL") != std::string::npos; }

std::vector<const json*> faults_of(const library& library) { return those_that_fit(library, "faults"); }
std::vector<const json*> deviations_of(const library& library) { return those_that_fit(library, "deviations"); }

}  // namespace cli::front::report
