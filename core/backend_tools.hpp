// SPDX-License-Identifier: Apache-2.0
// What several backends write in the same way.
#pragma once

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
