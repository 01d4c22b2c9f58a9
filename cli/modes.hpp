// SPDX-License-Identifier: Apache-2.0
// What `serve` does with a client after the handshake.
#pragma once

#include <chrono>
#include <stop_token>

#include <tlseam/stream.hpp>

#include "cli/options.hpp"
#include "cli/report.hpp"

namespace cli {

struct patience {
    std::chrono::milliseconds idle;
    std::stop_token stop;
    [[nodiscard]] tlseam::wait_options wait() const { return tlseam::within(idle, stop); }
};

/// Until the client has said close_notify and got ours, or was answered. counted grows as plaintext passes.
[[nodiscard]] tlseam::result<void> run_mode(serve_mode mode, tlseam::stream& client, const patience& patience,
                                            traffic& counted);

}  // namespace cli
