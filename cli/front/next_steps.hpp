// SPDX-License-Identifier: Apache-2.0
// What to type next with certificates that were just made.
#pragma once

#include <string>
#include <vector>

namespace cli::front {

struct made_files {
    std::string root, cert, key;
    std::string client_cert, client_key;  ///< empty if there is none
    std::vector<std::string> names;       ///< of the server
};

/// `tlseam serve` and `tlseam connect`, ready for a shell: with the first backend that is here.
struct next_steps {
    std::string serve, connect;
};
[[nodiscard]] next_steps steps_with(const made_files& files);

/// As one word of a POSIX shell.
[[nodiscard]] std::string shell_word(const std::string& text);

}  // namespace cli::front
