// SPDX-License-Identifier: Apache-2.0
// One side of a scenario: the calls that a program makes, one after another.
#pragma once

#include <chrono>
#include <string>

#include <nlohmann/json.hpp>
#include <tlseam/engine.hpp>

#include "tests/pairs/bytes.hpp"
#include "tests/pairs/transport.hpp"

namespace peer {

/// Steps are objects: {"do": word, ...}. What each gives is {"do": word, ...what was found, "error": {...} on failure,
/// "records": how many it sent}. The script ends with the first failure of the connection; failures that leave it
/// usable (closed, unsupported, misuse) do not end it.
///
///   handshake
///   write         size, seed, piece (bytes per call); gives what was "written" by this and all earlier steps
///   read          size: until so many bytes have come, or the peer's close_notify; piece; gives their "count"
///   read_end      until the peer's close_notify; piece; gives the "count" of bytes before it
///   close_write
///   key_update    ask (the peer too), times
///   export        size, label, context (bytes; none: no context); gives the "key"
///   hang_up       ends the output
///   drop          size: forgets the last bytes that were held back
///   flip          spoils the last byte that was held back
///
/// "hold": true keeps the step's output back until a later step sends; only waiting for input sends before.
class script {
public:
    script(tlseam::engine engine, transport connection, std::chrono::milliseconds patience)
        : engine_(std::move(engine)), transport_(std::move(connection)), patience_(patience) {}

    /// Runs the steps, hangs up, and waits for the other side to do so too.
    [[nodiscard]] nlohmann::json run(const nlohmann::json& steps);

private:
    nlohmann::json run_step(const nlohmann::json& step);
    void call(const nlohmann::json& step, nlohmann::json& seen);
    template <class Verb>
    auto drive(const Verb& verb) -> decltype(verb());
    tlseam::result<void> write(const nlohmann::json& step);
    tlseam::result<void> read(const nlohmann::json& step, std::size_t size, nlohmann::json& seen);
    tlseam::result<void> update_keys(const nlohmann::json& step);
    tlseam::result<void> request_certificate(const nlohmann::json& step);
    tlseam::result<void> export_key(const nlohmann::json& step, nlohmann::json& seen);

    tlseam::engine engine_;
    transport transport_;
    std::chrono::milliseconds patience_;
    moment deadline_;
    bool hold_ = false;
    tally written_, read_;
};

}  // namespace peer
