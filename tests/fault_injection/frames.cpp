// SPDX-License-Identifier: Apache-2.0
#include "tests/fault_injection/frames.hpp"

#include <array>
#include <cstdio>
#include <map>

namespace faults {
namespace {

/// "LIBRARY(FUNCTION+0x12) [0x34]" or "LIBRARY(+0x12) [0x34]".
struct frame {
    std::string library, function, offset;
};

frame parse(const std::string& line) {
    const std::size_t open = line.find('('), plus = line.find('+', open), close = line.find(')', open);
    if (open == line.npos || plus == line.npos || close == line.npos) return {line, "", ""};
    return {line.substr(0, open), line.substr(open + 1, plus - open - 1), line.substr(plus + 1, close - plus - 1)};
}

bool is_ours_or_the_systems(const std::string& library) {
    for (const char* part : {"/fault-injection-", "/libstdc++", "/libc.so", "/libgcc_s", "/libgtest"}) {
        if (library.find(part) != library.npos) return true;
    }
    return false;
}

std::string first_line_of(const std::string& command) {
    std::array<char, 512> text = {};
    std::FILE* const out = ::popen(command.c_str(), "r");
    if (out == nullptr) return {};
    const bool got = std::fgets(text.data(), text.size(), out) != nullptr;
    ::pclose(out);
    std::string line = got ? text.data() : "";
    if (line.ends_with('\n')) line.pop_back();
    return line;
}

/// Each is asked for once.
const std::string& name_of(const frame& of) {
    static std::map<std::string, std::string>& known = *new std::map<std::string, std::string>;
    std::string& name = known[of.library + "(" + of.function + "+" + of.offset];
    if (name.empty()) {
        name = of.function.empty() ? first_line_of("addr2line -C -f -e '" + of.library + "' " + of.offset)
                                   : first_line_of("c++filt '" + of.function + "'");
        if (name.empty() || name == "??") name = "?";
    }
    return name;
}

}  // namespace

std::vector<std::string> functions_of(const finding& of) {
    std::vector<std::string> out;
    for (const std::string& line : of.frames) {
        const frame parsed = parse(line);
        if (!is_ours_or_the_systems(parsed.library)) out.push_back(name_of(parsed));
    }
    return out;
}

}  // namespace faults
