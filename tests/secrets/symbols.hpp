// SPDX-License-Identifier: Apache-2.0
// Which function an address is in, also where it is hidden: its name as the linker has it.
#pragma once

#include <string>

namespace secrets {

struct function {
    std::string module;   // the file
    std::string mangled;  // empty: not known
};
[[nodiscard]] function function_at(const void* address);

/// For people.
[[nodiscard]] std::string readable(const function& one);

}  // namespace secrets
