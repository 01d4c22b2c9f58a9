// SPDX-License-Identifier: Apache-2.0
#include "tests/secrets/inputs.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/engine_pair.hpp"
#include "tests/support/pki.hpp"

namespace secrets {
namespace {

using namespace tlseam_test;
using bytes = std::span<const std::byte>;

int digit(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/// The lines between BEGIN and END of the last block.
template <class Use>
void for_each_line(std::string_view pem, Use&& use) {
    const auto begin = pem.rfind("-----BEGIN ");
    if (begin == pem.npos) throw std::runtime_error("no PEM");
    pem.remove_prefix(pem.find('\n', begin) + 1);
    for (pem = pem.substr(0, pem.find("-----END ")); !pem.empty(); pem.remove_prefix(pem.find('\n') + 1)) {
        use(pem.substr(0, pem.find('\n')));
    }
}

page decoded(std::string_view pem) {
    page out(8192);
    std::size_t size = 0;
    unsigned bits = 0, count = 0;
    for_each_line(pem, [&](std::string_view line) {
        for (const char c : line) {
            if (digit(c) < 0) continue;
            bits = bits << 6 | static_cast<unsigned>(digit(c));
            if ((count += 6) < 8) continue;
            count -= 8;
            out.bytes()[size++] = static_cast<std::byte>(bits >> count);
        }
    });
    out.shrink(size);
    return out;
}

/// Tag, length, content; short lengths and those of two bytes at most.
bytes take(bytes& in, unsigned tag) {
    if (in.size() < 2 || in[0] != static_cast<std::byte>(tag)) throw std::runtime_error("other DER than expected");
    std::size_t size = std::to_integer<std::size_t>(in[1]), header = 2;
    for (std::size_t digits = size >= 0x80 ? size & 0x7f : 0, i = size = digits != 0 ? 0 : size; i < digits; ++i) {
        size = size << 8 | std::to_integer<std::size_t>(in[header++]);
    }
    const bytes content = in.subspan(header, size);
    in = in.subspan(header + size);
    return content;
}

constexpr unsigned integer = 2, octets = 4, sequence = 0x30;

/// Of RSAPrivateKey: the exponent and the primes.
std::vector<bytes> of_pkcs1(bytes content) {
    for (int i = 0; i < 3; ++i) (void)take(content, integer);  // version, modulus, public exponent
    std::vector<bytes> out;
    for (int i = 0; i < 3; ++i) {
        bytes number = take(content, integer);
        if (number.front() == std::byte{0}) number = number.subspan(1);
        out.push_back(number);
    }
    return out;
}

std::vector<bytes> of_sec1(bytes content) {
    (void)take(content, integer);
    return {take(content, octets)};
}

/// PKCS#8 with one of the others in it, or with an Ed25519 seed; or one of the others itself.
std::vector<bytes> private_numbers(bytes der) {
    bytes content = take(der, sequence);
    bytes in = content;
    (void)take(in, integer);
    if (!in.empty() && in[0] == static_cast<std::byte>(integer)) return of_pkcs1(content);
    if (!in.empty() && in[0] == static_cast<std::byte>(octets)) return of_sec1(content);
    (void)take(in, sequence);
    bytes key = take(in, octets);
    bytes inner = key;
    if (key[0] == static_cast<std::byte>(octets)) return {take(key, octets)};
    return private_numbers(inner);
}

/// The text that stands for bytes first to last of what the PEM encodes, line by line.
void look_for_text(std::string_view pem, std::size_t first, std::size_t last) {
    constexpr std::size_t run = 12;
    const std::size_t begin = (first + 2) / 3 * 4, end = last / 3 * 4;
    std::size_t at = 0;
    for_each_line(pem, [&](std::string_view line) {
        const std::size_t from = std::clamp(begin, at, at + line.size()) - at;
        const std::size_t to = std::clamp(end, at, at + line.size()) - at;
        if (to - from >= run) look_for(kind::key_text, tlseam::as_bytes(line.substr(from, to - from)), run);
        at += line.size();
    });
}

}  // namespace

void look_for_key(std::string_view name) {
    const page pem = read_into_page(pki::file(name));
    const page der = decoded(pem.text());
    for (const bytes number : private_numbers(der.bytes())) {
        look_for_number(kind::private_key, number);
        const auto at = static_cast<std::size_t>(number.data() - der.bytes().data());
        look_for_text(pem.text(), at, at + number.size());
    }
}

page passphrase(std::string_view name) {
    page out = read_into_page(pki::file("passphrases/" + std::string(name) + ".txt"));
    // From every place: what a short string leaves behind when it is moved begins with a zero.
    for (std::size_t i = 0; i < 5; ++i) look_for(kind::passphrase, out.bytes().subspan(i));
    return out;
}

bool has_cryptography() { return tlseam::backend().name != "null"; }

tlseam::client_settings client_of(tlseam::protocol_version version) {
    return {.trust = pki::trust(), .min_version = version, .max_version = version, .resumption = false};
}

tlseam::server_settings server_of(tlseam::protocol_version version, tlseam::credentials identity) {
    return {.credentials = {std::move(identity)}, .min_version = version, .max_version = version};
}

void talk(const tlseam::client_settings& client, const tlseam::server_settings& server) {
    auto pair = open_pair(setup{.client = client, .server = server, .names = {.server_name = "localhost"}});
    EXPECT_EQ(carry(pair, pair.client, pair.server, "hello"), "hello");
    EXPECT_EQ(carry(pair, pair.server, pair.client, "good day"), "good day");
    close_both(pair);
}

}  // namespace secrets
