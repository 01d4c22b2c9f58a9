// SPDX-License-Identifier: Apache-2.0
#include "cli/front/report/steps.hpp"

#include <utility>

namespace cli::front::report {

steps::steps(std::string title, std::size_t count)
    : progress_(std::move(title)), count_(count), since_(clock::now()), ticker_([this](const std::stop_token& stop) {
          std::unique_lock lock(mutex_);
          while (!stop.stop_requested()) {
              if (begun_ > 0) show();
              never_.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
          }
      }) {}

void steps::begin(std::string what) {
    const std::scoped_lock lock(mutex_);
    ++begun_;
    what_ = std::move(what);
    since_ = clock::now();
    show();
}

void steps::show() {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(clock::now() - since_).count();
    progress_.step(begun_ - 1, count_, what_ + (seconds > 0 ? ", " + std::to_string(seconds) + " s" : ""));
}

}  // namespace cli::front::report
