// SPDX-License-Identifier: Apache-2.0
// `tlseam compare --verify DIR`: the verdict of each library on each chain.
#include <algorithm>
#include <iostream>
#include <map>

#include "cli/exit_codes.hpp"
#include "cli/front/attempt.hpp"
#include "cli/front/child.hpp"
#include "cli/front/compare.hpp"
#include "cli/front/progress.hpp"
#include "cli/front/table.hpp"
#include "cli/front/tcp.hpp"
#include "cli/signals.hpp"

namespace cli::front {
namespace {

using json = nlohmann::ordered_json;
namespace fs = std::filesystem;

std::string text_of(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

/// By name; of directories in it nothing is taken.
std::vector<fs::path> chains_in(const fs::path& directory) {
    std::error_code problem;
    if (!fs::is_directory(directory, problem)) {
        throw usage_error("--verify: '" + printable(directory) + "' is no directory" +
                          (problem ? ": " + problem.message() : ""));
    }
    std::vector<fs::path> out;
    for (fs::directory_iterator each(directory, problem), end; !problem && each != end; each.increment(problem)) {
        const auto extension = each->path().extension();
        std::error_code ignored;
        if ((extension == ".pem" || extension == ".crt") && each->is_regular_file(ignored)) out.push_back(each->path());
    }
    if (problem) throw usage_error("--verify: cannot read '" + printable(directory) + "': " + problem.message());
    if (out.empty()) throw usage_error("--verify: there is no *.pem or *.crt in '" + printable(directory) + "'");
    std::ranges::sort(out);
    return out;
}

/// One request a line, as `verify --batch` takes them; its id is the place of the chain.
std::string requests(const compare_chains& command, const std::vector<fs::path>& chains) {
    std::string out;
    for (std::size_t i = 0; i < chains.size(); ++i) {
        json request = {{"id", i}, {"leaf", chains[i].string()}, {"purpose", command.purpose}};
        if (!command.ca_file.empty()) request["trust"] = {command.ca_file};
        if (command.name) request["name"] = *command.name;
        if (command.time) request["time"] = *command.time;
        try {
            out += request.dump() + "\n";
        } catch (const json::type_error&) {
            throw usage_error("'" + printable(chains[i]) + "': its name, or an option, is no UTF-8");
        }
    }
    return out;
}

json verdict_in(const json& event) {
    json out;
    for (const char* name : {"verdict", "code", "cert_code", "detail"}) out[name] = event.value(name, json());
    return out;
}

/// In the order of the chains. Without an answer, as from a program that cannot be run, it is undecided.
std::vector<json> verdicts_of(const backend_program& program, const std::string& requests, std::size_t count,
                              const std::stop_token& stop) {
    const auto told = run_child(program.path, {"verify", "--batch"},
                                {.input = requests, .timeout = std::chrono::minutes(10), .stop = stop});
    if (was_stopped(told)) throw stopped();
    const std::string why = told.timed_out        ? "its program did not end"
                            : told.errors.empty() ? "its program ended with exit code " + std::to_string(told.exit_code)
                                                  : told.errors.substr(0, told.errors.find('\n'));
    std::vector<json> out(count,
                          {{"verdict", "undecided"}, {"code", "internal"}, {"cert_code", nullptr}, {"detail", why}});
    std::string_view rest = told.output;
    while (!rest.empty()) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const json event = json::parse(rest.substr(0, end), nullptr, false);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (!event.is_object() || !event.contains("id") || !event["id"].is_number_unsigned()) continue;
        const auto id = event["id"].get<std::size_t>();
        if (id < count) out[id] = verdict_in(event);
    }
    return out;
}

/// What must be the same: sentences may differ.
json essence(const json& verdict) { return {verdict["verdict"], verdict["code"], verdict["cert_code"]}; }

std::string in_words(const json& verdict) {
    std::string out = verdict["verdict"].get<std::string>();
    if (verdict["code"].is_null()) return printable(out);
    out += " (" + (verdict["cert_code"].is_null() ? verdict["code"] : verdict["cert_code"]).get<std::string>() + ")";
    return printable(out);
}

/// Nothing decided at all: that is about what we were asked, not about the chains.
void check_decided(const std::vector<std::vector<json>>& all) {
    for (const auto& verdicts : all) {
        for (const json& each : verdicts) {
            if (each["verdict"] != "undecided") return;
        }
    }
    const json& first = all.front().front();
    const std::string why = printable(first["detail"].get<std::string>());
    if (first["code"] == "internal") throw std::runtime_error(why);
    throw usage_error(why);
}

struct findings {
    json result;
    std::map<std::string, std::size_t> agreed_on;  // how often each verdict that all gave
};

findings compare(const compare_chains& command, const std::vector<fs::path>& chains, const std::stop_token& stop) {
    const std::string asked = requests(command, chains);
    progress progress("verifying");
    std::vector<std::string> names;
    std::vector<std::vector<json>> all;
    for (const auto& program : command.programs) {
        progress.step(names.size(), command.programs.size(), program.backend);
        all.push_back(verdicts_of(program, asked, chains.size(), stop));
        names.push_back(program.backend);
    }
    check_decided(all);
    json disagreements = json::array();
    findings out;
    for (std::size_t i = 0; i < chains.size(); ++i) {
        json verdicts = json::object();
        bool same = true;
        for (std::size_t b = 0; b < all.size(); ++b) {
            verdicts[names[b]] = all[b][i];
            same = same && essence(all[b][i]) == essence(all.front()[i]);
        }
        if (same) {
            ++out.agreed_on[in_words(all.front()[i])];
        } else {
            disagreements.push_back({{"chain", chains[i].filename().string()}, {"verdicts", verdicts}});
        }
    }
    out.result = {{"backends", names},
                  {"chains", chains.size()},
                  {"agreed", chains.size() - disagreements.size()},
                  {"disagreements", disagreements}};
    return out;
}

void print(const compare_chains& command, const findings& found) {
    const json& result = found.result;
    std::vector<std::string> names = result["backends"];
    const std::string count = result["chains"].dump() + (result["chains"] == 1 ? " chain" : " chains");
    std::cout << wrapped(count + " in " + printable(command.directory) + ", verified by " + enumerate(names) + ".", 0);
    if (!found.agreed_on.empty()) std::cout << "\n" << (names.size() > 1 ? "All agree:" : "Verdicts:") << "\n";
    for (const auto& [verdict, times] : found.agreed_on) {
        const std::string number = std::to_string(times);
        std::cout << std::string(number.size() < 6 ? 6 - number.size() : 0, ' ') << number << "  " << verdict << "\n";
    }
    const json& disagreements = result["disagreements"];
    if (!disagreements.empty()) std::cout << "\nThey disagree:\n";
    for (const json& each : disagreements) {
        std::cout << "* " << printable(each["chain"].get<std::string>()) << "\n";
        for (const auto& [name, verdict] : each["verdicts"].items()) {
            const std::string why =
                verdict["detail"].is_null() ? "" : ": " + printable(verdict["detail"].get<std::string>());
            std::cout << wrapped("    " + name + " " + in_words(verdict) + why, 8);
        }
    }
    if (names.size() < 2) return;
    std::cout << "\n"
              << (disagreements.empty()
                      ? "The libraries agree on " + (result["chains"] == 1 ? "it" : "all " + count)
                      : "The libraries disagree on " + std::to_string(disagreements.size()) + " of " + count)
              << ".\n";
}

}  // namespace

int run(const compare_chains& command) {
    if (!command.ca_file.empty()) check_readable("--ca", command.ca_file);
    const auto chains = chains_in(command.directory);
    const stop_on_signal signals;
    try {
        const findings found = compare(command, chains, signals.token());
        if (command.json) {
            std::cout << text_of(found.result) << "\n";
        } else {
            print(command, found);
        }
        return found.result["disagreements"].empty() ? exit_done : exit_differs;
    } catch (const stopped&) {
        return exit_stopped;
    }
}

}  // namespace cli::front
