// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdint>

#include "core/external_key.hpp"
#include "core/fail.hpp"
#include "core/pkcs12.hpp"

namespace tlseam::seam {
namespace {

constexpr std::size_t most_units = 2;  // of UTF-16 in one character

/// One character; nothing when it is not UTF-8 in its shortest form.
std::optional<char32_t> take_character(std::string_view& text) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t first = byte(0);
    const std::size_t size = first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 0;
    if (size == 0 || text.size() < size) return std::nullopt;
    char32_t out = size == 1 ? first : first & (0x7fU >> size);
    for (std::size_t i = 1; i < size; ++i) {
        if (byte(i) >> 6 != 2) return std::nullopt;
        out = out << 6 | (byte(i) & 0x3fU);
    }
    constexpr std::array<char32_t, 5> lowest = {0, 0, 0x80, 0x800, 0x10000};
    if (out < lowest[size] || out > 0x10ffff || (out >= 0xd800 && out < 0xe000)) return std::nullopt;
    text.remove_prefix(size);
    return out;
}

}  // namespace

result<secret_bytes> to_bmp_string(std::string_view passphrase) {
    std::vector<std::byte> out;
    out.reserve(2 * (most_units * passphrase.size() + 1));  // growing would leave copies behind
    const auto put = [&](char32_t unit) {
        out.push_back(static_cast<std::byte>(unit >> 8));
        out.push_back(static_cast<std::byte>(unit & 0xff));
    };
    while (!passphrase.empty()) {
        const auto character = take_character(passphrase);
        if (!character) {
            wipe(out);
            return fail(errc::invalid_argument, "the passphrase is not UTF-8");
        }
        if (*character < 0x10000) {
            put(*character);
        } else {
            put(0xd800 + ((*character - 0x10000) >> 10));
            put(0xdc00 + ((*character - 0x10000) & 0x3ff));
        }
    }
    put(0);
    return secret_bytes(std::move(out));
}

result<secret_bytes> derive_mac_key(hash_kind hash, der::bytes passphrase, der::bytes salt, std::uint32_t iterations) {
    constexpr std::byte purpose{3};
    const std::size_t block = hash_size(hash) <= 32 ? 64 : 128;
    std::vector<std::byte> input(block, purpose);
    const auto whole_blocks = [&](std::size_t size) { return (size + block - 1) / block * block; };
    input.reserve(block + whole_blocks(salt.size()) + whole_blocks(passphrase.size()));
    for (const der::bytes part : {salt, passphrase}) {
        for (std::size_t i = 0; i < whole_blocks(part.size()); ++i) input.push_back(part[i % part.size()]);
    }
    const secret_bytes owner(std::move(input));
    std::vector<std::byte> key(hash_size(hash));
    const std::span<std::byte> out = key;
    secret_bytes made(std::move(key));  // moving keeps the bytes where they are
    if (auto done = hash_repeatedly(hash, owner.bytes(), iterations, out); !done) return std::unexpected(done.error());
    return made;
}

}  // namespace tlseam::seam
