// SPDX-License-Identifier: Apache-2.0
// One connection with one library: what its program said and what the relay saw, as one JSON object.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "cli/front/child.hpp"
#include "cli/front/programs.hpp"
#include "cli/front/relay.hpp"

namespace cli::front {

/// The first event of that name in lines of JSON; null when there is none yet.
[[nodiscard]] nlohmann::ordered_json find_event(std::string_view lines, std::string_view name);

/// By us, or by a signal of the terminal, which the program may hear before we do: then all is to end.
[[nodiscard]] bool was_stopped(const child_result& told) noexcept;

/// Of the library, as its program tells; null when it does not.
[[nodiscard]] nlohmann::ordered_json version_of(const backend_program& program);

struct attempt {
    const backend_program* program;
    sender side;         ///< which one the library was
    child_result told;   ///< with its events
    std::string events;  ///< those lines
    recording seen;
    std::string relay_address, peer;  ///< what its program takes for the peer, and who it is
    std::optional<std::chrono::duration<double, std::milli>> tcp_connect;
    std::optional<std::size_t> heap_peak;
};

/// As cli/README.md says ("compare"). Throws usage_error when the program refuses options or files.
[[nodiscard]] nlohmann::ordered_json describe(const attempt& made);

/// One that never came to a connection.
[[nodiscard]] nlohmann::ordered_json describe_failure(const backend_program& program, const std::string& code,
                                                      const std::string& detail);

}  // namespace cli::front
