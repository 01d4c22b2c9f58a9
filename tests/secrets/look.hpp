// SPDX-License-Identifier: Apache-2.0
// A scenario, and then the question: is anything of its secrets left in the memory of this program, and whose is it?
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "tests/secrets/needles.hpp"

namespace secrets {

/// What was found, as sentences.
struct findings {
    std::vector<std::string> ours;         // tlseam gave back a block without wiping it: always a defect
    std::vector<std::string> unexplained;  // of the TLS library or of whoever, and not in its leftovers.txt
    std::vector<std::string> explained;    // what that has
};

/// Runs it in a thread on a stack of its own. It says itself what is to be looked for, before anybody else can see the
/// secret, and leaves nothing alive that has one.
[[nodiscard]] findings look_after(const std::function<void()>& scenario);
/// Fails the test unless there is nothing of ours, and nothing unexplained.
void expect_gone(const std::function<void()>& scenario);

/// backends/<name>/leftovers.txt: what the TLS library is known to leave behind. Throws std::runtime_error.
void read_leftovers(const std::filesystem::path& file);
/// Rows that no finding needed so far.
[[nodiscard]] std::vector<std::string> unused_leftovers();

}  // namespace secrets
