// SPDX-License-Identifier: Apache-2.0
// --psk-file: pre-shared keys, one a line.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <tlseam/psk.hpp>

#include "cli/options.hpp"

namespace cli {

/// A line is IDENTITY:KEY, the key in hexadecimal, and then may have :sha256, :sha384 (TLS 1.3 with this hash) or
/// :tls1.2 behind it; without, the key is for TLS 1.3 and SHA-256. Only the identity may have a colon in it. Empty
/// lines are skipped. Throws tlseam::exception, which names the file and the line, and never the key.
[[nodiscard]] std::vector<tlseam::external_psk> load_psks(const std::string& file);

/// The one that a client uses: the one with the identity in a version that tls has, or without an identity the only
/// one in the file. Nothing without a file. Throws as load_psks().
[[nodiscard]] std::optional<tlseam::external_psk> load_psk(const connect_command& command);

/// Where there is nothing but keys, only their versions are spoken.
void limit_versions(tls_options& tls, const std::vector<tlseam::external_psk>& keys);

}  // namespace cli
