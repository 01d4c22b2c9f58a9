// SPDX-License-Identifier: Apache-2.0
// Options that name files, turned into what a context is made from. Throws tlseam::exception, whose sentence names the
// file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <tlseam/credentials.hpp>
#include <tlseam/crl_store.hpp>
#include <tlseam/key_log.hpp>
#include <tlseam/ticket_keys.hpp>
#include <tlseam/trust_store.hpp>

#include "cli/options.hpp"

namespace cli {

/// Why a file cannot be read: problem is an errno, what is "passphrase file" or the like.
[[noreturn]] void throw_unreadable(const char* what, const std::string& file, int problem);

/// As many as there are files: chains first.
[[nodiscard]] std::vector<tlseam::credentials> load_identity(const identity_files& files);

/// Nothing for an empty name.
[[nodiscard]] std::optional<tlseam::trust_store> load_trust(const std::string& file);

/// 32 bytes each, the current secret first. Nothing when no file is named.
[[nodiscard]] std::optional<tlseam::ticket_keys> load_ticket_keys(const std::vector<std::string>& files);

/// Nothing when no file is named.
[[nodiscard]] std::optional<tlseam::crl_store> load_crls(const std::vector<std::string>& files);

/// An empty one for an empty name.
[[nodiscard]] tlseam::key_log_callback open_key_log(const std::string& file);

}  // namespace cli
