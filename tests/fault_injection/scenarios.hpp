// SPDX-License-Identifier: Apache-2.0
// What is done while allocations fail.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "tests/fault_injection/in_children.hpp"

namespace faults {

struct named_scenario {
    std::string name;
    maker make;
    bool large = false;  // so many allocations that not even the longest test takes every one
};

/// For GoogleTest's messages.
inline void PrintTo(const named_scenario& it, std::ostream* out) { *out << it.name; }

/// Everything that works: loading, contexts, connections, sessions, verification.
[[nodiscard]] std::vector<named_scenario> sound_scenarios(bool all_of_them);
/// Of the library's first use in a process.
[[nodiscard]] std::vector<named_scenario> first_scenarios();
/// Peers that must not be accepted, whatever fails.
[[nodiscard]] std::vector<named_scenario> forbidden_scenarios(bool all_of_them);

}  // namespace faults
