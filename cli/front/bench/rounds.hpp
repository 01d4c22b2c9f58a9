// SPDX-License-Identifier: Apache-2.0
// Runs the programs in turns: A B C, B C A, ..., so that whatever the machine does meanwhile meets all alike.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "cli/front/bench/measures.hpp"
#include "cli/front/programs.hpp"

namespace cli::front {

/// What one backend has shown in one measure.
struct series {
    std::vector<double> values = {};  ///< one of each round; none when there is an error
    std::string error = {};           ///< a sentence; then it was not tried again
};

struct subject {
    std::string backend;
    std::string version = {};  ///< empty: its program does not run, and error says why
    std::string error = {};
    std::filesystem::path benchmarks;  ///< tlseam-bench-<backend>
};
/// Asks the program for its version. timeout and stop are those of run_rounds().
[[nodiscard]] subject meet(const backend_program& program, std::chrono::milliseconds timeout,
                           const std::stop_token& stop);

struct rounds_options {
    std::size_t rounds = 1;
    double seconds = 0.1;                       ///< that one run of one program measures, at least
    std::chrono::milliseconds timeout{60'000};  ///< of one run; then it is killed, and is an error
    std::filesystem::path certificates;
    std::function<void(std::size_t done, std::size_t of, const std::string& what)> on_step;
    std::stop_token stop;  ///< ends it with stopped_early
};

struct stopped_early {};

/// By measure, then by subject, in their orders.
using all_series = std::vector<std::vector<series>>;
[[nodiscard]] all_series run_rounds(const std::vector<subject>& subjects, const std::vector<measure>& measures,
                                    const rounds_options& options);

}  // namespace cli::front
