// SPDX-License-Identifier: Apache-2.0
// What the public handles (credentials, trust_store, context) point to.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <tlseam/certificate.hpp>
#include <tlseam/settings.hpp>

#include "core/seam.hpp"

namespace tlseam::inline v0::detail {

struct credentials_data {
    std::vector<certificate> chain;
    std::shared_ptr<const seam::native_credentials> native;
};

struct trust_data {
    std::shared_ptr<const seam::native_trust> native;
    std::size_t size = 0;
};

struct context_data {
    tlseam::role role = tlseam::role::client;
    std::shared_ptr<const seam::native_context> native;
    protocol_version min_version = protocol_version::tls1_2;
    protocol_version max_version = protocol_version::tls1_3;
    std::vector<std::string> alpn;
    std::vector<std::uint16_t> groups;
    tlseam::client_auth client_auth = tlseam::client_auth::none;
    bool verify_peer = false;  // whoever shows a certificate is checked; a server must show one
    wall_clock clock;
};

}  // namespace tlseam::inline v0::detail
