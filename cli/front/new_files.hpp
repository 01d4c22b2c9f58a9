// SPDX-License-Identifier: Apache-2.0
// Files that appear in a directory all together and whole, or not at all.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "cli/descriptors.hpp"

namespace cli::front {

/// Whatever goes wrong is a usage_error: a directory or disk that the user can see to.
class new_files {
public:
    /// The directory is made if there is none; the one above it must be there.
    explicit new_files(std::filesystem::path directory);
    ~new_files();  ///< takes everything back that was not finished, the directory too if it was made
    new_files(const new_files&) = delete;
    new_files& operator=(const new_files&) = delete;

    enum class existing { kept, replaced };

    /// Writes it under a temporary name. `private_` ones are for the user alone, whatever the umask.
    void add(const std::string& name, std::string_view contents, bool private_, existing what);

    /// Gives them their names. A file that is there already and may not be replaced is an error: then nothing changes.
    void finish();

private:
    struct file {
        std::string name, temporary;
        existing what;
        bool placed = false;
        bool exchanged = false;  ///< the old one has the temporary name now
    };
    void place(file& one);
    void take_back(const file& one) const noexcept;
    [[noreturn]] void fail(int code, const std::string& name) const;

    std::filesystem::path path_;
    bool made_;
    descriptor directory_;
    std::vector<file> files_;
    bool finished_ = false;
};

}  // namespace cli::front
