// SPDX-License-Identifier: Apache-2.0
#include "cli/signals.hpp"

#include <pthread.h>
#include <signal.h>

namespace cli {
namespace {

sigset_t awaited() noexcept {
    sigset_t out;
    sigemptyset(&out);
    sigaddset(&out, SIGINT);
    sigaddset(&out, SIGTERM);
    return out;
}

}  // namespace

stop_on_signal::stop_on_signal() {
    const sigset_t blocked = awaited();
    pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
    waiter_ = std::thread([stop = stop_] {
        const sigset_t signals = awaited();
        int received = 0;
        sigwait(&signals, &received);
        std::stop_source(stop).request_stop();
    });
}

stop_on_signal::~stop_on_signal() {
    // Blocked everywhere: at most it stays pending in a thread that is about to end.
    pthread_kill(waiter_.native_handle(), SIGTERM);
    waiter_.join();
}

}  // namespace cli
