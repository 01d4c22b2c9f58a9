// SPDX-License-Identifier: Apache-2.0
// The program's own send(), recv() and malloc(), which count and do what the C library's do. All that is loaded with
// the program calls these.
#pragma once

#include <cstddef>

namespace counts {

struct counted {
    std::size_t sends = 0;
    std::size_t receives = 0;
    std::size_t waits = 0;
    std::size_t mallocs = 0;  // and calloc(), realloc(), operator new
    [[nodiscard]] std::size_t system_calls() const noexcept { return sends + receives + waits; }
};

/// Of this thread, since the last call.
[[nodiscard]] counted take() noexcept;

}  // namespace counts
