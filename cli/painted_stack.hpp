// SPDX-License-Identifier: Apache-2.0
// How much stack something takes.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace cli {

/// A thread whose stack was filled with a pattern before it began: what no longer holds it was used.
class painted_thread {
public:
    /// Begins at once. Throws std::system_error. What runs must not throw.
    explicit painted_thread(std::function<void()> run);
    ~painted_thread();
    painted_thread(const painted_thread&) = delete;
    painted_thread& operator=(const painted_thread&) = delete;

    /// Waits for the end. Bytes at the deepest point, with what the system puts there for every thread.
    [[nodiscard]] std::size_t join();

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace cli
