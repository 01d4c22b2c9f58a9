// SPDX-License-Identifier: Apache-2.0
// SHA-256 (FIPS 180-4), for envelopes that targets spoil and close again. Only for tests.
#pragma once

#include <array>
#include <bit>

#include "tests/fuzz/fuzz.hpp"

namespace tlseam_fuzz {

class sha256 {
public:
    static buffer of(bytes message) {
        sha256 state;
        buffer padded(message.begin(), message.end());
        padded.push_back(std::byte{0x80});
        while (padded.size() % 64 != 56) padded.push_back(std::byte{0});
        for (int shift = 56; shift >= 0; shift -= 8)
            padded.push_back(static_cast<std::byte>(message.size() * 8 >> shift));
        for (bytes rest = padded; !rest.empty(); rest = rest.subspan(64)) state.block(rest);
        buffer out;
        for (const std::uint32_t word : state.words_) {
            for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::byte>(word >> shift));
        }
        return out;
    }

private:
    void block(bytes input) {
        std::array<std::uint32_t, 64> w = {};
        for (std::size_t i = 0; i < 64; ++i)
            w[i / 4 % 16] = w[i / 4 % 16] << 8 | std::to_integer<std::uint32_t>(input[i]);
        for (std::size_t i = 16; i < 64; ++i) {
            const std::uint32_t a = w[i - 15], b = w[i - 2];
            w[i] = w[i - 16] + w[i - 7] + (std::rotr(a, 7) ^ std::rotr(a, 18) ^ a >> 3) +
                   (std::rotr(b, 17) ^ std::rotr(b, 19) ^ b >> 10);
        }
        auto s = words_;
        for (std::size_t i = 0; i < 64; ++i) {
            const std::uint32_t one = s[7] + (std::rotr(s[4], 6) ^ std::rotr(s[4], 11) ^ std::rotr(s[4], 25)) +
                                      ((s[4] & s[5]) ^ (~s[4] & s[6])) + constants()[i] + w[i];
            const std::uint32_t two = (std::rotr(s[0], 2) ^ std::rotr(s[0], 13) ^ std::rotr(s[0], 22)) +
                                      ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
            s = {one + two, s[0], s[1], s[2], s[3] + one, s[4], s[5], s[6]};
        }
        for (std::size_t i = 0; i < 8; ++i) words_[i] += s[i];
    }

    /// The first bits of the fractional parts of the cube roots of the first primes (FIPS 180-4 4.2.2).
    static const std::array<std::uint32_t, 64>& constants() {
        static const auto all = [] {
            std::array<std::uint32_t, 64> out = {};
            std::size_t count = 0;
            for (unsigned candidate = 2; count < out.size(); ++candidate) {
                bool prime = true;
                for (unsigned divisor = 2; divisor * divisor <= candidate; ++divisor)
                    prime = prime && candidate % divisor != 0;
                if (prime) out[count++] = cube_root_bits(candidate);
            }
            return out;
        }();
        return all;
    }
    /// By bisection in whole numbers: 3 bits before the point, 32 behind it.
    static std::uint32_t cube_root_bits(unsigned n) {
        __extension__ using wide = unsigned __int128;
        wide low = 0, high = wide{8} << 32;
        while (high - low > 1) {
            const wide middle = (low + high) / 2;
            (middle * middle * middle <= wide{n} << 96 ? low : high) = middle;
        }
        return static_cast<std::uint32_t>(low);
    }

    std::array<std::uint32_t, 8> words_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                           0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
};

}  // namespace tlseam_fuzz
