// SPDX-License-Identifier: Apache-2.0
// What a process holds when no connection is open.
#pragma once

#include <cstddef>

namespace soak {

struct holdings {
    std::size_t heap = 0;  // bytes; 0 where they cannot be counted (sanitizers)
    std::size_t descriptors = 0;
    std::size_t threads = 0;
};
[[nodiscard]] holdings hold_now();

}  // namespace soak
