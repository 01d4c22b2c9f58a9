// SPDX-License-Identifier: Apache-2.0
// Progress through steps that take long themselves: the seconds go on meanwhile.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "cli/front/progress.hpp"

namespace cli::front::report {

/// Where signals are to end the command, make its stop_on_signal first.
class steps {
public:
    steps(std::string title, std::size_t count);
    void begin(std::string what);

private:
    using clock = std::chrono::steady_clock;
    void show();

    std::mutex mutex_;
    std::condition_variable_any never_;
    progress progress_;
    const std::size_t count_;
    std::size_t begun_ = 0;
    std::string what_;
    clock::time_point since_;
    std::jthread ticker_;  // the last: it uses the others
};

}  // namespace cli::front::report
