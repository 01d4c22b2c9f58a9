// SPDX-License-Identifier: Apache-2.0
// The targets of a program without a fuzzer: their seeds, what once broke them (found/TARGET/), and a few fixed
// mutations of each. As TAP, a case per target. By hand:
//   fuzz-replay TARGET FILE...              those files only; directories are all the files in them
//   fuzz-replay --verdicts TARGET FILE...   a line per input, for differential.py: its number and the verdict
//   --mutants=N                             so many mutations of each input
//   --keep=FILE                             writes each input there first: after a crash, the one that did it
//   --only=N                                nothing but the input of this number
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>

#include "tests/fuzz/fuzz.hpp"
#include "tests/places.hpp"

using namespace tlseam_fuzz;

namespace {

struct options {
    bool verdicts = false;
    std::size_t mutants = 8;
    std::string keep;
    std::optional<std::size_t> only;
    std::string target;
    std::vector<std::string> files;
};

options parse(int count, char** arguments) {
    constexpr std::string_view mutants = "--mutants=", keep = "--keep=", only = "--only=";
    options out;
    for (int i = 1; i < count; ++i) {
        const std::string argument = arguments[i];
        if (argument == "--verdicts") {
            out.verdicts = true;
        } else if (argument.starts_with(mutants)) {
            out.mutants = std::stoul(argument.substr(mutants.size()));
        } else if (argument.starts_with(only)) {
            out.only = std::stoul(argument.substr(only.size()));
        } else if (argument.starts_with(keep)) {
            out.keep = argument.substr(keep.size());
        } else if (out.target.empty()) {
            out.target = argument;
        } else {
            out.files.push_back(argument);
        }
    }
    return out;
}

/// The number-th mutation of an input: the same in every program.
buffer mutate(buffer input, std::size_t number) {
    if (number == 0) return input;
    generator random(number * 7919 + input.size());
    for (std::size_t changes = 1 + random.below(4); changes > 0 && !input.empty(); --changes) {
        const auto at = static_cast<std::ptrdiff_t>(random.below(input.size()));
        const auto value = static_cast<std::byte>(random.below(256));
        switch (random.below(4)) {
            case 0: input.insert(input.begin() + at, value); break;
            case 1: input.erase(input.begin() + at); break;
            case 2: input[static_cast<std::size_t>(at)] ^= std::byte{1} << static_cast<int>(random.below(8)); break;
            default: input[static_cast<std::size_t>(at)] = value; break;
        }
    }
    return input;
}

std::vector<buffer> inputs_of(const target& it, const options& given) {
    std::vector<buffer> out;
    if (given.files.empty()) {
        out = it.seeds();
        std::ranges::move(files_in(std::string(places::tree) + "/tests/fuzz/found/" + it.name), std::back_inserter(out));
        return out;
    }
    for (const std::string& path : given.files) {
        if (std::filesystem::is_directory(path)) {
            std::ranges::move(files_in(path), std::back_inserter(out));
            continue;
        }
        std::ifstream in(path, std::ios::binary);
        if (!in) throw std::runtime_error("cannot read " + path);
        const std::string all(std::istreambuf_iterator<char>(in), {});
        out.emplace_back(as_bytes(all).begin(), as_bytes(all).end());
    }
    return out;
}

std::size_t replay(const target& it, const options& given) {
    std::size_t count = 0;
    for (const buffer& input : inputs_of(it, given)) {
        for (std::size_t number = 0; number <= given.mutants; ++number, ++count) {
            if (given.only && *given.only != count) continue;
            // A copy of exactly its size, so that a sanitizer sees a read behind its end.
            const buffer mutant = mutate(input, number);
            const buffer exact(mutant.begin(), mutant.end());
            if (!given.keep.empty()) std::ofstream(given.keep, std::ios::binary) << text(exact);
            if (given.verdicts) {
                std::printf("%zu %s\n", count, it.verdict(exact).c_str());
            } else {
                it.run(exact);
            }
        }
    }
    return count;
}

}  // namespace

int main(int count, char** arguments) {
    const options given = parse(count, arguments);
    std::vector<target> chosen = all_targets();
    std::erase_if(chosen, [&](const target& it) { return !given.target.empty() && given.target != it.name; });
    std::ranges::sort(chosen, {}, [](const target& it) { return std::string_view(it.name); });
    if (chosen.empty() || (given.verdicts && (chosen.size() != 1 || chosen.front().verdict == nullptr))) {
        std::fprintf(stderr, "no such target, or none with verdicts\n");
        return 2;
    }
    if (!given.verdicts) std::printf("1..%zu\n", chosen.size());
    std::size_t number = 0;
    for (const target& it : chosen) {
        const std::size_t inputs = replay(it, given);
        if (!given.verdicts)
            std::printf("%s %zu - %s: %zu inputs\n", inputs == 0 ? "not ok" : "ok", ++number, it.name, inputs);
        std::fflush(stdout);
    }
    return 0;
}
