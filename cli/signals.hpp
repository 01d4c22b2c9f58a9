// SPDX-License-Identifier: Apache-2.0
// SIGINT and SIGTERM as a stop request.
#pragma once

#include <stop_token>
#include <thread>

namespace cli {

/// Must be made before any other thread, which then never gets these signals. While it lives, they end nothing but the
/// waits that were given its token.
class stop_on_signal {
public:
    stop_on_signal();
    ~stop_on_signal();
    stop_on_signal(const stop_on_signal&) = delete;
    stop_on_signal& operator=(const stop_on_signal&) = delete;
    [[nodiscard]] std::stop_token token() const noexcept { return stop_.get_token(); }

private:
    std::stop_source stop_;
    std::thread waiter_;
};

}  // namespace cli
