// SPDX-License-Identifier: Apache-2.0
// The socket under an engine, with dials: pieces of input, where the output is cut, what is held back or spoilt.
#pragma once

#include <chrono>
#include <cstddef>
#include <limits>
#include <vector>

#include <tlseam/engine.hpp>

#include "tests/pairs/descriptor.hpp"
#include "tests/pairs/records.hpp"

namespace peer {

using moment = std::chrono::steady_clock::time_point;

struct dials {
    /// The engine is fed at most so many bytes at a time.
    std::size_t chunk = std::numeric_limits<std::size_t>::max();
    /// After so many bytes the output ends: hang_up().
    std::size_t cut_at = std::numeric_limits<std::size_t>::max();
};

/// Nothing reaches the engine unless feed() is called, so that what a verb has seen does not depend on timing. Bytes
/// are taken from the socket whenever there is a wait, so that two sides that both write do not lock each other up.
class transport {
public:
    transport(descriptor socket, const dials& d) : socket_(std::move(socket)), dials_(d) {}

    /// Gives the engine the next piece, or the end of input. False when neither came in time.
    [[nodiscard]] bool feed(tlseam::engine& engine, moment deadline);

    /// Takes the engine's output, to be sent by flush().
    void collect(tlseam::engine& engine);
    /// Sends what was collected. False when there was no room in time.
    [[nodiscard]] bool flush(moment deadline);

    /// Forgets the last bytes of what was collected.
    void drop_last(std::size_t count);
    /// Turns over one bit in the last byte of what was collected.
    void flip_last();
    /// Ends the output: the other side sees the end of its input. Later output is forgotten.
    void hang_up() noexcept;
    /// Reads the other side's output to its end, unseen, so that closing the socket resets nothing.
    void drain(moment deadline);

    [[nodiscard]] const record_counter& sent() const noexcept { return sent_; }
    [[nodiscard]] const record_counter& received() const noexcept { return received_; }

private:
    bool wait(bool to_send, moment deadline);
    void receive();

    descriptor socket_;
    dials dials_;
    std::vector<std::byte> inbox_;
    std::size_t fed_ = 0;
    std::vector<std::byte> outbox_;
    std::size_t sent_bytes_ = 0;
    bool input_ended_ = false;
    bool hung_up_ = false;
    record_counter sent_, received_;
};

}  // namespace peer
