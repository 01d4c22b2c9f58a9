// SPDX-License-Identifier: Apache-2.0
// A directory for what only we and our children are to read.
#pragma once

#include <filesystem>
#include <string_view>

namespace cli::front {

/// Made with mode 0700 in $TMPDIR or /tmp, and removed with everything in it at the end. Where signals are to end the
/// command, they must unwind it (cli/signals.hpp). Throws usage_error.
class private_directory {
public:
    private_directory();
    ~private_directory();
    private_directory(const private_directory&) = delete;
    private_directory& operator=(const private_directory&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    /// A new file with mode 0600; directories of its name, which is relative, are made.
    void write(const std::filesystem::path& name, std::string_view content) const;

private:
    std::filesystem::path path_;
};

}  // namespace cli::front
