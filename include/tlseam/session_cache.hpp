// SPDX-License-Identifier: Apache-2.0
// Where clients keep their sessions.
#pragma once

#include <cstddef>
#include <memory>

#include <tlseam/error.hpp>
#include <tlseam/export.hpp>

namespace tlseam {
inline namespace v0 {

namespace detail {
class session_store;
}

/// Sessions in memory, at most four per server, and of all at most as many as the capacity: the one that was not used
/// for the longest time goes first. A handle: copies share the sessions. Thread safe.
///
/// Sessions are found by server_name, verified name, host and port (of stream::connect()), ALPN list, and the scope of
/// the context (session.hpp): contexts that share a cache use each other's sessions only when their scopes are equal.
class session_cache {
public:
    /// Errors: invalid_argument (a capacity of 0, or above 4096), out_of_memory.
    [[nodiscard]] TLSEAM_API static result<session_cache> create(std::size_t capacity = 256) noexcept;

    /// How many sessions it holds, those that have expired or were used up included.
    [[nodiscard]] TLSEAM_API std::size_t size() const noexcept;
    TLSEAM_API void clear() const noexcept;

    /// Used by tlseam itself.
    explicit session_cache(std::shared_ptr<detail::session_store> data) noexcept : data_(std::move(data)) {}
    [[nodiscard]] const std::shared_ptr<detail::session_store>& data() const noexcept { return data_; }

private:
    std::shared_ptr<detail::session_store> data_;
};

}  // namespace v0
}  // namespace tlseam
