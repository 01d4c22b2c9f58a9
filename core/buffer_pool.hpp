// SPDX-License-Identifier: Apache-2.0
// Buffers that a thread lends to whichever connection has bytes in flight: an idle one holds none, and a busy one asks
// neither the allocator nor the system again and again.
#pragma once

#include <cstddef>

namespace tlseam::seam::buffer_pool {

/// For a small record or two.
inline constexpr std::size_t small_size = 4096;
/// For what one recv() may bring behind a partial record, and for max_unsent and the records that may still follow.
inline constexpr std::size_t large_size = std::size_t{160} * 1024;
/// Each thread keeps this many of each size for later.
inline constexpr std::size_t most_kept = 4;

struct buffer {
    std::byte* data = nullptr;  // null: there is no memory
    std::size_t capacity = 0;
};

/// One of the two sizes above, or for more than these exactly size bytes.
[[nodiscard]] buffer borrow(std::size_t size) noexcept;
/// Exactly size bytes, for longer.
[[nodiscard]] buffer allocate(std::size_t size) noexcept;
/// From either of these, of this thread or another one; null is no harm.
void give_back(buffer buffer) noexcept;

}  // namespace tlseam::seam::buffer_pool
