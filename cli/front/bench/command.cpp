// SPDX-License-Identifier: Apache-2.0
// `tlseam bench`: how fast each library is here.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cli/exit_codes.hpp"
#include "cli/front/bench/output.hpp"
#include "cli/front/bench/rounds.hpp"
#include "cli/front/commands.hpp"
#include "cli/front/development_certificates.hpp"
#include "cli/front/private_directory.hpp"
#include "cli/front/programs.hpp"
#include "cli/front/progress.hpp"
#include "cli/signals.hpp"

namespace cli::front {
namespace {

constexpr const char* footer = R"(
Handshakes are of TLS 1.3, with X25519 unless another group is named. Those per second are of two ends in memory, on
one core; for client and server, processor time is given. The client has met the server before: the signatures of a
chain are verified once in a process. Throughput (1 MB is 1,000,000 bytes) and connections are over TCP on the loopback
interface, a core for each end. Heap is what a connection holds after 16 KiB each way.

Run it on a machine that does nothing else: then differences are larger than the spread, which is shown as well.

Examples:
  tlseam bench
  tlseam bench --only full_rsa --only full_rsa_server --rounds 15
  tlseam bench --backend NAME --json
  tlseam bench --list
)";

struct bench_command {
    std::vector<std::string> backends, only;
    unsigned rounds = 7;
    double seconds = 0.1, timeout = 60;
    bool list = false, json = false;
};

int show_list(const bench_command& command) {
    const auto measures = choose_measures(command.only);
    std::fputs((command.json ? list_as_json(measures) : list_as_text(measures)).c_str(), stdout);
    return exit_done;
}

/// Where tlseam-bench-<backend> looks for them.
void make_certificates(const private_directory& into) {
    for (const auto& [folder, kind] : {std::pair("ecdsa", key_kind::ecdsa_p256), {"rsa", key_kind::rsa_2048}}) {
        const auto made = make_development_certificates({"localhost"}, kind);
        const std::filesystem::path place = folder;
        into.write(place / "root.crt", made.root_pem);
        into.write(place / "server.crt", made.leaf.chain_pem);
        into.write(place / "server.key", made.leaf.key_pem);
    }
}

bool anything_was_measured(const all_series& seen) {
    return std::ranges::any_of(seen, [](const auto& row) {
        return std::ranges::any_of(row, [](const auto& each) { return each.error.empty(); });
    });
}

bench_result measure_all(const bench_command& command, const std::stop_token& stop) {
    bench_result out = {.machine = this_machine(),
                        .rounds = command.rounds,
                        .subjects = {},
                        .measures = choose_measures(command.only),
                        .seen = {}};
    const auto programs = choose_programs(command.backends);
    progress progress("bench");
    const auto timeout = std::chrono::ceil<std::chrono::milliseconds>(std::chrono::duration<double>(command.timeout));
    for (const auto& each : programs) out.subjects.push_back(meet(each, timeout, stop));
    const private_directory certificates;
    make_certificates(certificates);
    out.seen = run_rounds(out.subjects, out.measures,
                          {.rounds = command.rounds,
                           .seconds = command.seconds,
                           .timeout = timeout,
                           .certificates = certificates.path(),
                           .on_step = [&](auto... step) { progress.step(step...); },
                           .stop = stop});
    return out;
}

int bench(const bench_command& command) {
    if (command.list) return show_list(command);
    const stop_on_signal signals;
    try {
        const auto result = measure_all(command, signals.token());
        std::fputs((command.json ? as_json(result) : as_table(result)).c_str(), stdout);
        return anything_was_measured(result.seen) ? exit_done : exit_failed;
    } catch (const stopped_early&) {
        return exit_stopped;
    }
}

/// No range refuses "nan".
void check_is_number(const char* option, double value) {
    if (std::isnan(value)) throw CLI::ValidationError(option, "is not a number");
}

}  // namespace

void add_bench(CLI::App& app, action& chosen) {
    auto& sub = *app.add_subcommand("bench", "how fast each library is on this machine; takes about a minute");
    auto typed = std::make_shared<bench_command>();
    sub.add_option("--backend", typed->backends, "only this library; may be repeated")
        ->type_name("NAME")
        ->allow_extra_args(false);
    sub.add_option("--only", typed->only, "only this measure; may be repeated; --list has the names")
        ->type_name("MEASURE")
        ->allow_extra_args(false);
    sub.add_option("--rounds", typed->rounds, "how often each library is measured, in turns")
        ->type_name("N")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    sub.add_option("--seconds", typed->seconds, "how long one run measures, at least; less is quicker and less exact")
        ->type_name("SECONDS")
        ->check(CLI::Range(0.001, 10.0))
        ->capture_default_str();
    sub.add_option("--timeout", typed->timeout, "how long one run may take before it is given up")
        ->type_name("SECONDS")
        ->check(CLI::Range(0.001, 1e6))
        ->capture_default_str();
    sub.add_flag("--list", typed->list, "names of what is measured; measures nothing");
    sub.add_flag("--json", typed->json, "one JSON object");
    sub.footer(footer);
    sub.callback([typed, &chosen] {
        check_is_number("--seconds", typed->seconds);
        check_is_number("--timeout", typed->timeout);
        chosen = [typed] { return bench(*typed); };
    });
}

}  // namespace cli::front
