// SPDX-License-Identifier: Apache-2.0
// One allocation per connection: the owner and, behind it, the memory of the native engine.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <utility>

#include "core/seam.hpp"

namespace tlseam::seam {

/// CRTP base of what owns a connection. make() gives the constructor a pointer to engine_footprint() bytes.
template <class Owner>
class placed {
public:
    /// Throws what the constructor throws and std::bad_alloc.
    template <class... Args>
    static std::unique_ptr<Owner> make(Args&&... args) {
        const footprint native = engine_footprint();
        const std::size_t offset = (sizeof(Owner) + native.alignment - 1) / native.alignment * native.alignment;
        void* memory = ::operator new(offset + native.size);
        try {
            return std::unique_ptr<Owner>(
                new (memory) Owner(static_cast<std::byte*>(memory) + offset, std::forward<Args>(args)...));
        } catch (...) {
            ::operator delete(memory);
            throw;
        }
    }
    // The object is smaller than what was allocated for it: the unsized form must be used.
    static void operator delete(void* memory) noexcept { ::operator delete(memory); }
    static void* operator new(std::size_t, void* memory) noexcept { return memory; }
    static void operator delete(void*, void*) noexcept {}
};

}  // namespace tlseam::seam
