// SPDX-License-Identifier: Apache-2.0
// Two engines joined in memory, and the loops that drive them. Every loop has a limit: a defect fails a test, it never
// hangs it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tlseam/tlseam.hpp>

#include "tests/support/channel.hpp"
#include "tests/support/settings.hpp"

namespace tlseam_test {

struct engine_pair {
    tlseam::engine client;
    tlseam::engine server;
    channel to_server = {};
    channel to_client = {};

    /// One turn in both directions. Says whether anything happened.
    bool move();
    /// Turns until nothing happens any more.
    void move_all();
};

/// A pair that has not exchanged anything. Throws tlseam::exception.
[[nodiscard]] engine_pair new_pair(const contexts& from = contexts());
[[nodiscard]] engine_pair new_pair(const setup& from);

/// Both ends of a handshake, when nothing moves any more. want_read: still waiting for the other.
struct outcome {
    tlseam::result<void> client;
    tlseam::result<void> server;
    [[nodiscard]] bool complete() const { return client && server; }
};

/// Drives both handshakes until nothing moves. A side that fails hangs up: the other one gets its alert, then the end.
outcome run_handshake(engine_pair& pair);

/// A pair after a handshake that worked, at rest. Throws std::runtime_error with both results when it did not.
[[nodiscard]] engine_pair open_pair(const contexts& from = contexts());
[[nodiscard]] engine_pair open_pair(const setup& from);

/// How many bytes of each direction a handshake needs, to the byte. The same for every handshake with these contexts
/// when the server's key is RSA or Ed25519: ECDSA signatures vary in length.
struct handshake_size {
    std::size_t to_server = 0;
    std::size_t to_client = 0;
};
[[nodiscard]] handshake_size measure_handshake(const contexts& from);

/// Writes all data at one end, and reads at the other with buffers of read_size until it has as much, or nothing moves
/// any more. Returns what was read. Failures of a verb are reported as failures of the test.
std::vector<std::byte> carry(engine_pair& pair, tlseam::engine& from, tlseam::engine& to,
                             std::span<const std::byte> data, std::size_t read_size = 65536);
/// The same with text.
std::string carry(engine_pair& pair, tlseam::engine& from, tlseam::engine& to, std::string_view text);

/// What one read gives now, with a buffer larger than a record.
[[nodiscard]] tlseam::result<std::string> read_text(tlseam::engine& from);

/// Drives both ends to closed: each close_notify is sent and read. Failures are reported.
void close_both(engine_pair& pair);

}  // namespace tlseam_test
