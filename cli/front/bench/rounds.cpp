// SPDX-License-Identifier: Apache-2.0
#include "cli/front/bench/rounds.hpp"

#include <algorithm>
#include <cmath>
#include <csignal>
#include <nlohmann/json.hpp>
#include <string_view>
#include <system_error>

#include "cli/exit_codes.hpp"
#include "cli/front/child.hpp"
#include "cli/libexec.hpp"

namespace cli::front {
namespace {

using nlohmann::json;

std::string last_line(std::string_view text) {
    while (text.ends_with('\n')) text.remove_suffix(1);
    return std::string(text.substr(text.rfind('\n') + 1));
}

/// Why it has nothing to say; empty when it has.
std::string why_failed(const child_result& run) {
    if (run.timed_out) return "it was still running when its time was over (--timeout)";
    if (run.exit_code == 0) return {};
    const std::string said = last_line(run.errors);
    return said.empty() ? "it ended with exit code " + std::to_string(run.exit_code) : said;
}

child_result run(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                 std::chrono::milliseconds timeout, const std::stop_token& stop) {
    child_result out;
    try {
        child_options options;
        options.timeout = timeout;
        options.stop = stop;
        out = run_child(program, arguments, options);
    } catch (const std::system_error& problem) {
        out.exit_code = exit_failed;
        out.errors = problem.what();
    }
    // A terminal's signal may have ended the program before we were told of it.
    if (stop.stop_requested() || out.exit_code == 128 + SIGINT) throw stopped_early();
    return out;
}

/// Beside the program, as in a build directory, or where it is installed.
std::filesystem::path benchmarks_of(const backend_program& program) {
    const auto directory = program.path.parent_path();
    const std::string name = "tlseam-bench-" + program.backend;
    const auto beside = directory / name;
    std::error_code ignored;
    return std::filesystem::exists(beside, ignored) ? beside : directory / TLSEAM_LIBEXEC_FROM_BIN / name;
}

/// What a run of one benchmark gives: figures by name, or an error.
struct one_run {
    json figures = {};
    std::string error = {};
};

one_run run_once(const subject& of, std::string_view benchmark, const rounds_options& options) {
    const auto done = run(of.benchmarks,
                          {"--benchmark_filter=^" + std::string(benchmark) + "(/|$)", "--benchmark_format=json",
                           "--benchmark_min_time=" + std::to_string(options.seconds), options.certificates.string()},
                          options.timeout, options.stop);
    one_run out = {.error = why_failed(done)};
    if (!out.error.empty()) return out;
    const json said = json::parse(done.output, nullptr, false);
    if (said.is_object() && said.contains("benchmarks") && said["benchmarks"].is_array() &&
        !said["benchmarks"].empty()) {
        out.figures = said["benchmarks"].front();
    } else {
        out.error = "it has no benchmark '" + std::string(benchmark) + "'";
    }
    return out;
}

void take(const one_run& from, const measure& measure, series& into) {
    std::string error = from.error;
    if (error.empty()) {
        const auto figure = from.figures.is_object() ? from.figures.find(measure.figure) : from.figures.end();
        if (figure != from.figures.end() && figure->is_number() && std::isfinite(figure->get<double>()) &&
            figure->get<double>() > 0) {
            return into.values.push_back(figure->get<double>());
        }
        error = "it gave no '" + std::string(measure.figure) + "' above 0";
    }
    into = {.error = error};
}

struct turn {
    std::string_view benchmark;
    std::size_t whose;
};

/// A round is one run of each subject's program for each benchmark; another subject begins in each.
std::vector<turn> plan(std::size_t rounds, const std::vector<measure>& measures, std::size_t subjects) {
    std::vector<std::string_view> benchmarks;
    for (const auto& each : measures) {
        if (std::ranges::find(benchmarks, each.benchmark) == benchmarks.end()) benchmarks.push_back(each.benchmark);
    }
    std::vector<turn> out;
    for (std::size_t round = 0; round < rounds; ++round) {
        for (const auto benchmark : benchmarks) {
            for (std::size_t i = 0; i < subjects; ++i) out.push_back({benchmark, (round + i) % subjects});
        }
    }
    return out;
}

}  // namespace

subject meet(const backend_program& program, std::chrono::milliseconds timeout, const std::stop_token& stop) {
    subject out = {.backend = program.backend, .benchmarks = benchmarks_of(program)};
    const auto told = run(program.path, {"info", "--json"}, timeout, stop);
    out.error = why_failed(told);
    const json info = json::parse(told.output, nullptr, false);
    if (info.is_object() && info.contains("backend_version") && info["backend_version"].is_string()) {
        out.version = info["backend_version"];
    } else if (out.error.empty()) {
        out.error = "its `info --json` does not say which library it has";
    }
    return out;
}

all_series run_rounds(const std::vector<subject>& subjects, const std::vector<measure>& measures,
                      const rounds_options& options) {
    all_series out(measures.size());
    for (auto& each : out) {
        for (const auto& subject : subjects) each.push_back({.error = subject.error});
    }
    const auto turns = plan(options.rounds, measures, subjects.size());
    for (std::size_t done = 0; done < turns.size(); ++done) {
        const auto [benchmark, whose] = turns[done];
        std::vector<std::size_t> wanted;  // of what this run gives
        for (std::size_t i = 0; i < measures.size(); ++i) {
            if (measures[i].benchmark == benchmark && out[i][whose].error.empty()) wanted.push_back(i);
        }
        if (wanted.empty()) continue;
        options.on_step(done, turns.size(), std::string(benchmark) + ", " + subjects[whose].backend);
        const one_run seen = run_once(subjects[whose], benchmark, options);
        for (const std::size_t i : wanted) take(seen, measures[i], out[i][whose]);
    }
    return out;
}

}  // namespace cli::front
