// SPDX-License-Identifier: Apache-2.0
// peer-<backend> CERTS_DIRECTORY: one side of many connections. Standard input is a Unix stream socket to the runner;
// a request is a line of JSON with the socket of one connection beside it (SCM_RIGHTS), the answer is a line of JSON.
//
//     -> {"settings": {...}, "names": {...}, "steps": [...], "chunk": 1, "cut_at": 100, "patience_ms": 10000,
//         "neighbour": true}
//     <- {"steps": [...], "info": {...}, ...} or {"broken": "why"}
#include <exception>
#include <iostream>
#include <limits>
#include <map>
#include <string>

#include <nlohmann/json.hpp>
#include <tlseam/tlseam.hpp>

#include "tests/pairs/control.hpp"
#include "tests/pairs/neighbour.hpp"
#include "tests/pairs/report.hpp"
#include "tests/pairs/script.hpp"
#include "tests/pairs/settings.hpp"

using nlohmann::json;

namespace {

/// Good connections, one per context, open as long as the program runs: used before and after what fails beside them.
using neighbours = std::map<std::string, peer::neighbour>;

peer::neighbour& beside(neighbours& open, peer::library_settings& library, const json& scenario) {
    const auto& settings = scenario.at("settings");
    const auto names = scenario.value("names", json::object());
    const auto key = settings.dump();
    if (!open.contains(key)) open.emplace(key, peer::neighbour(library, settings, names));
    return open.at(key);
}

json play(peer::library_settings& library, neighbours& open, peer::request request) {
    const auto scenario = json::parse(request.line);
    const bool has_neighbour = scenario.value("neighbour", false);
    if (has_neighbour) beside(open, library, scenario).exchange();
    constexpr auto no_limit = std::numeric_limits<std::size_t>::max();
    const peer::dials dials{.chunk = scenario.value("chunk", no_limit), .cut_at = scenario.value("cut_at", no_limit)};
    auto engine = tlseam::or_throw(
        tlseam::engine::create(library.context(scenario.at("settings")),
                               peer::library_settings::names(scenario.value("names", json::object()))));
    peer::script script(std::move(engine), peer::transport(std::move(request.connection), dials),
                        std::chrono::milliseconds(scenario.value("patience_ms", 10'000)));
    auto seen = script.run(scenario.at("steps"));
    if (has_neighbour) beside(open, library, scenario).exchange();
    return seen;
}

std::string line(const json& j) { return j.dump(-1, ' ', false, json::error_handler_t::replace) + '\n'; }

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 2) {
        std::cerr << "usage: " << argv[0] << " CERTS_DIRECTORY   (started by tests/pairs/run.py)\n";
        return 2;
    }
    const peer::control runner(0);
    peer::library_settings library(argv[1]);
    neighbours open;
    runner.send(line(peer::describe_backend()));
    while (auto request = runner.receive()) {
        json answer;
        try {
            answer = play(library, open, std::move(*request));
        } catch (const std::exception& problem) {
            answer = {{"broken", problem.what()}};
        }
        runner.send(line(answer));
    }
} catch (const std::exception& problem) {
    std::cerr << argv[0] << ": " << problem.what() << '\n';
    return 1;
}
