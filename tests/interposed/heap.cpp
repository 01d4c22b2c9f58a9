// SPDX-License-Identifier: Apache-2.0
#include "tests/interposed/heap.hpp"

#include <malloc.h>

#include <cerrno>
#include <new>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TLSEAM_TEST_ASAN
#endif
#endif

// What the allocator calls its functions: glibc's own names, or those of the address sanitizer, which leaves the usual
// ones to whoever wants them.
#ifdef TLSEAM_TEST_ASAN
#define REAL(name) ___interceptor_##name
#else
#define REAL(name) __libc_##name
#endif

extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier)
void* REAL(malloc)(std::size_t);
void* REAL(calloc)(std::size_t, std::size_t);
void* REAL(realloc)(void*, std::size_t);
void* REAL(memalign)(std::size_t, std::size_t);
void REAL(free)(void*);
// NOLINTEND(bugprone-reserved-identifier)
}

namespace {

void* none() noexcept {
    errno = ENOMEM;
    return nullptr;
}

void* noted(void* block) noexcept {
    interposed::allocated(::malloc_usable_size(block));
    return block;
}

}  // namespace

extern "C" {
void* malloc(std::size_t size) { return interposed::may_allocate(size) ? noted(REAL(malloc)(size)) : none(); }
void* calloc(std::size_t count, std::size_t size) {
    return interposed::may_allocate(count * size) ? noted(REAL(calloc)(count, size)) : none();
}
void* realloc(void* old, std::size_t size) {
    if (!interposed::may_allocate(size)) return none();
    const std::size_t before = old == nullptr ? 0 : ::malloc_usable_size(old);
    void* const block = REAL(realloc)(old, size);
    if (block == nullptr && size != 0) return block;  // the old one is still there
    if (old != nullptr) interposed::freed(before);
    return noted(block);
}
void* memalign(std::size_t alignment, std::size_t size) {
    return interposed::may_allocate(size) ? noted(REAL(memalign)(alignment, size)) : none();
}
void* aligned_alloc(std::size_t alignment, std::size_t size) { return memalign(alignment, size); }
int posix_memalign(void** out, std::size_t alignment, std::size_t size) {
    *out = memalign(alignment, size);
    return *out == nullptr ? ENOMEM : 0;
}
void free(void* block) {
    if (block != nullptr) interposed::freed(::malloc_usable_size(block));
    REAL(free)(block);
}
}

#ifdef TLSEAM_TEST_ASAN
// The sanitizer's own operators do not go by malloc(); the C++ library's do.
namespace {
void* new_block(std::size_t size) {
    void* const block = malloc(size);
    if (block == nullptr) throw std::bad_alloc();
    return block;
}
void* new_aligned(std::size_t size, std::align_val_t alignment) {
    void* const block = memalign(static_cast<std::size_t>(alignment), size);
    if (block == nullptr) throw std::bad_alloc();
    return block;
}
}  // namespace
void* operator new(std::size_t size) { return new_block(size); }
void* operator new[](std::size_t size) { return new_block(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return malloc(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return malloc(size); }
void* operator new(std::size_t size, std::align_val_t alignment) { return new_aligned(size, alignment); }
void* operator new[](std::size_t size, std::align_val_t alignment) { return new_aligned(size, alignment); }
void operator delete(void* block) noexcept { free(block); }
void operator delete[](void* block) noexcept { free(block); }
void operator delete(void* block, std::size_t) noexcept { free(block); }
void operator delete[](void* block, std::size_t) noexcept { free(block); }
void operator delete(void* block, std::align_val_t) noexcept { free(block); }
void operator delete[](void* block, std::align_val_t) noexcept { free(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { free(block); }
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept { free(block); }
void operator delete(void* block, const std::nothrow_t&) noexcept { free(block); }
void operator delete[](void* block, const std::nothrow_t&) noexcept { free(block); }
#endif
