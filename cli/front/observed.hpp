// SPDX-License-Identifier: Apache-2.0
// What the bytes that passed a relay say of a handshake.
#pragma once

#include <chrono>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/front/relay.hpp"

namespace cli::front {

/// The first ClientHello, by names (cli/README.md, "compare"); null when none came, with "malformed" alone when it is
/// none.
[[nodiscard]] nlohmann::ordered_json offered_in(const recording& seen);

/// The part of a connection that is its handshake; all of it, when that failed.
struct handshake_extent {
    std::size_t client_bytes = 0, server_bytes = 0;  ///< with the headers of records
    bool retried = false;                            ///< the server asked for another hello (RFC 8446 4.1.4)
    std::optional<std::chrono::duration<double, std::milli>> first_answer, whole;  ///< since the client's first byte
};

[[nodiscard]] handshake_extent extent_of(const recording& seen, bool complete, bool tls1_3);

}  // namespace cli::front
