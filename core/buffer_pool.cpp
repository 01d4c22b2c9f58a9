// SPDX-License-Identifier: Apache-2.0
#include "core/buffer_pool.hpp"

#include <array>
#include <cstdlib>
#include <utility>

namespace tlseam::seam::buffer_pool {
namespace {

struct shelf {
    std::array<std::byte*, most_kept> buffers = {};
    std::size_t count = 0;
};

struct all_shelves {
    shelf small, large;
    bool closed = false;
    bool will_be_swept = false;  // asked at every give_back(): quicker than the sweeper itself

    /// Null for a size that is not kept.
    shelf* of(std::size_t capacity) noexcept {
        return capacity == small_size ? &small : capacity == large_size ? &large : nullptr;
    }
};
/// Without a destructor: connections may end after the thread's objects have.
constinit thread_local all_shelves kept;

struct sweeper {
    ~sweeper() {
        for (shelf* each : {&kept.small, &kept.large}) {
            while (each->count > 0) std::free(each->buffers[--each->count]);
        }
        kept.closed = true;
    }
};
thread_local sweeper at_the_end_of_the_thread;

}  // namespace

buffer allocate(std::size_t size) noexcept {
    auto* const data = static_cast<std::byte*>(std::malloc(size));
    return {data, data != nullptr ? size : 0};
}

buffer borrow(std::size_t size) noexcept {
    const std::size_t capacity = size <= small_size ? small_size : size <= large_size ? large_size : size;
    shelf* const place = kept.of(capacity);
    if (place != nullptr && place->count > 0) return {place->buffers[--place->count], capacity};
    return allocate(capacity);
}

void give_back(buffer buffer) noexcept {
    auto& shelves = kept;
    shelf* const place = shelves.of(buffer.capacity);
    if (place == nullptr || place->count == most_kept || shelves.closed) return std::free(buffer.data);
    if (!std::exchange(shelves.will_be_swept, true)) (void)&at_the_end_of_the_thread;  // makes it
    place->buffers[place->count++] = buffer.data;
}

}  // namespace tlseam::seam::buffer_pool
