// SPDX-License-Identifier: Apache-2.0
// tlseam: hands commands for one library to its tlseam-<backend>, and has those that compare them.
#include <csignal>
#include <cstdio>
#include <exception>
#include <span>
#include <string>

#include "cli/describe.hpp"
#include "cli/descriptors.hpp"
#include "cli/exit_codes.hpp"
#include "cli/front/commands.hpp"
#include "cli/front/dispatch.hpp"
#include "cli/front/programs.hpp"

namespace {

using namespace cli::front;

constexpr const char* footer =
    "\nFor one library (`tlseam --backend NAME serve --help` and so on):\n"
    "  serve, connect, verify, info\n"
    "\nExit codes: 0 done; 1 TLS or network failure; 2 bad options, files, settings or addresses.\n"
    "\nExamples:\n"
    "  tlseam backends\n"
    "  tlseam --backend NAME connect example.com:443\n";

void check_command(const CLI::App& app, std::span<char* const> arguments) {
    if (arguments.empty() || *arguments.front() == '-') return;
    const std::string word = arguments.front();
    const auto has_name = [&](const CLI::App* command) { return command->get_name() == word; };
    if (app.get_subcommands(has_name).empty()) {
        throw usage_error("there is no command '" + word + "'; `tlseam --help` lists them");
    }
}

/// Prints help or a sentence where there is nothing left to do.
int run(int argc, char** argv) {
    const std::span arguments(argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0));
    if (is_for_backend(arguments)) become_backend(arguments);

    CLI::App app("TLS on the command line, with any library that tlseam was built for", "tlseam");
    app.set_version_flag("--version", "tlseam " TLSEAM_VERSION);
    app.add_option("--backend", "the library, before a command that is for one")->type_name("NAME");
    app.require_subcommand(1);
    cli::add_description(app);
    app.footer(footer);
    action chosen;
    add_backends(app, chosen);
    add_bench(app, chosen);
    add_cert(app, chosen);
    check_command(app, arguments);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& problem) {
        return app.exit(problem) == 0 ? cli::exit_done : cli::exit_usage;
    }
    return chosen();
}

}  // namespace

int main(int argc, char** argv) {
    cli::open_standard_descriptors();
    std::signal(SIGPIPE, SIG_IGN);
    try {
        return run(argc, argv);
    } catch (const usage_error& problem) {
        std::fprintf(stderr, "error: %s\n", problem.what());
        return cli::exit_usage;
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "error: %s\n", problem.what());
        return cli::exit_failed;
    }
}
