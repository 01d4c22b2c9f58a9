// SPDX-License-Identifier: Apache-2.0
// What several backends write in the same way.
#pragma once

#include <algorithm>
#include <atomic>
#include <mutex>

#include "core/pre_shared_key.hpp"
#include "core/seam.hpp"

namespace tlseam::seam {

/// For std::unique_ptr to what a C library frees by a function of its own.
template <auto Free>
struct deleter {
    template <class T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};

/// What a process makes once, shares, and never frees. Tried again as long as it cannot be made: memory that was
/// missing at the first use is no reason to do without for good.
template <class T>
class made_once {
public:
    constexpr explicit made_once(T none) noexcept : none_(none), made_(none) {}
    /// make: gives none when it cannot.
    template <class Make>
    T get(Make&& make) noexcept {
        if (const T there = made_.load(std::memory_order_acquire); there != none_) return there;
        const std::scoped_lock lock(mutex_);
        if (const T there = made_.load(std::memory_order_relaxed); there != none_) return there;
        const T fresh = make();
        made_.store(fresh, std::memory_order_release);
        return fresh;
    }

private:
    const T none_;
    std::atomic<T> made_;
    std::mutex mutex_;
};

/// For features, of which programs hear no "perhaps": without memory to ask the library, no.
[[nodiscard]] inline bool has_for_sure(std::uint16_t group) noexcept {
    try {
        return backend_has_group(group);
    } catch (...) {
        return false;
    }
}

/// For callbacks of C libraries, which give room for a key and return its size. 0: it does not fit.
[[nodiscard]] inline unsigned copy_key(const pre_shared_key& psk, unsigned char* out, unsigned room) noexcept {
    const auto key = psk.key.bytes();
    if (key.size() > room) return 0;
    std::ranges::copy(key, reinterpret_cast<std::byte*>(out));
    return static_cast<unsigned>(key.size());
}

/// The same for the identity as text, with a zero byte behind it, which room may or may not count. False: it does not
/// fit.
[[nodiscard]] inline bool copy_identity(const pre_shared_key& psk, char* out, unsigned room) noexcept {
    if (psk.identity.size() >= room) return false;
    *std::ranges::copy(psk.identity, out).out = '\0';
    return true;
}

/// Ends create_engine(): what configure() refuses, or throws in the middle of, is destroyed again.
template <class Configure>
[[nodiscard]] bool configured_or_destroyed(native_engine& engine, Configure&& configure) {
    try {
        if (configure(engine)) return true;
    } catch (...) {
        destroy_engine(engine);
        throw;
    }
    destroy_engine(engine);
    return false;
}

}  // namespace tlseam::seam
