// SPDX-License-Identifier: Apache-2.0
// What session and session_cache point to.
#pragma once

#include <atomic>
#include <list>
#include <memory>
#include <mutex>
#include <optional>

#include <tlseam/session.hpp>
#include <tlseam/session_cache.hpp>

#include "core/secret.hpp"
#include "core/session_blob.hpp"

namespace tlseam::inline v0::detail {

struct session_data {
    using flag = std::shared_ptr<const std::atomic<bool>>;
    /// failed: of the connection that it comes from; null: of none that is known here.
    session_data(seam::session_blob from, flag failed) : blob(std::move(from)), connection_failed(std::move(failed)) {}
    session_data(const session_data&) = delete;
    session_data& operator=(const session_data&) = delete;

    /// It must not be offered any more.
    [[nodiscard]] bool is_dead() const noexcept { return spent || (connection_failed && *connection_failed); }

    seam::session_blob blob;
    flag connection_failed;
    /// TLS 1.3: it was offered. TLS 1.2: a connection that offered it failed.
    mutable std::atomic<bool> spent = false;
};

/// The most recently used first. Keys are digests, so that it does not matter how long what they stand for is.
class session_store {
public:
    static constexpr std::size_t most_per_key = 4;

    explicit session_store(std::size_t capacity) noexcept : capacity_(capacity) {}

    /// Throws std::bad_alloc.
    void put(const seam::digest& key, const session& of);
    /// The newest that may still be offered; taken out when it is of TLS 1.3.
    [[nodiscard]] std::optional<session> take(const seam::digest& key);
    void remove(const session& which) noexcept;

    [[nodiscard]] std::size_t size() const noexcept;
    void clear() noexcept;

private:
    struct entry {
        seam::digest key;
        session of;
    };
    void drop_oldest(const seam::digest& key);

    mutable std::mutex mutex_;
    std::list<entry> entries_;
    std::size_t capacity_;
};

}  // namespace tlseam::inline v0::detail
