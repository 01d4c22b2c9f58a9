// SPDX-License-Identifier: Apache-2.0
// libtlseam-heap-peak.so, loaded before a program (LD_PRELOAD): tells, when that ends, how much its heap held at most,
// all blocks together, as the allocator rounds them. It stands apart from tests/counts, which counts calls of the
// system too and is asked from within the program.
#include <malloc.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>

namespace {

constinit std::atomic<std::size_t> in_use = 0, peak = 0;

void* taken(void* block) noexcept {
    const std::size_t now = in_use += ::malloc_usable_size(block);
    std::size_t seen = peak;
    while (seen < now && !peak.compare_exchange_weak(seen, now)) {
    }
    return block;
}

void given_back(void* block) noexcept { in_use -= ::malloc_usable_size(block); }

/// The descriptor that TLSEAM_HEAP_PEAK_FD names gets the number.
[[gnu::destructor]] void tell() noexcept {
    const char* fd = std::getenv("TLSEAM_HEAP_PEAK_FD");
    if (fd == nullptr) return;
    char text[32];
    const int length = std::snprintf(text, sizeof text, "%zu\n", peak.load());
    (void)!::write(std::atoi(fd), text, static_cast<std::size_t>(length));
}

}  // namespace

// glibc's own names of these.
extern "C" {
void* __libc_malloc(std::size_t);                 // NOLINT(bugprone-reserved-identifier)
void* __libc_calloc(std::size_t, std::size_t);    // NOLINT(bugprone-reserved-identifier)
void* __libc_realloc(void*, std::size_t);         // NOLINT(bugprone-reserved-identifier)
void* __libc_memalign(std::size_t, std::size_t);  // NOLINT(bugprone-reserved-identifier)
void __libc_free(void*);                          // NOLINT(bugprone-reserved-identifier)

void* malloc(std::size_t size) { return taken(__libc_malloc(size)); }
void* calloc(std::size_t count, std::size_t size) { return taken(__libc_calloc(count, size)); }
void* realloc(void* old, std::size_t size) {
    const std::size_t before = ::malloc_usable_size(old);
    void* const block = __libc_realloc(old, size);
    if (block == nullptr && size != 0) return block;  // the old one is still there
    in_use -= before;
    return taken(block);
}
void* reallocarray(void* old, std::size_t count, std::size_t size) {
    std::size_t total = 0;
    if (!__builtin_mul_overflow(count, size, &total)) return realloc(old, total);
    errno = ENOMEM;
    return nullptr;
}
void* memalign(std::size_t alignment, std::size_t size) { return taken(__libc_memalign(alignment, size)); }
void* aligned_alloc(std::size_t alignment, std::size_t size) { return memalign(alignment, size); }
int posix_memalign(void** out, std::size_t alignment, std::size_t size) {
    void* const block = memalign(alignment, size);
    if (block == nullptr) return ENOMEM;
    *out = block;
    return 0;
}
void free(void* block) {
    given_back(block);
    __libc_free(block);
}
}
