// SPDX-License-Identifier: Apache-2.0
// The program's own free(), realloc() and operator delete, which look into what is given back, and remember who gave
// back a secret. All that is loaded with the program calls these.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "tests/secrets/needles.hpp"

namespace secrets {

struct freed {
    kind which;
    bool by_delete;                 // else by free() or realloc(), which of tlseam only its buffers of records call
    std::array<void*, 32> callers;  // the innermost first
    std::size_t depth;
};

/// While one exists, in all threads. What is found is wiped then, so that whatever a search of memory finds later was
/// never in a block that somebody has freed.
class watch_frees {
public:
    watch_frees() noexcept;
    ~watch_frees();
    watch_frees(const watch_frees&) = delete;
    watch_frees& operator=(const watch_frees&) = delete;

    /// One for each block and kind; at most as many as there is room for.
    [[nodiscard]] static std::span<const freed> found() noexcept;
};

}  // namespace secrets
