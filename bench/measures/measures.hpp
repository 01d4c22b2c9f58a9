// SPDX-License-Identifier: Apache-2.0
// What is measured of a candidate: benchmarks with the same names in every program.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include <benchmark/benchmark.h>

#include "bench/candidate.hpp"
#include "bench/sockets.hpp"

namespace bench {

/// How a connection sends: write() or gather().
using sending = void (connection::*)(std::span<const std::byte>);
using connection_maker = std::function<connection_ptr(int socket)>;

// What is measured, each the body of one benchmark. What fails in one that is noexcept ends the program at once, where
// unwinding would wait for the other thread.

/// `batch` bytes per iteration in writes of `size`, until the other end says that it has them all.
void send_much(benchmark::State& state, const candidate& of, std::size_t size, std::size_t batch,
               sending send) noexcept;
/// A message there and one back.
void go_round(benchmark::State& state, const candidate& of, std::size_t size) noexcept;
/// Connections of such a client to a server of the candidate's, one after the other.
void make_connections(benchmark::State& state, const candidate& of, const connection_maker& client) noexcept;
void hold_connections(benchmark::State& state, const candidate& of);
/// The first one of the process, by itself, and further ones.
void make_contexts(benchmark::State& state, const std::function<void()>& make);

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
