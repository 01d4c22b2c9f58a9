// SPDX-License-Identifier: Apache-2.0
// Files with secrets whose mode lets others than their owner at them: a warning, and no more, as the program that put
// them there may have had its reasons.
#pragma once

#include <string>
#include <vector>

#include "cli/options.hpp"

namespace cli {

struct exposed_file {
    const char* what;  ///< "private key file" or the like
    std::string file;
    unsigned mode = 0;  ///< the permission bits
};

/// Those of a command that its group or others may read, write or execute. A file that cannot be looked at, and what is
/// no regular file (a pipe, /dev/fd/N), is not among them. Chain files count where the key is in them.
[[nodiscard]] std::vector<exposed_file> find_exposed_files(const serve_command& command);
[[nodiscard]] std::vector<exposed_file> find_exposed_files(const connect_command& command);

}  // namespace cli
