// SPDX-License-Identifier: Apache-2.0
// The program's own malloc(), free() and their kin, which all that is loaded with it calls. They do what the C
// library's do, and ask or tell the program, which defines these three.
#pragma once

#include <cstddef>

namespace interposed {

/// False: this one fails as if there was no memory left. size: as it was asked for.
[[nodiscard]] bool may_allocate(std::size_t size) noexcept;
/// A block was given out, or taken back: its size as the allocator rounds it. realloc() does both.
void allocated(std::size_t size) noexcept;
void freed(std::size_t size) noexcept;

}  // namespace interposed
