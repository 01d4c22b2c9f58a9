// SPDX-License-Identifier: Apache-2.0
// The line to the runner: one request in, with the connection's socket beside it; one answer out.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tests/pairs/descriptor.hpp"

namespace peer {

struct request {
    std::string line;
    descriptor connection;
};

/// A Unix stream socket on which one request is under way at a time.
class control {
public:
    explicit control(int socket) noexcept : socket_(socket) {}
    /// Waits for the next line; nothing when the runner is gone. Throws std::system_error.
    [[nodiscard]] std::optional<request> receive() const;
    void send(std::string_view line) const;

private:
    int socket_;
};

}  // namespace peer
