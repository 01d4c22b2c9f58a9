// SPDX-License-Identifier: Apache-2.0
// What a library has made of certificates that come back with every connection: anchors, intermediates, often the peer's
// own. With some libraries, parsing them takes longer than the signatures.
#pragma once

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "core/seam.hpp"

namespace tlseam::seam {

/// Value: a handle that is cheap to copy, on a certificate that many threads may look at. Found by all its bytes, so
/// that whoever sends one changes nothing for anybody else. Bounded: 32 certificates of at most 4 KiB; a new one takes
/// the place of the oldest. Thread safe.
template <class Value>
class certificate_cache {
public:
    /// What make() gave for these bytes, now or earlier. An exception of it is passed on. Throws std::bad_alloc.
    template <class Make>
    [[nodiscard]] Value get(der_bytes der, const Make& make) {
        if (auto known = find(der)) return std::move(*known);
        Value made = make();
        if (der.size() <= largest) keep({{der.begin(), der.end()}, made});
        return made;
    }

private:
    static constexpr std::size_t most = 32, largest = 4096;
    struct entry {
        std::vector<std::byte> der;
        std::optional<Value> value;
    };

    std::optional<Value> find(der_bytes der) {
        const std::scoped_lock lock(mutex_);
        const auto found = std::ranges::find_if(entries_, [&](const entry& e) { return std::ranges::equal(e.der, der); });
        return found == entries_.end() ? std::nullopt : found->value;
    }

    void keep(entry fresh) {
        const std::scoped_lock lock(mutex_);
        std::swap(entries_[oldest_], fresh);  // the old one is destroyed later, without the lock
        oldest_ = (oldest_ + 1) % most;
    }

    std::mutex mutex_;
    std::array<entry, most> entries_;
    std::size_t oldest_ = 0;
};

}  // namespace tlseam::seam
