// SPDX-License-Identifier: Apache-2.0
// A file that is there whole or not at all.
#pragma once

#include <filesystem>
#include <string_view>

namespace cli::front::report {

/// Before the work begins: throws usage_error, whose sentence names the file, when it cannot be written.
void check_writable(const std::filesystem::path& file);

/// Beside it under another name, then renamed. Throws usage_error; then the old file, if there was one, is as it was.
void write_whole(const std::filesystem::path& file, std::string_view content);

}  // namespace cli::front::report
