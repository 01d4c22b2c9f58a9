// SPDX-License-Identifier: Apache-2.0
#include "tests/fault_injection/injector.hpp"

#include <execinfo.h>

#include <array>
#include <atomic>

#include "tests/interposed/heap.hpp"

namespace faults {
namespace {

struct state {
    unsigned spared = 0;
    // calls
    bool calls_armed = false;
    call_fault call = {};
    unsigned seen = 0;
    bool call_failed = false;
    const std::function<void()>* while_waiting = nullptr;
    // allocations
    bool allocations_armed = false;
    unsigned scarce = 0;
    allocation_fault allocation = {};
    std::size_t asked = 0;
    std::size_t failed = 0;
    std::array<void*, 32> frames = {};
    int frame_count = 0;
};
constinit thread_local state now;

constinit std::atomic<std::ptrdiff_t> bytes = 0, blocks = 0;

/// How long a wait lasts before the rest of the world is asked again.
constexpr std::size_t milliseconds_between = 5;

}  // namespace

spared::spared() noexcept { ++now.spared; }
spared::~spared() { --now.spared; }

failing_call::failing_call(const call_fault& fault) noexcept {
    now.call = fault;
    now.seen = 0;
    now.call_failed = false;
    now.calls_armed = true;
}
failing_call::~failing_call() { now.calls_armed = false; }
bool failing_call::happened() const noexcept { return now.call_failed; }

while_waiting::while_waiting(std::function<void()> then) : then_(std::move(then)) { now.while_waiting = &then_; }
while_waiting::~while_waiting() { now.while_waiting = nullptr; }

scarce::scarce() noexcept { ++now.scarce; }
scarce::~scarce() { --now.scarce; }

void arm(const allocation_fault& fault) noexcept {
    now.allocation = fault;
    now.asked = 0;
    now.failed = 0;
    now.allocations_armed = true;
}
void disarm() noexcept { now.allocations_armed = false; }
std::size_t allocations() noexcept { return now.asked; }
std::size_t failed_allocations() noexcept { return now.failed; }

std::span<void* const> where_it_failed() noexcept {
    return std::span(now.frames).first(static_cast<std::size_t>(now.frame_count));
}

heap_use in_use() noexcept { return {bytes, blocks}; }

}  // namespace faults

namespace interposed {

using faults::now;

verdict before(call what) noexcept {
    if (now.spared != 0) return {};
    verdict usual;
    if (what == call::poll && now.while_waiting != nullptr) {
        const faults::spared others;
        (*now.while_waiting)();
        usual.most = faults::milliseconds_between;
    }
    if (!now.calls_armed || what != now.call.which) return usual;
    ++now.seen;
    const bool meant = now.seen == now.call.nth || (now.call.and_all_later && now.seen > now.call.nth);
    if (!meant) return usual;
    now.call_failed = true;
    return now.call.verdict;
}

bool may_allocate(std::size_t size) noexcept {
    if (!now.allocations_armed || now.scarce == 0 || now.spared != 0) return true;
    if (now.allocation.size != 0 && size != now.allocation.size) return true;
    ++now.asked;
    const bool meant =
        now.asked == now.allocation.nth || (now.allocation.and_all_later && now.asked > now.allocation.nth);
    if (meant && now.failed++ == 0) {
        now.frame_count = ::backtrace(now.frames.data(), static_cast<int>(now.frames.size()));
    }
    return !meant;
}

void allocated(std::size_t size) noexcept {
    if (size == 0) return;
    faults::bytes += static_cast<std::ptrdiff_t>(size);
    ++faults::blocks;
}

void freed(std::size_t size) noexcept {
    if (size == 0) return;
    faults::bytes -= static_cast<std::ptrdiff_t>(size);
    --faults::blocks;
}

}  // namespace interposed
