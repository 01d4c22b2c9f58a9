// SPDX-License-Identifier: Apache-2.0
// What a side saw, as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <tlseam/connection_info.hpp>
#include <tlseam/error.hpp>

#include "tests/pairs/bytes.hpp"

namespace peer {

[[nodiscard]] nlohmann::json describe(const tlseam::error& e);
[[nodiscard]] nlohmann::json describe(const tlseam::connection_info& info);
[[nodiscard]] nlohmann::json describe(const tally& data);
/// The first line of a peer: its library and what that can do.
[[nodiscard]] nlohmann::json describe_backend();

}  // namespace peer
