// SPDX-License-Identifier: Apache-2.0
#include "cli/front/report/gather.hpp"

#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <span>
#include <sstream>
#include <system_error>

#include "cli/exit_codes.hpp"
#include "cli/front/child.hpp"
#include "cli/front/development_certificates.hpp"
#include "cli/front/private_directory.hpp"
#include "cli/front/programs.hpp"
#include "cli/front/report/page_parts.hpp"
#include "cli/front/report/steps.hpp"
#include "cli/time.hpp"

namespace cli::front::report {
namespace {

using namespace std::chrono_literals;

using clock = std::chrono::steady_clock;

constexpr const char* ourselves = "/proc/self/exe";
// What each may take, and all together: a library that hangs is a sentence in the report.
constexpr auto of_a_program = 20s;
constexpr auto of_chains = 60s;
constexpr auto of_everything = 285s;

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

/// What the libraries differ in is what we came for; a connection that all refuse is one too.
constexpr auto compared = {exit_done, exit_failed, exit_differs};

json failure(const std::string& sentence) { return {{"error", sentence}}; }

struct limits {
    std::stop_token stop;
    clock::time_point end = clock::now() + of_everything;
    [[nodiscard]] std::chrono::milliseconds left(std::chrono::milliseconds most = of_everything) const {
        return std::clamp(std::chrono::ceil<std::chrono::milliseconds>(end - clock::now()), 1ms, most);
    }
};

/// Ends with one JSON object, or with {"error"}. accepted: exit codes that come with one.
json run(const std::filesystem::path& program, const std::vector<std::string>& arguments,
         std::chrono::milliseconds timeout, const limits& limits, std::initializer_list<int> accepted = {0}) {
    child_result done;
    try {
        done = run_child(program, arguments, {.timeout = limits.left(timeout), .stop = limits.stop, .grace = 5s});
    } catch (const std::system_error& problem) {
        return failure(problem.what());
    }
    if (done.stopped || limits.stop.stop_requested()) throw stopped();
    if (done.timed_out) return failure("it was still running when its time was over");
    auto said = json::parse(done.output, nullptr, false);
    const bool well = std::ranges::find(accepted, done.exit_code) != accepted.end();
    if (well && said.is_object()) return said;
    std::string sentence = first_line(done.errors);
    if (sentence.starts_with("error: ")) sentence.erase(0, 7);
    if (sentence.empty()) sentence = text_at(said.is_object() ? said : json(), {"detail"});
    if (!sentence.empty()) return failure(sentence);
    return failure(well ? std::string("it did not print a JSON object")
                        : "it ended with exit code " + std::to_string(done.exit_code));
}

json about(const backend_program& program, const limits& limits) {
    json out = {
        {"backend", program.backend}, {"version", nullptr}, {"error", nullptr}, {"info", nullptr}, {"stack", nullptr}};
    json info = run(program.path, {"info", "--json", "--facts"}, of_a_program, limits);
    if (const json& error = at(info, {"error"}); !error.is_null()) {
        out["error"] = error;
    } else if (text_at(info, {"backend_version"}).empty()) {
        out["error"] = "its info does not say which library it has";
    } else {
        out["version"] = info["backend_version"];
        out["info"] = std::move(info);
    }
    return out;
}

json not_here(const std::string& backend) {
    return {{"backend", backend},
            {"version", nullptr},
            {"error", "there is no tlseam-" + backend + " program beside this one, nor in $PATH"},
            {"info", nullptr},
            {"stack", nullptr}};
}

/// All that this version of tlseam has; and any other that is here.
json about_all(const wishes& wishes, const std::vector<backend_program>& programs, const limits& limits) {
    json out = json::array();
    for (const auto& each : programs) out.push_back(about(each, limits));
    if (!wishes.backends.empty()) return out;
    std::istringstream known(known_backends);
    for (std::string name; known >> name;) {
        if (std::ranges::find(programs, name, &backend_program::backend) == programs.end())
            out.push_back(not_here(name));
    }
    return out;
}

bool runs(const json& backend) { return at(backend, {"error"}).is_null(); }

void add_stacks(json& backends, const std::vector<backend_program>& programs, const limits& limits) {
    const private_directory place;
    const auto made = make_development_certificates({"localhost"}, key_kind::ecdsa_p256);
    place.write("root.crt", made.root_pem);
    place.write("server.crt", made.leaf.chain_pem);
    place.write("server.key", made.leaf.key_pem);
    const auto file = [&](const char* name) { return (place.path() / name).string(); };
    for (std::size_t n = 0; n < programs.size(); ++n) {
        if (!runs(backends[n])) continue;
        backends[n]["stack"] = run(
            programs[n].path,
            {"stack", "--json", "--cert", file("server.crt"), "--key", file("server.key"), "--ca", file("root.crt")},
            of_a_program, limits);
    }
}

/// --backend NAME for each that runs.
std::vector<std::string> with_backends(std::vector<std::string> arguments, const json& backends) {
    for (const auto& each : backends) {
        if (!runs(each)) continue;
        arguments.emplace_back("--backend");
        arguments.push_back(text_at(each, {"backend"}));
    }
    return arguments;
}

void write_carried_chains(const private_directory& into) {
    for (const auto& each : std::span(carried_chains, carried_chains_count)) into.write(each.name, each.pem);
}

json chains(const wishes& wishes, const json& backends, const limits& limits) {
    std::optional<private_directory> place;
    std::string directory = wishes.chains, trust = wishes.chains_ca, name;
    if (directory.empty()) {
        place.emplace();
        write_carried_chains(*place);
        directory = place->path().string();
        trust = (place->path() / "root.crt").string();
        name = "localhost";
    }
    std::vector<std::string> arguments = {"compare", "--verify", directory, "--json"};
    if (!trust.empty()) arguments.insert(arguments.end(), {"--ca", trust});
    if (!name.empty()) arguments.insert(arguments.end(), {"--name", name});
    return run(ourselves, with_backends(std::move(arguments), backends), of_chains, limits, compared);
}

/// How many programs want a processor, of the last minute; null when the system does not say.
json load() {
    double last_minute = 0;
    return ::getloadavg(&last_minute, 1) == 1 ? json(last_minute) : json();
}

std::string now() { return time_text(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())); }

}  // namespace

json gather(const wishes& wishes, const std::stop_token& stop) {
    const limits limits{.stop = stop};
    steps steps("report", wishes.connect.empty() ? 4 : 5);
    const auto programs = wishes.backends.empty() ? find_programs() : choose_programs(wishes.backends);
    json out = {{"date", now()}, {"tlseam_version", TLSEAM_VERSION}, {"load", load()}};

    steps.begin("asking each library");
    json backends = about_all(wishes, programs, limits);
    const bool any = std::ranges::any_of(backends, runs);
    steps.begin("stack");
    if (any) add_stacks(backends, programs, limits);
    steps.begin("certificate chains");
    out["chains"] = any ? chains(wishes, backends, limits) : json();
    steps.begin("bench: a minute or more");
    out["bench"] = any ? run(ourselves,
                             with_backends({"bench", "--json", "--rounds", std::to_string(wishes.rounds), "--seconds",
                                            std::to_string(wishes.seconds)},
                                           backends),
                             of_everything, limits)
                       : json();
    out["connect"] = nullptr;
    if (any && !wishes.connect.empty()) {
        steps.begin("the connection");
        auto arguments = wishes.connect;
        arguments.insert(arguments.begin(), {"compare", "--json"});
        out["connect"] = run(ourselves, with_backends(std::move(arguments), backends), of_a_program, limits, compared);
    }
    out["backends"] = std::move(backends);
    // Sentences of broken programs may be anything: from here on it is valid text.
    return json::parse(out.dump(-1, ' ', false, json::error_handler_t::replace));
}

}  // namespace cli::front::report
