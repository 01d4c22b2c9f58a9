// SPDX-License-Identifier: Apache-2.0
// Running another program and reading what it says.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cli::front {

struct child_result {
    int exit_code = -1;  ///< 128 + the signal for one that a signal ended
    std::string output;
    std::string errors;
    bool timed_out = false;  ///< then it was killed
    bool stopped = false;    ///< by the stop token; then it was killed too
};

struct child_options {
    std::string input;                                             ///< its standard input
    std::vector<std::pair<std::string, std::string>> environment;  ///< besides ours
    std::chrono::milliseconds timeout{60'000};
    std::stop_token stop;
    /// How long it may go on to clean up, having got SIGTERM, before it is killed: for one that has children itself.
    std::chrono::milliseconds grace{0};
    std::function<void(std::string_view)> on_output, on_errors;  ///< all of it so far, each time that more has come
};

/// Runs it to its end: nothing of it is left when this returns. Throws std::system_error when it cannot be started.
[[nodiscard]] child_result run_child(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                                     const child_options& options = {});

}  // namespace cli::front
