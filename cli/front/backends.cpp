// SPDX-License-Identifier: Apache-2.0
// `tlseam backends`: which libraries are here.
#include <cstdio>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>

#include "cli/exit_codes.hpp"
#include "cli/front/child.hpp"
#include "cli/front/commands.hpp"
#include "cli/front/programs.hpp"

namespace cli::front {
namespace {

using json = nlohmann::ordered_json;

/// The first line it wrote, or how it ended.
std::string reason(const child_result& told) {
    if (told.timed_out) return "it does not answer";
    if (!told.errors.empty()) return told.errors.substr(0, told.errors.find('\n'));
    if (told.exit_code == 0) return "what it says is no answer to `info --json`";
    return "it ended with exit code " + std::to_string(told.exit_code);
}

/// What the program says of itself; with "error" when it cannot be run.
json describe(const backend_program& program) {
    json out = {
        {"backend", program.backend}, {"program", program.path.string()}, {"version", nullptr}, {"error", nullptr}};
    child_result told;
    try {
        told = run_child(program.path, {"info", "--json"});
    } catch (const std::system_error& problem) {
        told.errors = problem.what();
    }
    const json info = json::parse(told.output, nullptr, false);
    if (told.exit_code == 0 && info.is_object() && info.contains("backend_version")) {
        out["version"] = info["backend_version"];
        out["tlseam_version"] = info["tlseam_version"];
    } else {
        out["error"] = reason(told);
    }
    return out;
}

int backends(bool as_json) {
    bool all_run = true;
    for (const auto& program : choose_programs({})) {
        const json about = describe(program);
        all_run = all_run && about["error"].is_null();
        if (as_json) {
            std::cout << about.dump(-1, ' ', false, json::error_handler_t::replace) << "\n";
        } else if (about["error"].is_null()) {
            std::cout << program.backend << " " << about["version"].get<std::string>() << "  " << program.path.string()
                      << "\n";
        } else {
            std::cout << program.backend << " does not run: " << about["error"].get<std::string>() << "  "
                      << program.path.string() << "\n";
        }
    }
    return all_run ? exit_done : exit_failed;
}

}  // namespace

void add_backends(CLI::App& app, action& chosen) {
    auto& command = *app.add_subcommand("backends", "the TLS libraries that are here, and their programs");
    auto as_json = std::make_shared<bool>(false);
    command.add_flag("--json", *as_json, "one JSON object a line");
    command.footer("\nExamples:\n  tlseam backends\n  tlseam --backend NAME info\n");
    command.callback([as_json, &chosen] { chosen = [as_json] { return backends(*as_json); }; });
}

}  // namespace cli::front
