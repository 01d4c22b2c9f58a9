// SPDX-License-Identifier: Apache-2.0
// One end of a connection, after its handshake: does what the plan says, and looks at every byte and every error.
#pragma once

#include <cstdint>
#include <stdexcept>

#include <tlseam/tlseam.hpp>

#include "bench/soak/plan.hpp"

namespace soak {

/// Something that the plan does not have: the end of the soak.
struct surprise : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct tally {
    std::uint64_t sent = 0, received = 0;
    std::uint64_t cut = 0;  // connections that were, by either end
};

/// Throws surprise. The stream is closed when it returns.
void converse(tlseam::stream stream, tlseam::role role, std::uint64_t seed, tally& counts);

/// What a connection that the peer cut may end with. Never the peer's close_notify.
[[nodiscard]] bool is_cut(const tlseam::error& e) noexcept;

/// The limit of every call; reached only when something is broken.
[[nodiscard]] tlseam::wait_options soon() noexcept;

}  // namespace soak
