// SPDX-License-Identifier: Apache-2.0
// What a fuzz target is, and what targets share. Nothing here knows libFuzzer: libfuzzer_main.cpp feeds targets with
// what it invents, replay_main.cpp with their seeds and with what once broke them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tlseam_fuzz {

using bytes = std::span<const std::byte>;
using buffer = std::vector<std::byte>;

struct target {
    const char* name;
    /// Aborts when a promise is broken. Same input, same path: no clock, no state from one input to the next.
    void (*run)(bytes input);
    /// Inputs to start from, always the same.
    std::vector<buffer> (*seeds)();
    /// Optional: what is to be the same on every backend, in one line.
    std::string (*verdict)(bytes input) = nullptr;
};

/// Every target that is linked into this program; a target is there by a `const registration` in its file.
[[nodiscard]] const std::vector<target>& all_targets();
struct registration {
    explicit registration(const target& it);
};

/// Says what did not hold, and aborts.
[[noreturn]] void broken(const char* what, const char* file, int line);
#define FUZZ_CHECK(condition) ((condition) ? void() : tlseam_fuzz::broken(#condition, __FILE__, __LINE__))

/// Takes an input apart. At its end, numbers are 0 and pieces are empty.
class source {
public:
    explicit source(bytes input) noexcept : rest_(input) {}
    [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
    [[nodiscard]] bytes rest() const noexcept { return rest_; }
    std::size_t number(unsigned size = 1) noexcept;
    /// At most size bytes.
    bytes take(std::size_t size) noexcept;
    /// A length of one byte, then so many bytes.
    bytes piece() noexcept { return take(number()); }
    bool flag() noexcept { return number() % 2 != 0; }

private:
    bytes rest_;
};

/// The same small generator everywhere: what an input's byte stands for can be repeated.
class generator {
public:
    explicit generator(std::size_t seed) noexcept : state_(static_cast<std::uint32_t>(seed) * 2654435761U + 1) {}
    std::size_t below(std::size_t limit) noexcept;

private:
    std::uint32_t state_;
};

/// input, cut at places that seed stands for; 0: in one piece.
[[nodiscard]] std::vector<bytes> pieces(bytes input, std::size_t seed);

// ---- making and reading bytes ----

[[nodiscard]] std::string_view text(bytes b) noexcept;
[[nodiscard]] bytes as_bytes(std::string_view text) noexcept;
[[nodiscard]] buffer make(std::initializer_list<unsigned> values);
[[nodiscard]] buffer join(std::initializer_list<bytes> parts);
/// b lies in whole, or is empty.
[[nodiscard]] bool lies_in(bytes b, bytes whole) noexcept;

/// A file of certs/. Throws when it cannot be read.
[[nodiscard]] buffer cert_file(std::string_view name);
/// What was said in a real handshake: recorded/WHO-SETUP-LIBRARY.
struct recording {
    std::size_t setup;
    buffer said;
};
/// who: "client" or "server". Sorted by their names.
[[nodiscard]] std::vector<recording> recordings_of(std::string_view who);
/// Every file of a directory by name, or nothing where there is none.
[[nodiscard]] std::vector<buffer> files_in(const std::string& directory);
/// The names of the files of certs/DIRECTORY that end so, sorted.
[[nodiscard]] std::vector<std::string> cert_names(std::string_view directory, std::string_view end);

}  // namespace tlseam_fuzz
