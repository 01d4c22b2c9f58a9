// SPDX-License-Identifier: Apache-2.0
// Libraries have many names for what fails for lack of memory, and hide the reason in many places. But whoever asks the
// allocator in vain leaves ENOMEM in errno, and there it stays unless a call of the system fails later.
#pragma once

#include <cerrno>
#include <utility>

#include <tlseam/error.hpp>

namespace tlseam::seam {

/// From its construction on.
class memory_watch {
public:
    memory_watch() noexcept { errno = 0; }
    [[nodiscard]] bool was_missing() const noexcept { return errno == ENOMEM; }
};

/// Calls the library. A failure along which memory was missing is out_of_memory, whatever the library calls it.
template <class Call>
auto with_memory(Call&& call) -> decltype(call()) {
    const memory_watch memory;
    auto done = std::forward<Call>(call)();
    if (done || !memory.was_missing() || done.error() == errc::want_read) return done;
    return std::unexpected(error(errc::out_of_memory));
}

}  // namespace tlseam::seam
