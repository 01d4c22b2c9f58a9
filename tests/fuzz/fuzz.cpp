// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <stdexcept>

#include "tests/places.hpp"

namespace tlseam_fuzz {
namespace {

std::vector<target>& targets() {
    static std::vector<target> all;
    return all;
}

buffer read(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + path.string());
    const std::string all(std::istreambuf_iterator<char>(in), {});
    const bytes b = as_bytes(all);
    return {b.begin(), b.end()};
}

std::vector<std::filesystem::path> paths_in(const std::filesystem::path& directory) {
    std::vector<std::filesystem::path> out;
    std::error_code missing;
    for (const auto& entry : std::filesystem::directory_iterator(directory, missing)) {
        if (entry.is_regular_file()) out.push_back(entry.path());
    }
    std::ranges::sort(out);
    return out;
}

}  // namespace

const std::vector<target>& all_targets() { return targets(); }

registration::registration(const target& it) { targets().push_back(it); }

void broken(const char* what, const char* file, int line) {
    std::fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
    std::abort();
}

std::size_t source::number(unsigned size) noexcept {
    std::size_t value = 0;
    for (const std::byte b : take(size)) value = value << 8 | std::to_integer<std::size_t>(b);
    return value;
}

bytes source::take(std::size_t size) noexcept {
    const bytes out = rest_.first(std::min(size, rest_.size()));
    rest_ = rest_.subspan(out.size());
    return out;
}

std::size_t generator::below(std::size_t limit) noexcept {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return state_ % limit;
}

std::vector<bytes> pieces(bytes input, std::size_t seed) {
    if (seed == 0) return {input};
    std::vector<bytes> out;
    generator random(seed);
    const std::size_t longest = std::size_t{1} << seed % 12;
    while (!input.empty()) {
        const std::size_t size = std::min(input.size(), 1 + random.below(longest));
        out.push_back(input.first(size));
        input = input.subspan(size);
    }
    return out;
}

std::string_view text(bytes b) noexcept { return {reinterpret_cast<const char*>(b.data()), b.size()}; }

bytes as_bytes(std::string_view text) noexcept { return std::as_bytes(std::span(text.data(), text.size())); }

buffer make(std::initializer_list<unsigned> values) {
    buffer out;
    for (const unsigned value : values) out.push_back(static_cast<std::byte>(value));
    return out;
}

buffer join(std::initializer_list<bytes> parts) {
    buffer out;
    for (const bytes part : parts) out.insert(out.end(), part.begin(), part.end());
    return out;
}

bool lies_in(bytes b, bytes whole) noexcept {
    if (b.empty()) return true;
    const auto before = std::less<const std::byte*>();  // defined for pointers into different objects too
    return !before(b.data(), whole.data()) && !before(whole.data() + whole.size(), b.data() + b.size());
}

buffer cert_file(std::string_view name) { return read(std::filesystem::path(places::tree) / "certs" / name); }

std::vector<recording> recordings_of(std::string_view who) {
    std::vector<recording> out;
    for (const auto& path : paths_in(std::filesystem::path(places::tree) / "tests/fuzz/recorded")) {
        const std::string name = path.filename().string();
        if (name.starts_with(std::string(who) + "-"))
            out.push_back({std::stoul(name.substr(who.size() + 1)), read(path)});
    }
    return out;
}

std::vector<buffer> files_in(const std::string& directory) {
    std::vector<buffer> out;
    for (const auto& path : paths_in(directory)) out.push_back(read(path));
    return out;
}

std::vector<std::string> cert_names(std::string_view directory, std::string_view end) {
    std::vector<std::string> out;
    for (const auto& path : paths_in(std::filesystem::path(places::tree) / "certs" / directory)) {
        const std::string name = path.filename().string();
        if (name.ends_with(end)) out.push_back((std::filesystem::path(directory) / name).string());
    }
    return out;
}

}  // namespace tlseam_fuzz
