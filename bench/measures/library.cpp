// SPDX-License-Identifier: Apache-2.0
// What does not need a connection.
#include <chrono>
#include <vector>

#include "bench/measures/measures.hpp"

namespace bench {

void make_contexts(benchmark::State& state, const std::function<void()>& make) {
    using clock = std::chrono::steady_clock;
    const auto begin = clock::now();
    make();
    state.counters["first_us"] = std::chrono::duration<double, std::micro>(clock::now() - begin).count();
    for (auto _ : state) make();
}

void register_library(const candidate& of) {
    if (of.seal) {
        benchmark::RegisterBenchmark("cipher_16K", [&of](benchmark::State& state) {
            std::vector<std::byte> record(16384);
            for (auto _ : state) of.seal(record);
            state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(record.size()));
        });
    }
    if (of.client_context) {
        benchmark::RegisterBenchmark("client_context", [&of](benchmark::State& state) {
            make_contexts(state, of.client_context);
        })->Iterations(20);
    }
}

}  // namespace bench
