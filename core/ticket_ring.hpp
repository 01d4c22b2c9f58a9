// SPDX-License-Identifier: Apache-2.0
// What ticket_keys points to, and the keys that follow from it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include <tlseam/ticket_keys.hpp>

#include "core/seam.hpp"
#include "core/secret.hpp"

namespace tlseam::seam {
/// The current secret first. Never empty, never changed once made.
using secret_ring = std::vector<secret_bytes>;
}  // namespace tlseam::seam

namespace tlseam::inline v0::detail {

struct ticket_key_data {
    [[nodiscard]] std::shared_ptr<const seam::secret_ring> secrets() const {
        const std::scoped_lock lock(mutex);
        return ring;
    }
    void replace(std::shared_ptr<const seam::secret_ring> with) {
        const std::scoped_lock lock(mutex);
        ring.swap(with);  // what was there is dropped after the lock
    }

    /// Puts a random secret in the front when the current one is older than that. now: seconds, by whatever clock.
    /// Without random numbers or memory everything stays as it is.
    void renew_when_older(std::chrono::seconds age, std::int64_t now) noexcept;

    mutable std::mutex mutex;
    std::shared_ptr<const seam::secret_ring> ring;
    std::optional<std::int64_t> current_since;  // of those that are renewed; none: not asked yet
};

}  // namespace tlseam::inline v0::detail

namespace tlseam::seam {

/// The keys that a secret means to tickets that are bound to something. Throws std::bad_alloc.
[[nodiscard]] ticket_key derive_ticket_key(der_bytes secret, const digest& binding);

/// The key with that name, or the current one when name is empty; nothing: there is none. Throws std::bad_alloc.
[[nodiscard]] std::optional<ticket_key> select_ticket_key(const secret_ring& ring, const digest& binding,
                                                          std::span<const std::byte> name);

}  // namespace tlseam::seam
