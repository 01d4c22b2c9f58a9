// SPDX-License-Identifier: Apache-2.0
// A small message there and one back, and a large one there. On one thread over a Unix socket pair: between two
// threads, waking the other one would be most of it, and how often that happens differs from run to run.
#include <vector>

#include "bench/measures/measures.hpp"

namespace bench {

void go_round(benchmark::State& state, const candidate& of, std::size_t size) noexcept {
    const auto pair = open(of, unix_pair());
    std::vector<std::byte> message(size, std::byte{7});
    const auto once = [&] {
        pair.client->write(message);
        read_all(*pair.server, message);
        pair.server->write(message);
        read_all(*pair.client, message);
    };
    once();
    forget_counts();
    for (auto _ : state) once();
    report_counts(state, static_cast<double>(state.iterations()));
}

namespace {

/// As much as tlseam sends at once, so that a transfer is a send and two receives of its; the writer does not wait, as
/// the socket holds all of it.
constexpr std::size_t portion = std::size_t{112} * 1024;

void transfer(benchmark::State& state, const candidate& of) noexcept {
    const auto sockets = unix_pair();
    hold_much(sockets.client);
    const auto pair = open(of, sockets);
    std::vector<std::byte> data(portion, std::byte{7});
    const auto once = [&] {
        pair.client->write(data);
        read_all(*pair.server, data);
    };
    once();
    forget_counts();
    for (auto _ : state) once();
    const double mebibytes = static_cast<double>(state.iterations()) * portion / (1 << 20);
    report_counts(state, mebibytes);
}

}  // namespace

void register_round_trips(const candidate& of) {
    if (!of.client) return;
    benchmark::RegisterBenchmark("round_trip_1B", [&of](benchmark::State& state) { go_round(state, of, 1); });
    benchmark::RegisterBenchmark("transfer_112K", [&of](benchmark::State& state) { transfer(state, of); });
    benchmark::RegisterBenchmark("round_trip_1K", [&of](benchmark::State& state) { go_round(state, of, 1024); });
}

}  // namespace bench
