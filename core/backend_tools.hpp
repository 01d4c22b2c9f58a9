// SPDX-License-Identifier: Apache-2.0
// What several backends write in the same way.
#pragma once

#include <algorithm>

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
