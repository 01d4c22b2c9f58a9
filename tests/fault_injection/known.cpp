// SPDX-License-Identifier: Apache-2.0
#include "tests/fault_injection/known.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <tlseam/tlseam.hpp>

#include "tests/places.hpp"

namespace faults {
namespace {

struct line {
    std::string text;
    std::string kind, function, words;
    bool needed = false;
};

std::string trimmed(std::string_view part) {
    const std::size_t first = part.find_first_not_of(' '), last = part.find_last_not_of(' ');
    return first == part.npos ? std::string() : std::string(part.substr(first, last - first + 1));
}

line parse(const std::string& text) {
    std::array<std::string, 4> parts;
    std::string_view rest = text;
    for (std::string& part : parts) {
        const std::size_t bar = rest.find('|');
        part = trimmed(rest.substr(0, bar));
        if (part.empty()) throw std::runtime_error("out_of_memory.txt: four parts are needed: " + text);
        rest = bar == rest.npos ? "" : rest.substr(bar + 1);
    }
    return {text, parts[0], parts[1], parts[2]};
}

std::vector<line>& lines() {
    static std::vector<line>& all = *new std::vector<line>([] {
        std::vector<line> read;
        const auto backends = std::filesystem::path(places::tree) / "backends";
        std::ifstream in(backends / tlseam::backend().name / "out_of_memory.txt");
        for (std::string text; std::getline(in, text);) {
            if (!text.empty() && text.front() != '#') read.push_back(parse(text));
        }
        return read;
    }());
    return all;
}

}  // namespace

bool is_known(const std::string& kind, const std::string& words, const std::vector<std::string>& functions) {
    bool known = false;
    for (line& each : lines()) {
        const bool fits = each.kind == kind && (each.words == "*" || words.find(each.words) != words.npos) &&
                          (each.function == "*" || std::ranges::find(functions, each.function) != functions.end());
        each.needed = each.needed || fits;
        known = known || fits;
    }
    return known;
}

std::vector<std::string> unneeded() {
    std::vector<std::string> out;
    for (const line& each : lines()) {
        if (!each.needed) out.push_back(each.text);
    }
    return out;
}

}  // namespace faults
