// SPDX-License-Identifier: Apache-2.0
// What is measured of a candidate: benchmarks with the same names in every program.
#pragma once

#include <cstddef>

#include <benchmark/benchmark.h>

#include "bench/candidate.hpp"
#include "bench/sockets.hpp"

namespace bench {

// Each registers those that the candidate has something for.
void register_data(const candidate& of);
void register_round_trips(const candidate& of);
void register_handshakes(const candidate& of);
void register_idle_connections(const candidate& of);
void register_library(const candidate& of);

/// Exactly as much as the room holds.
void read_all(connection& from, std::span<std::byte> room);

/// Two ends whose handshake is complete, and which have exchanged a byte each way: tickets have been read.
struct open_pair {
    connection_ptr client;
    connection_ptr server;
};
[[nodiscard]] open_pair open(const candidate& of, socket_pair sockets);

/// What system calls and allocations there were since the last call, in all threads, when the program was started with
/// the counting library; else nothing. `units` are what the counters are per: mebibytes, round trips.
void report_counts(benchmark::State& state, double units);
void forget_counts();

}  // namespace bench
