// SPDX-License-Identifier: Apache-2.0
// Asks the programs, and runs the other commands of `tlseam`, until all that a report needs is there.
#pragma once

#include <exception>
#include <stop_token>
#include <string>
#include <vector>

#include "cli/front/report/data.hpp"

namespace cli::front::report {

/// Somebody sent a signal.
struct stopped : std::exception {};

struct wishes {
    std::vector<std::string> backends;  ///< none: all that this version of tlseam has, those that are not here included
    unsigned rounds = 7;
    double seconds = 0.1;              ///< of bench, each run
    std::string chains;                ///< a directory for compare --verify; empty: those that tlseam carries
    std::string chains_ca;             ///< whom to trust for those; empty: the system's store
    std::vector<std::string> connect;  ///< arguments of compare; none: it does not run
};

/// What fails is in the result as a sentence. Throws stopped, and usage_error for a backend of the wishes that is not
/// here. Takes minutes.
[[nodiscard]] json gather(const wishes& wishes, const std::stop_token& stop);

}  // namespace cli::front::report
