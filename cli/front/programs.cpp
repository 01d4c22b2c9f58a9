// SPDX-License-Identifier: Apache-2.0
#include "cli/front/programs.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

namespace cli::front {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = "tlseam-";

bool is_word(std::string_view text) {
    return !text.empty() &&
           std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

std::vector<backend_program> programs_in(const fs::path& directory) {
    std::vector<backend_program> out;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(directory, ignored)) {
        const std::string file = entry.path().filename();
        if (!file.starts_with(prefix)) continue;
        const std::string backend = file.substr(prefix.size());
        const bool runs = entry.is_regular_file(ignored) && access(entry.path().c_str(), X_OK) == 0;
        if (is_word(backend) && runs) out.push_back({backend, entry.path()});
    }
    std::ranges::sort(out, {}, &backend_program::backend);
    return out;
}

fs::path own_directory() {
    std::error_code ignored;
    return fs::read_symlink("/proc/self/exe", ignored).parent_path();
}

/// The first of each name, as a shell would take it.
std::vector<backend_program> programs_in_path() {
    const char* path = std::getenv("PATH");
    std::vector<backend_program> out;
    std::istringstream rest(path != nullptr ? path : "");
    for (std::string directory; std::getline(rest, directory, ':');) {
        if (!fs::path(directory).is_absolute()) continue;  // never what happens to lie where somebody stands
        for (auto& found : programs_in(directory)) {
            if (std::ranges::find(out, found.backend, &backend_program::backend) == out.end()) {
                out.push_back(std::move(found));
            }
        }
    }
    std::ranges::sort(out, {}, &backend_program::backend);
    return out;
}

std::string names_of(const std::vector<backend_program>& programs) {
    std::string out;
    for (const auto& each : programs) out += (out.empty() ? "" : ", ") + each.backend;
    return out;
}

backend_program pick(const std::vector<backend_program>& programs, const std::string& backend) {
    const auto found = std::ranges::find(programs, backend, &backend_program::backend);
    if (found != programs.end()) return *found;
    if (programs.empty()) {
        throw usage_error("there is no tlseam-<backend> program beside this one, nor in $PATH");
    }
    throw usage_error("no backend '" + backend + "' is installed; there are: " + names_of(programs));
}

}  // namespace

std::vector<backend_program> find_programs() {
    auto beside = programs_in(own_directory());
    return beside.empty() ? programs_in_path() : beside;
}

backend_program find_program(const std::string& backend) { return pick(find_programs(), backend); }

std::vector<backend_program> choose_programs(const std::vector<std::string>& backends) {
    const auto programs = find_programs();
    if (backends.empty() && programs.empty()) return {pick(programs, {})};  // which throws
    if (backends.empty()) return programs;
    std::vector<backend_program> out;
    for (const auto& each : backends) {
        if (std::ranges::find(out, each, &backend_program::backend) == out.end()) out.push_back(pick(programs, each));
    }
    return out;
}

}  // namespace cli::front
