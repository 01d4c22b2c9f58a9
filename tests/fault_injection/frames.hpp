// SPDX-License-Identifier: Apache-2.0
// Addresses to names, by binutils: what the linker has hidden still has a name in a library's symbol table.
#pragma once

#include <string>
#include <vector>

#include "tests/fault_injection/in_children.hpp"

namespace faults {

/// The functions of a finding's frames, innermost first, without those of the test and the C++ library; "?" for one
/// without a name.
[[nodiscard]] std::vector<std::string> functions_of(const finding& of);

}  // namespace faults
