// SPDX-License-Identifier: Apache-2.0
// How often send(), recv(), malloc() and free() are called (tests/interposed/), by whatever is loaded with the program.
#pragma once

#include <cstddef>

namespace counts {

struct counted {
    std::size_t sends = 0;
    std::size_t receives = 0;
    std::size_t waits = 0;
    std::size_t mallocs = 0;  // and calloc(), realloc(), operator new
    std::size_t frees = 0;    // of something, and realloc() of something
    [[nodiscard]] std::size_t system_calls() const noexcept { return sends + receives + waits; }
};

/// Of this thread, since the last call.
[[nodiscard]] counted take() noexcept;
/// Of all threads, since the last call, while nobody else is at work.
[[nodiscard]] [[gnu::visibility("default")]] counted take_everywhere() noexcept;

/// Bytes of the heap that all threads together hold now, as the allocator rounds them.
[[nodiscard]] std::size_t heap_in_use() noexcept;

}  // namespace counts
