// SPDX-License-Identifier: Apache-2.0
// What an external_psk points to. Backends get it with a connection.
#pragma once

#include <string>

#include <tlseam/psk.hpp>

#include "core/secret.hpp"

namespace tlseam::inline v0::detail {

struct psk_data {
    std::string identity;  // without zero bytes
    seam::secret_bytes key;
    psk_hash hash = psk_hash::sha256;  // of TLS 1.3
    protocol_version version = protocol_version::tls1_3;
};

}  // namespace tlseam::inline v0::detail

namespace tlseam::seam {

using pre_shared_key = detail::psk_data;

}  // namespace tlseam::seam
