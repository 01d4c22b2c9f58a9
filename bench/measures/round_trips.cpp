// SPDX-License-Identifier: Apache-2.0
// A small message there and one back. On one thread over a Unix socket pair: between two threads, waking the other one
// would be most of it.
#include <vector>

#include "bench/measures/measures.hpp"

namespace bench {
namespace {

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

}  // namespace

void register_round_trips(const candidate& of) {
    if (!of.client) return;
    benchmark::RegisterBenchmark("round_trip_1B", [&of](benchmark::State& state) { go_round(state, of, 1); });
    benchmark::RegisterBenchmark("round_trip_1K", [&of](benchmark::State& state) { go_round(state, of, 1024); });
}

}  // namespace bench
