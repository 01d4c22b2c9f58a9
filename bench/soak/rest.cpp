// SPDX-License-Identifier: Apache-2.0
#include "bench/soak/rest.hpp"

#include <filesystem>
#include <iterator>
#include <stdexcept>

#include "tests/counts/counted.hpp"

// There when what counts is part of the program.
namespace counts {
[[gnu::weak]] std::size_t heap_in_use() noexcept;
}

namespace soak {
namespace {

std::size_t entries_of(const char* directory) {
    const std::filesystem::directory_iterator all(directory);
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace

holdings hold_now() {
    holdings out;
    if (counts::heap_in_use != nullptr) {
        out.heap = counts::heap_in_use();
        if (out.heap == 0) throw std::logic_error("the heap is not counted, though it should be");
    }
    out.descriptors = entries_of("/proc/self/fd");
    out.threads = entries_of("/proc/self/task");
    return out;
}

}  // namespace soak
