// SPDX-License-Identifier: Apache-2.0
#include "tests/secrets/needles.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstdint>
#include <cstring>
#include <stdexcept>

namespace secrets {
namespace {

constexpr std::byte mask{0xa5};
constexpr std::size_t longest = 16;

struct needle {
    kind which;
    std::size_t size;
    std::array<std::byte, longest> masked;
};

constinit std::array<needle, 4096> all = {};
constinit std::size_t count = 0;
/// The first two bytes that a piece may have: most of memory has others.
std::bitset<65536> beginnings;

std::size_t beginning(std::byte first, std::byte second) {
    return std::to_integer<std::size_t>(first) << 8 | std::to_integer<std::size_t>(second);
}

template <class At>
void add(kind which, std::size_t size, At&& at) {
    if (count == all.size()) throw std::length_error("too many pieces to look for");
    needle& one = all[count++];
    one.which = which;
    one.size = size;
    for (std::size_t i = 0; i < size; ++i) one.masked[i] = at(i) ^ mask;
    beginnings.set(beginning(at(0), at(1)));
}

bool is_at(const needle& one, const std::byte* memory) noexcept {
    for (std::size_t i = 0; i < one.size; ++i) {
        if ((memory[i] ^ mask) != one.masked[i]) return false;
    }
    return true;
}

/// Most of memory is. Goes to the last zero of a whole word.
bool skip_zeros(std::span<const std::byte> memory, std::size_t& at) noexcept {
    constexpr std::size_t word = 8;
    const std::size_t before = at;
    for (std::uint64_t bytes = 0; memory.size() - at > 2 * word; at += word) {
        std::memcpy(&bytes, &memory[at], word);
        if (bytes != 0) break;
    }
    if (at == before) return false;
    at -= 2;  // the caller adds one, and a piece may begin with a zero
    return true;
}

}  // namespace

std::string_view name(kind which) noexcept {
    constexpr std::array<std::string_view, kinds> names = {"private_key",    "key_text",      "passphrase",
                                                           "pre_shared_key", "ticket_secret", "connection_secret",
                                                           "key_log_text",   "exported_key",  "planted"};
    return names[static_cast<std::size_t>(which)];
}

void look_for(kind which, std::span<const std::byte> secret, std::size_t run) {
    if (run > longest || secret.size() < run) throw std::length_error("a secret that is shorter than one piece");
    for (std::size_t at = 0; at + run <= secret.size(); at += run) {
        add(which, run, [&](std::size_t i) { return secret[at + i]; });
    }
}

void look_for_number(kind which, std::span<const std::byte> number) {
    look_for(which, number);
    constexpr std::size_t run = 8;
    for (std::size_t at = 0; at + run <= number.size(); at += run) {
        add(which, run, [&](std::size_t i) { return number[number.size() - 1 - at - i]; });
    }
}

void look_for_nothing() noexcept {
    count = 0;
    beginnings.reset();
}

void search(std::span<const std::byte> memory, found_function found, void* context) noexcept {
    if (memory.size() < 2 || count == 0) return;
    for (std::size_t at = 0; at + 1 < memory.size(); ++at) {
        if (skip_zeros(memory, at)) continue;
        if (!beginnings.test(beginning(memory[at], memory[at + 1]))) continue;
        for (std::size_t i = 0; i < count; ++i) {
            const needle& one = all[i];
            if (one.size > memory.size() - at || !is_at(one, &memory[at])) continue;
            found(context, one.which, &memory[at]);
        }
    }
}

}  // namespace secrets
