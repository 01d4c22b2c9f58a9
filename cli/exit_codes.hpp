// SPDX-License-Identifier: Apache-2.0
// The exit codes, the same for every command.
#pragma once

namespace cli {

inline constexpr int exit_done = 0;
inline constexpr int exit_failed = 1;     // TLS or the network
inline constexpr int exit_usage = 2;      // options, files, settings: nothing was sent or accepted
inline constexpr int exit_differs = 3;    // of a comparison: the libraries differ
inline constexpr int exit_stopped = 130;  // by SIGINT or SIGTERM, where that is not the way to end it

}  // namespace cli
