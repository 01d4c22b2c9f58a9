// SPDX-License-Identifier: Apache-2.0
// The program of one candidate: a Google Benchmark program with the measures as its benchmarks.
#include <csignal>

#include "bench/certs_dir.hpp"
#include "bench/measures/measures.hpp"

std::string bench::certificate_file(const std::string& name) { return TLSEAM_CERTS_DIR "/" + name; }

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);  // libraries that write() to sockets need this; ours does not
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    try {
        bench::pin_to_core(0);
        const bench::candidate candidate = bench::make_candidate();
        benchmark::AddCustomContext("library", candidate.library);
        bench::register_data(candidate);
        bench::register_round_trips(candidate);
        bench::register_handshakes(candidate);
        bench::register_idle_connections(candidate);
        bench::register_library(candidate);
        benchmark::RunSpecifiedBenchmarks();
    } catch (const std::exception& problem) {
        bench::give_up(problem.what());
    }
}
