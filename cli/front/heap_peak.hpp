// SPDX-License-Identifier: Apache-2.0
// How much of the heap another program uses at most.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/front/tcp.hpp"

namespace cli::front {

/// For one run of one program.
class heap_peak {
public:
    heap_peak();
    /// What the program needs in its environment; nothing where it cannot be measured.
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> environment() const;
    /// In bytes, after the program has ended by itself; nothing if it was not told.
    [[nodiscard]] std::optional<std::size_t> bytes() const;

private:
    std::string library_;  // empty: there is none
    owned_fd told_;
};

}  // namespace cli::front
