// SPDX-License-Identifier: Apache-2.0
#include <tlseam/session_cache.hpp>

#include <algorithm>

#include "core/fail.hpp"
#include "core/session_data.hpp"

namespace tlseam::inline v0 {

namespace detail {

void session_store::put(const seam::digest& key, const session& of) {
    std::list<entry> fresh;
    fresh.push_back({key, of});
    const std::scoped_lock lock(mutex_);
    entries_.splice(entries_.begin(), fresh);
    drop_oldest(key);
    if (entries_.size() > capacity_) entries_.pop_back();
}

/// Of one key's, when there are too many.
void session_store::drop_oldest(const seam::digest& key) {
    std::size_t count = 0;
    for (auto at = entries_.begin(); at != entries_.end();) {
        const bool extra = at->key == key && ++count > most_per_key;
        at = extra ? entries_.erase(at) : std::next(at);
    }
}

std::optional<session> session_store::take(const seam::digest& key) {
    const std::scoped_lock lock(mutex_);
    entries_.remove_if([&](const entry& each) { return each.key == key && each.of.data()->is_dead(); });
    const auto found = std::ranges::find(entries_, key, &entry::key);
    if (found == entries_.end()) return std::nullopt;
    session out = found->of;
    if (out.version() == protocol_version::tls1_3) {
        entries_.erase(found);
    } else {
        entries_.splice(entries_.begin(), entries_, found);
    }
    return out;
}

void session_store::remove(const session& which) noexcept {
    const std::scoped_lock lock(mutex_);
    entries_.remove_if([&](const entry& each) { return each.of.data() == which.data(); });
}

std::size_t session_store::size() const noexcept {
    const std::scoped_lock lock(mutex_);
    return entries_.size();
}

void session_store::clear() noexcept {
    std::list<entry> dropped;
    const std::scoped_lock lock(mutex_);
    entries_.swap(dropped);
}

}  // namespace detail

result<session_cache> session_cache::create(std::size_t capacity) noexcept {
    constexpr std::size_t most = 4096;
    return seam::guarded([&]() -> result<session_cache> {
        if (capacity == 0 || capacity > most) {
            return seam::fail(errc::invalid_argument,
                              "session_cache: a capacity of " + std::to_string(capacity) + " is not 1 to 4096");
        }
        return session_cache(std::make_shared<detail::session_store>(capacity));
    });
}

std::size_t session_cache::size() const noexcept { return data_->size(); }

void session_cache::clear() const noexcept { data_->clear(); }

}  // namespace tlseam::inline v0
