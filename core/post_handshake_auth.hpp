// SPDX-License-Identifier: Apache-2.0
// What settings may say of certificates after the handshake.
#pragma once

#include <tlseam/error.hpp>
#include <tlseam/settings.hpp>
#include <tlseam/types.hpp>

namespace tlseam::seam {

/// newest: the highest version that the context can speak. Errors: invalid_argument, unsupported.
[[nodiscard]] result<void> check_post_handshake_auth(const client_settings& settings, protocol_version newest);
[[nodiscard]] result<void> check_post_handshake_auth(const server_settings& settings, protocol_version newest);

}  // namespace tlseam::seam
