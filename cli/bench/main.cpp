// SPDX-License-Identifier: Apache-2.0
// tlseam-bench-<backend>: the Google Benchmark program that `tlseam bench` runs. One argument beside Google
// Benchmark's: the directory with the certificates.
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>

#include "bench/measures/measures.hpp"
#include "cli/bench/measures.hpp"
#include "cli/exit_codes.hpp"

namespace {

std::string certificates;

/// For what fails where nothing can be thrown.
[[noreturn]] void give_up_with_a_sentence() {
    try {
        std::rethrow_exception(std::current_exception());
    } catch (const std::exception& problem) {
        bench::give_up(problem.what());
    } catch (...) {
        bench::give_up("ended by an exception of no known kind");
    }
}

}  // namespace

std::string bench::certificate_file(const std::string& name) { return certificates + "/" + name; }

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    std::set_terminate(give_up_with_a_sentence);
    benchmark::Initialize(&argc, argv);
    if (argc != 2) {
        std::fprintf(stderr, "usage: %s [OPTIONS OF GOOGLE BENCHMARK] DIRECTORY\n", argv[0]);
        return cli::exit_usage;
    }
    certificates = argv[1];
    bench::pin_to_core(0);
    cli::register_measures();
    benchmark::RunSpecifiedBenchmarks();
    return cli::exit_done;
}
