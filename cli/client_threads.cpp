// SPDX-License-Identifier: Apache-2.0
#include "cli/client_threads.hpp"

#include <utility>

namespace cli {

client_threads::client_threads(std::size_t most) : threads_(most) {
    for (std::size_t place = most; place > 0; --place) free_.push_back(place - 1);
}

bool client_threads::wait_for_place(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    return freed_.wait(lock, stop, [this] { return !free_.empty(); });
}

void client_threads::start(std::move_only_function<void() noexcept> client) {
    std::size_t place = 0;
    {
        const std::scoped_lock lock(mutex_);
        place = free_.back();
        free_.pop_back();
    }
    try {
        // Assigning joins the thread that had this place; it has nothing left to do.
        threads_[place] = std::jthread([this, place, client = std::move(client)]() mutable {
            std::exchange(client, nullptr)();  // with everything it owns, before the place is free
            give_back(place);
        });
    } catch (...) {
        give_back(place);
        throw;
    }
}

void client_threads::give_back(std::size_t place) {
    const std::scoped_lock lock(mutex_);
    free_.push_back(place);
    freed_.notify_one();
}

}  // namespace cli
