// SPDX-License-Identifier: Apache-2.0
// Settings of both ends for the targets that run whole engines; contexts are made once and kept.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <tlseam/tlseam.hpp>

#include "tests/fuzz/fuzz.hpp"

namespace tlseam_fuzz {

struct setup {
    std::string name;
    tlseam::context client;
    tlseam::context server;
    std::vector<std::byte> session = {};              ///< for clients that resume: as serialize() gave it
    std::optional<tlseam::session_cache> cache = {};  ///< the client's, emptied before each connection
    bool updates_keys = false;
    bool has_certificate = true;  ///< the server shows one
};

/// The same on every backend, in the same order.
[[nodiscard]] const std::vector<setup>& setups();
[[nodiscard]] const setup& setup_of(std::size_t number);

/// A connection of these; with the session, where there is one.
[[nodiscard]] tlseam::engine new_client(const setup& it);
[[nodiscard]] tlseam::engine new_server(const setup& it);

/// The error is one that a peer may cause by the contract of engine::handshake(): neither a mistake of the program nor
/// a defect of ours. Else: says what it is, and aborts.
void check_error(const tlseam::error& e);

}  // namespace tlseam_fuzz
