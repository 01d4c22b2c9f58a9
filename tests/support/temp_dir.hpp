// SPDX-License-Identifier: Apache-2.0
// Files and environment variables that are gone when the test is over.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace tlseam_test {

/// A new empty directory, removed with everything in it.
class temp_dir {
public:
    temp_dir();
    ~temp_dir();
    temp_dir(const temp_dir&) = delete;
    temp_dir& operator=(const temp_dir&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    /// Makes a file and returns its path. Throws when that fails.
    std::filesystem::path write(std::string_view name, std::string_view content) const;

private:
    std::filesystem::path path_;
};

/// Sets an environment variable and puts the old value back. Not for tests that have threads running.
class scoped_environment {
public:
    scoped_environment(std::string name, const std::string& value);
    ~scoped_environment();
    scoped_environment(const scoped_environment&) = delete;
    scoped_environment& operator=(const scoped_environment&) = delete;

private:
    std::string name_;
    std::optional<std::string> old_;
};

}  // namespace tlseam_test
