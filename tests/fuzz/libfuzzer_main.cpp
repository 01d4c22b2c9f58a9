// SPDX-License-Identifier: Apache-2.0
// One target under libFuzzer, by its name. Beside libFuzzer's options: --seeds=DIRECTORY writes the target's seeds
// there, and ends.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "tests/fuzz/fuzz.hpp"

using namespace tlseam_fuzz;

namespace {

const target& the_target() {
    static const target& found = *std::ranges::find(all_targets(), std::string_view(TLSEAM_FUZZ_TARGET), &target::name);
    return found;
}

void write_seeds(const std::filesystem::path& directory) {
    std::filesystem::create_directories(directory);
    int number = 0;
    for (const buffer& seed : the_target().seeds()) {
        std::ofstream out(directory / ("seed-" + std::to_string(number++)), std::ios::binary);
        out << text(seed);
    }
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
    constexpr std::string_view seeds = "--seeds=";
    for (int i = 1; i < *count; ++i) {
        const std::string_view argument = (*arguments)[i];
        if (!argument.starts_with(seeds)) continue;
        write_seeds(argument.substr(seeds.size()));
        std::_Exit(0);
    }
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    the_target().run(std::as_bytes(std::span(data, size)));
    return 0;
}
