// SPDX-License-Identifier: Apache-2.0
// How far a command is, for somebody who waits at a terminal.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace cli::front {

/// One line of standard error that is written over, and taken away at the end. Nothing is printed unless that is a
/// terminal and two seconds have passed. Where signals are to end the command, make its stop_on_signal first. Thread
/// safe, but for the end.
class progress {
public:
    explicit progress(std::string title);
    ~progress();
    progress(const progress&) = delete;
    progress& operator=(const progress&) = delete;

    /// done of so many steps are behind us, and what is begun. What is not printable ASCII in it is shown as '?'.
    void step(std::size_t done, std::size_t of, std::string_view what);

private:
    void draw() const;

    const std::string title_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::string line_;
    bool shown_ = false;
    std::jthread starter_;  // shows the line when it is time, though no step ends then. The last: it uses the others
};

}  // namespace cli::front
