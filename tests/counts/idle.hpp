// SPDX-License-Identifier: Apache-2.0
// Many connections that have exchanged data and wait.
#pragma once

#include <cstddef>
#include <optional>

#include "tests/counts/counted.hpp"
#include "tests/support/stream_pair.hpp"

namespace counts {

struct ends {
    std::optional<tlseam::stream> client, server;
};
/// A pair after its handshake, all of it on this thread: what another one leaves behind is not the connection's.
[[nodiscard]] ends connected(const tlseam_test::contexts& made);

/// Bytes of the heap for each connection: what 16 KiB each way add to what it was after the handshake, and each end
/// then; and what is left of all of them when they are gone.
struct idle_heap {
    std::ptrdiff_t growth, client, server, left;
};
[[nodiscard]] idle_heap measure_idle(const tlseam_test::setup& from);

}  // namespace counts
