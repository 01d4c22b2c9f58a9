// SPDX-License-Identifier: Apache-2.0
#include "tests/secrets/frees.hpp"

#include <execinfo.h>
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <bitset>
#include <cstring>
#include <new>

// glibc's own names of these.
extern "C" {
void* __libc_malloc(std::size_t);  // NOLINT(bugprone-reserved-identifier)
void __libc_free(void*);           // NOLINT(bugprone-reserved-identifier)
}

namespace secrets {
namespace {

constinit std::atomic<bool> watching = false;
constinit std::array<freed, 512> records = {};
constinit std::atomic<std::size_t> count = 0;
constinit thread_local bool looking = false;

void look_into(void* block, bool by_delete) noexcept {
    looking = true;
    const std::span memory(static_cast<std::byte*>(block), ::malloc_usable_size(block));
    std::bitset<kinds> seen;
    search(
        memory,
        [](void* to, kind which, const std::byte*) {
            static_cast<std::bitset<kinds>*>(to)->set(static_cast<std::size_t>(which));
        },
        &seen);
    for (std::size_t i = 0; i < kinds && seen.any(); ++i) {
        if (!seen.test(i)) continue;
        const std::size_t place = count++;
        if (place >= records.size()) break;
        freed& one = records[place];
        one.which = static_cast<kind>(i);
        one.by_delete = by_delete;
        const int depth = ::backtrace(one.callers.data(), static_cast<int>(one.callers.size()));
        one.depth = static_cast<std::size_t>(std::max(depth, 0));
    }
    if (seen.any()) std::memset(block, 0, memory.size());
    // The compiler may not know that somebody looks at freed memory.
    asm volatile("" : : "r"(block) : "memory");
    looking = false;
}

}  // namespace

watch_frees::watch_frees() noexcept {
    void* warm_up[2];
    (void)::backtrace(warm_up, 2);  // it loads a library the first time
    count = 0;
    watching = true;
}

watch_frees::~watch_frees() { watching = false; }

std::span<const freed> watch_frees::found() noexcept {
    return std::span(records).first(std::min(count.load(), records.size()));
}

}  // namespace secrets

namespace {
void give_back(void* block, bool by_delete) noexcept {
    if (block != nullptr && secrets::watching && !secrets::looking) secrets::look_into(block, by_delete);
    __libc_free(block);
}
}  // namespace

void operator delete(void* block) noexcept { give_back(block, true); }
void operator delete[](void* block) noexcept { give_back(block, true); }
void operator delete(void* block, std::size_t) noexcept { give_back(block, true); }
void operator delete[](void* block, std::size_t) noexcept { give_back(block, true); }
void operator delete(void* block, std::align_val_t) noexcept { give_back(block, true); }
void operator delete[](void* block, std::align_val_t) noexcept { give_back(block, true); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { give_back(block, true); }
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept { give_back(block, true); }

extern "C" {
void free(void* block) { give_back(block, false); }

/// Moves always: what is left behind goes through free().
void* realloc(void* old, std::size_t size) {
    if (old == nullptr) return __libc_malloc(size);
    if (size == 0) {
        free(old);
        return nullptr;
    }
    void* const block = __libc_malloc(size);
    if (block == nullptr) return nullptr;
    std::memcpy(block, old, std::min(size, ::malloc_usable_size(old)));
    free(old);
    return block;
}
}
