// SPDX-License-Identifier: Apache-2.0
// A good connection beside one that fails: what the one meets must not be felt by the other.
#pragma once

#include <string_view>

#include <nlohmann/json.hpp>
#include <tlseam/engine.hpp>

#include "tests/pairs/settings.hpp"

namespace peer {

/// Two engines joined in memory, one of them of the context that the settings name. Errors: std::runtime_error.
class neighbour {
public:
    /// Completes their handshake.
    neighbour(library_settings& library, const nlohmann::json& settings, const nlohmann::json& names);

    /// Sends a message there and back.
    void exchange();

private:
    neighbour(const tlseam::context& tested, const tlseam::connect_options& tested_names, const tlseam::context& other,
              const tlseam::connect_options& other_names);
    void carry(tlseam::engine& from, tlseam::engine& to);
    void send(tlseam::engine& from, tlseam::engine& to, std::string_view text);

    tlseam::engine tested_, other_;
};

}  // namespace peer
