// SPDX-License-Identifier: Apache-2.0
// Keys and settings of the cases about pre-shared keys of TLS 1.2.
#pragma once

#include <array>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"

namespace psk_tls12_test {

using namespace tlseam;
using namespace tlseam_test;

inline constexpr auto tls1_2 = protocol_version::tls1_2, tls1_3 = protocol_version::tls1_3;
inline constexpr std::uint8_t handshake_failure = 40, decode_error = 50, decrypt_error = 51, internal_error = 80;
inline constexpr const char* everywhere = "TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256";

inline std::vector<std::byte> key_of(std::size_t size, int first = 1) {
    std::vector<std::byte> out(size);
    for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::byte>(static_cast<int>(i) + first);
    return out;
}

inline external_psk make(std::string_view identity, int first = 1, std::size_t size = 32) {
    return or_throw(external_psk::make_tls1_2(identity, key_of(size, first)));
}

inline external_psk make_tls1_3(std::string_view identity, int first = 100) {
    return or_throw(external_psk::make(identity, key_of(32, first)));
}

inline client_settings client_with(external_psk key) { return {.max_version = tls1_2, .psk = std::move(key)}; }

/// A server without certificates.
inline server_settings server_with(std::vector<external_psk> keys) {
    return {.max_version = tls1_2, .psks = std::move(keys)};
}

/// Both ends have the key, and neither a certificate.
inline setup sharing(const external_psk& key) { return {.client = client_with(key), .server = server_with({key})}; }

/// The server refuses, and the client learns as much as with a wrong key.
inline void expect_refused(const setup& s) {
    auto pair = new_pair(s);
    const auto seen = run_handshake(pair);
    EXPECT_TRUE(fails_with(seen.server, errc::psk_refused));
    EXPECT_EQ(seen.server.error().alert(), decrypt_error);
    EXPECT_TRUE(received_alert(seen.client, decrypt_error));
    EXPECT_EQ(pair.server.info().psk_identity, "");
    EXPECT_TRUE(failed_for_good(pair.client.write_some(std::array<std::byte, 1>{})));
}

}  // namespace psk_tls12_test
