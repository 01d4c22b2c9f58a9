// SPDX-License-Identifier: Apache-2.0
// tlseam-<backend>: serve, connect, info.
#include <csignal>
#include <cstdio>
#include <exception>
#include <stop_token>
#include <thread>

#include <pthread.h>

#include "cli/commands.hpp"

namespace cli {
namespace {

/// SIGINT and SIGTERM become a stop request: they are taken in a thread, where everything is allowed.
class signals {
public:
    signals() {
        sigemptyset(&taken_);
        for (const int signal : {SIGINT, SIGTERM, SIGUSR2}) sigaddset(&taken_, signal);
        pthread_sigmask(SIG_BLOCK, &taken_, nullptr);
        std::signal(SIGPIPE, SIG_IGN);  // a reader of our output that goes away is a write error, not our end
        thread_ = std::thread([this] {
            int signal = 0;
            sigwait(&taken_, &signal);
            source_.request_stop();
        });
    }
    ~signals() {
        pthread_kill(thread_.native_handle(), SIGUSR2);
        thread_.join();
    }
    signals(const signals&) = delete;
    signals& operator=(const signals&) = delete;
    [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

private:
    sigset_t taken_;
    std::stop_source source_;
    std::thread thread_;
};

int run(int argc, char** argv) {
    const parsed command_line = parse(argc, argv);
    if (!command_line.options) return command_line.exit_code;
    const options& o = *command_line.options;
    if (o.command == command::info) return info(o);
    const signals signals;
    return o.command == command::serve ? serve(o, signals.token()) : connect(o, signals.token());
}

}  // namespace

int exit_code_for(const tlseam::error& e) noexcept {
    using enum tlseam::errc;
    switch (e.code()) {
        case file_not_found:
        case file_unreadable:
        case no_certificate:
        case malformed_certificate:
        case no_private_key:
        case malformed_key:
        case unsupported_key:
        case weak_key:
        case key_mismatch:
        case passphrase_required:
        case wrong_passphrase:
        case invalid_argument:
        case unsupported: return usage;
        default: return failed;
    }
}

}  // namespace cli

int main(int argc, char** argv) {
    try {
        return cli::run(argc, argv);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "%s\n", e.what());
        return cli::failed;
    }
}
