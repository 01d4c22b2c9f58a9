// SPDX-License-Identifier: Apache-2.0
// Settings that most tests start from.
#pragma once

#include <string_view>

#include <tlseam/tlseam.hpp>

#include "tests/support/pki.hpp"

namespace tlseam_test {

/// Both ends of a connection. The defaults succeed: a client that trusts the root, and the server "server" in whose
/// certificate "localhost" stands. Every handshake is a full one, for that is what most tests mean: see visits.hpp.
struct setup {
    tlseam::client_settings client = {.trust = pki::trust(), .resumption = false};
    tlseam::server_settings server = {.credentials = {pki::identity("server")}};
    tlseam::connect_options names = {.server_name = "localhost"};
};

/// The defaults, both ends limited to one version.
[[nodiscard]] setup only(tlseam::protocol_version version);
/// The same with another server.
[[nodiscard]] setup only(tlseam::protocol_version version, std::string_view server);

/// Settings, checked and compiled once, for tests with many connections.
struct contexts {
    /// Throws tlseam::exception.
    explicit contexts(const setup& from);
    contexts() : contexts(setup{}) {}

    tlseam::context client;
    tlseam::context server;
    tlseam::connect_options names;
};

}  // namespace tlseam_test
