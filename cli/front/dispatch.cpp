// SPDX-License-Identifier: Apache-2.0
#include "cli/front/dispatch.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "cli/front/programs.hpp"

namespace cli::front {
namespace {

constexpr std::string_view option = "--backend";
constexpr std::array<std::string_view, 5> commands_of_backends = {"serve", "connect", "info", "verify", "stack"};

/// Takes --backend off the front.
std::optional<std::string> take_backend(std::span<char* const>& arguments) {
    const std::string_view first = arguments.front();
    if (first.starts_with(option) && first.size() > option.size() && first[option.size()] == '=') {
        arguments = arguments.subspan(1);
        return std::string(first.substr(option.size() + 1));
    }
    if (first != option) return std::nullopt;
    if (arguments.size() < 2) throw usage_error("--backend needs a name; `tlseam backends` lists them");
    const std::string name = arguments[1];
    arguments = arguments.subspan(2);
    return name;
}

backend_program only_one(const std::string& command) {
    const auto programs = choose_programs({});
    if (programs.size() == 1) return programs.front();
    std::string names;
    for (const auto& each : programs) names += (names.empty() ? "" : ", ") + each.backend;
    throw usage_error("`" + command + "` needs a library: tlseam --backend NAME " + command +
                      " ...; there are: " + names);
}

}  // namespace

bool is_for_backend(std::span<char* const> arguments) noexcept {
    if (arguments.empty()) return false;
    const std::string_view first = arguments.front();
    if (first == option || first.starts_with("--backend=")) return true;
    return std::ranges::find(commands_of_backends, first) != commands_of_backends.end();
}

void become_backend(std::span<char* const> arguments) {
    const auto backend = take_backend(arguments);
    const auto program = backend ? find_program(*backend) : only_one(arguments.front());
    std::string path = program.path;
    std::vector<char*> words = {path.data()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    words.push_back(nullptr);
    execv(path.c_str(), words.data());
    throw std::system_error(errno, std::generic_category(), "cannot run " + path);
}

}  // namespace cli::front
