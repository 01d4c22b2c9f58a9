// SPDX-License-Identifier: Apache-2.0
// Bytes for parser tests: written as hexadecimal, read from certs/, and spoiled in every way that is cheap to try.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tlseam_test {

using byte_vector = std::vector<std::byte>;

/// "30 03 02 01 2a", blanks as you like.
inline byte_vector hex(std::string_view text) {
    byte_vector out;
    std::string digits;
    for (const char c : text) {
        if (c == ' ' || c == '\n') continue;
        digits += c;
        if (digits.size() < 2) continue;
        out.push_back(static_cast<std::byte>(std::stoul(digits, nullptr, 16)));
        digits.clear();
    }
    if (!digits.empty()) throw std::invalid_argument("half a byte");
    return out;
}

inline byte_vector to_byte_vector(std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

inline std::string_view to_view(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The bytes of certs/NAME. Throws when it cannot be read.
[[nodiscard]] std::string cert_file(std::string_view name);

/// Calls check with a copy of input that has exactly its size, so that a sanitizer sees a read behind its end: every
/// proper prefix.
template <class Check>
void every_prefix(const byte_vector& input, Check check) {
    for (std::size_t size = 0; size < input.size(); ++size) {
        check(byte_vector(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(size)));
    }
}

/// Every byte turned over by each of a few masks.
template <class Check>
void every_flip(const byte_vector& input, Check check) {
    for (std::size_t at = 0; at < input.size(); ++at) {
        for (const unsigned mask : {0x01u, 0x80u, 0x20u, 0xffu}) {
            byte_vector spoiled = input;
            spoiled[at] ^= static_cast<std::byte>(mask);
            check(spoiled);
        }
    }
}

/// Random changes, insertions and deletions, always the same ones.
template <class Check>
void random_mutations(const byte_vector& input, int rounds, Check check) {
    std::minstd_rand random(20260117);
    const auto below = [&](std::size_t limit) { return limit == 0 ? 0 : static_cast<std::size_t>(random()) % limit; };
    for (int round = 0; round < rounds; ++round) {
        byte_vector spoiled = input;
        for (std::size_t changes = 1 + below(4); changes > 0; --changes) {
            const auto at = static_cast<std::ptrdiff_t>(below(spoiled.size()));
            const auto value = static_cast<std::byte>(below(256));
            switch (below(spoiled.empty() ? 1 : 4)) {
                case 0: spoiled.insert(spoiled.begin() + at, value); break;
                case 1: spoiled.erase(spoiled.begin() + at); break;
                default: spoiled[static_cast<std::size_t>(at)] = value; break;
            }
        }
        check(spoiled);
    }
}

}  // namespace tlseam_test
