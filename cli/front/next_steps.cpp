// SPDX-License-Identifier: Apache-2.0
#include "cli/front/next_steps.hpp"

#include <errno.h>  // program_invocation_name

#include <algorithm>
#include <string_view>

#include "cli/front/programs.hpp"

namespace cli::front {
namespace {

std::string command() {
    const auto programs = find_programs();
    const std::string backend = programs.empty() ? "NAME" : programs.front().backend;
    return shell_word(program_invocation_name) + " --backend " + backend;
}

/// The name to ask for: none where the address says it, something in the place of a wildcard's '*'.
std::string name_option(const std::vector<std::string>& names) {
    if (std::ranges::find(names, "localhost") != names.end()) return "";
    const std::string& first = names.front();
    return " --name " + shell_word(first.starts_with("*.") ? "any" + first.substr(1) : first);
}

}  // namespace

next_steps steps_with(const made_files& files) {
    next_steps out = {command() + " serve --cert " + shell_word(files.cert) + " --key " + shell_word(files.key),
                      command() + " connect localhost:4433 --ca " + shell_word(files.root) + name_option(files.names)};
    if (files.client_cert.empty()) return out;
    out.serve += " --client-ca " + shell_word(files.root);
    out.connect += " --cert " + shell_word(files.client_cert) + " --key " + shell_word(files.client_key);
    return out;
}

std::string shell_word(const std::string& text) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("@%+=:,./-_").find(c) != std::string_view::npos;
    };
    if (!text.empty() && std::ranges::all_of(text, plain)) return text;
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

}  // namespace cli::front
