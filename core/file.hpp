// SPDX-License-Identifier: Apache-2.0
// Files, read whole, with errors that name them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <tlseam/error.hpp>

namespace tlseam::seam {

/// The file's name for a sentence, quoted, without control characters: 'server.crt'.
[[nodiscard]] std::string quoted(const std::filesystem::path& path);

/// errno of a call that opens or reads a file as an errc.
[[nodiscard]] errc errc_for_file(int system_code) noexcept;

/// At most 16 MiB. The bytes are not copied on the way: whoever reads a key wipes one string.
/// Regular files only, but for descriptors by name: /dev/stdin, /dev/fd/N and /proc/self/fd/N are read to their end.
/// Errors: file_not_found, file_unreadable, invalid_argument (an embedded NUL), too_large.
[[nodiscard]] result<std::string> read_file(const std::filesystem::path& path);

/// The regular files directly in a directory that look like certificates by their name, sorted.
/// Errors: file_not_found, file_unreadable, invalid_argument.
[[nodiscard]] result<std::vector<std::filesystem::path>> certificate_files(const std::filesystem::path& directory);

}  // namespace tlseam::seam
