// SPDX-License-Identifier: Apache-2.0
// What `tlseam bench` measures of a library: benchmarks whose names and counters cli/front/bench_measures.cpp knows.
#pragma once

namespace cli {

void register_measures();

}  // namespace cli
