// SPDX-License-Identifier: Apache-2.0
// `tlseam --backend NAME COMMAND ...`: becomes tlseam-NAME.
#pragma once

#include <span>

namespace cli::front {

/// Whether the command line is one for a backend's program: it starts with --backend, or its first word is a command
/// that only those have.
[[nodiscard]] bool is_for_backend(std::span<char* const> arguments) noexcept;

/// Does not return, unless that program cannot be run. Without --backend it is the only one that there is. Throws
/// usage_error or std::system_error.
void become_backend(std::span<char* const> arguments);

}  // namespace cli::front
