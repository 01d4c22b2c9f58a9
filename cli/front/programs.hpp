// SPDX-License-Identifier: Apache-2.0
// The installed tlseam-<backend> programs.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace cli::front {

/// What the user can repair without a network: a sentence and exit code 2.
struct usage_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct backend_program {
    std::string backend;
    std::filesystem::path path;
};

/// Those beside this program; if there are none, those in $PATH. Sorted by name.
[[nodiscard]] std::vector<backend_program> find_programs();

/// The one of that backend. Throws usage_error, which names those that there are.
[[nodiscard]] backend_program find_program(const std::string& backend);

/// Those named, in that order; all that there are if none is. Throws usage_error for an unknown one, or if there are
/// none at all.
[[nodiscard]] std::vector<backend_program> choose_programs(const std::vector<std::string>& backends);

}  // namespace cli::front
