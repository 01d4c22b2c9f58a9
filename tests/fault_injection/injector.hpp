// SPDX-License-Identifier: Apache-2.0
// Which call of the system or of the allocator fails: the n-th of this thread since it was armed. What the test itself
// does in between, its peers included, is not meant, and runs as `spared`.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "tests/interposed/system_calls.hpp"

namespace faults {

/// Nothing fails, and nothing counts, as long as one of these lives.
class spared {
public:
    spared() noexcept;
    ~spared();
    spared(const spared&) = delete;
    spared& operator=(const spared&) = delete;
};

struct call_fault {
    interposed::call which = {};
    unsigned nth = 1;
    interposed::verdict verdict = {};
    bool and_all_later = false;
};

/// As long as it lives, on this thread.
class failing_call {
public:
    explicit failing_call(const call_fault& fault) noexcept;
    ~failing_call();
    failing_call(const failing_call&) = delete;
    failing_call& operator=(const failing_call&) = delete;
    [[nodiscard]] bool happened() const noexcept;
};

/// Called, spared, each time this thread is about to wait: the rest of the world does something, and the wait ends. For
/// as long as it lives.
class while_waiting {
public:
    explicit while_waiting(std::function<void()> then);
    ~while_waiting();
    while_waiting(const while_waiting&) = delete;
    while_waiting& operator=(const while_waiting&) = delete;

private:
    std::function<void()> then_;
};

struct allocation_fault {
    std::size_t nth = 1;
    bool and_all_later = false;
    std::size_t size = 0;  // not 0: of those of this size
};

/// Allocations count, and fail, only while one of these lives. The count goes on from one to the next.
class scarce {
public:
    scarce() noexcept;
    ~scarce();
    scarce(const scarce&) = delete;
    scarce& operator=(const scarce&) = delete;
};

/// From now on; counts from 1.
void arm(const allocation_fault& fault) noexcept;
void disarm() noexcept;
/// So many were asked for since arm().
[[nodiscard]] std::size_t allocations() noexcept;
/// So many of them failed.
[[nodiscard]] std::size_t failed_allocations() noexcept;

/// Where the first of them was asked for, innermost first, as execinfo.h has it.
[[nodiscard]] std::span<void* const> where_it_failed() noexcept;

/// Bytes and blocks of the heap that are in use, by all threads.
struct heap_use {
    std::ptrdiff_t bytes, blocks;
    friend bool operator==(const heap_use&, const heap_use&) = default;
};
[[nodiscard]] heap_use in_use() noexcept;

}  // namespace faults
