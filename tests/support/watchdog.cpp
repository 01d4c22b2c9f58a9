// SPDX-License-Identifier: Apache-2.0
// Ends the program when one test takes far too long: a call that ignores its deadline must not hang the suite.
#include <unistd.h>

#include <csignal>

#include <gtest/gtest.h>

namespace {

/// Many times what the slowest test takes, also under a sanitizer.
constexpr unsigned longest_test_in_seconds = 180;

extern "C" void give_up(int) {
    // Only what a signal handler may do. The line above this one in the log names the test.
    constexpr char text[] = "\nthe test above has not ended for three minutes: giving up\n";
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text, sizeof text - 1);
    ::_exit(1);
}

class watchdog : public testing::EmptyTestEventListener {
    void OnTestStart(const testing::TestInfo&) override {
        std::signal(SIGALRM, give_up);
        ::alarm(longest_test_in_seconds);
    }
    void OnTestEnd(const testing::TestInfo&) override { ::alarm(0); }
};

// GoogleTest owns its listeners. Registered before main(), which is GoogleTest's own.
[[maybe_unused]] const bool registered = [] {
    testing::UnitTest::GetInstance()->listeners().Append(new watchdog);
    return true;
}();

}  // namespace
