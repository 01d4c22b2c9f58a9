// SPDX-License-Identifier: Apache-2.0
// A thread for each client, and never more than so many.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace cli {

/// start() and wait_for_place() belong to one thread. The destructor waits for all clients.
class client_threads {
public:
    explicit client_threads(std::size_t most);

    /// Until one more client may start; false when stop was requested first.
    [[nodiscard]] bool wait_for_place(const std::stop_token& stop);

    /// Needs a place. client must not throw. Throws std::system_error when the system gives no thread; the client is
    /// gone then.
    void start(std::move_only_function<void() noexcept> client);

private:
    void give_back(std::size_t place);

    std::mutex mutex_;
    std::condition_variable_any freed_;
    std::vector<std::size_t> free_;
    std::vector<std::jthread> threads_;  // last: joined before the rest goes
};

}  // namespace cli
