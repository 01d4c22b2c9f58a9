// SPDX-License-Identifier: Apache-2.0
#include "tests/counts/counted.hpp"

#include <atomic>
#include <utility>

#include "tests/interposed/heap.hpp"
#include "tests/interposed/system_calls.hpp"

namespace {
constinit thread_local counts::counted now;
constinit counts::counted everywhere;
constinit std::atomic<std::size_t> in_use = 0;

void bump(std::size_t counts::counted::*what) noexcept {
    ++(now.*what);
    ++std::atomic_ref(everywhere.*what);
}

}  // namespace

namespace counts {
counted take() noexcept { return std::exchange(now, {}); }
counted take_everywhere() noexcept { return std::exchange(everywhere, {}); }
std::size_t heap_in_use() noexcept { return in_use; }
}  // namespace counts

namespace interposed {

bool may_allocate(std::size_t) noexcept { return true; }

void allocated(std::size_t size) noexcept {
    bump(&counts::counted::mallocs);
    in_use += size;
}

void freed(std::size_t size) noexcept {
    bump(&counts::counted::frees);
    in_use -= size;
}

verdict before(call what) noexcept {
    switch (what) {
        case call::send:
        case call::write: bump(&counts::counted::sends); break;
        case call::receive:
        case call::read: bump(&counts::counted::receives); break;
        case call::poll: bump(&counts::counted::waits); break;
        default: break;
    }
    return {};
}

}  // namespace interposed
