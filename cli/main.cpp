// SPDX-License-Identifier: Apache-2.0
// tlseam-<backend>: parses the command line and runs one command.
#include <csignal>
#include <cstdio>
#include <exception>
#include <variant>

#include "cli/commands.hpp"
#include "cli/descriptors.hpp"

namespace {

using cli::reporter;

/// What keeps a command from starting: its files, its settings, the port.
template <class Run>
int reported(reporter& report, Run&& run) {
    try {
        return run();
    } catch (const tlseam::exception& problem) {
        report.failed({}, problem.error());
        return cli::exit_code_for(problem.error());
    }
}

int run(const cli::serve_command& command) {
    reporter report(command.json, stdout);
    return reported(report, [&] { return cli::serve(command, report); });
}

int run(const cli::connect_command& command) {
    reporter report(command.json, stderr);  // standard output carries the peer's data
    return reported(report, [&] { return cli::connect(command, report); });
}

int run(const cli::info_command& command) {
    reporter report(command.json, stdout);
    return cli::info(command, report);
}

int run(const cli::verify_command& command) {
    reporter report(command.json, stdout);
    return cli::verify(command, report);
}

int run(const cli::stack_command& command) {
    reporter report(command.json, stdout);
    return reported(report, [&] { return cli::stack(command, report); });
}

}  // namespace

int main(int argc, char** argv) {
    cli::open_standard_descriptors();
    std::signal(SIGPIPE, SIG_IGN);  // a reader of ours that leaves is a failed write, not the end
    try {
        const auto command = cli::parse_command_line(argc, argv);
        if (!command) return command.error();
        return std::visit([](const auto& chosen) { return run(chosen); }, *command);
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "error: %s\n", problem.what());
        return cli::exit_failed;
    }
}
