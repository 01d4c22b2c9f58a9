// SPDX-License-Identifier: Apache-2.0
// What is offered and accepted by default, the same on every backend, best first: forward secrecy and authenticated
// encryption only (RFC 9325). And the names of the numbers, from the IANA TLS registries.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <tlseam/types.hpp>

namespace tlseam::seam::policy {

inline constexpr std::array<std::uint16_t, 9> cipher_suites = {
    0x1301, 0x1302, 0x1303,  // TLS 1.3
    0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8,
};

/// Of TLS 1.2, for contexts with a pre-shared key of that version: ECDHE_PSK (RFC 5489) with RFC 8442, RFC 7905.
inline constexpr std::array<std::uint16_t, 3> psk_cipher_suites = {0xd001, 0xd002, 0xccac};

/// Every suite that can be asked for by name.
inline constexpr auto known_cipher_suites = [] {
    std::array<std::uint16_t, cipher_suites.size() + psk_cipher_suites.size()> all = {};
    std::ranges::copy(psk_cipher_suites, std::ranges::copy(cipher_suites, all.begin()).out);
    return all;
}();

inline constexpr std::array<std::uint16_t, 4> groups = {
    0x11ec,  // X25519MLKEM768, where the backend has it
    0x001d,
    0x0017,
    0x0018,
};

inline constexpr std::array<std::uint16_t, 10> signature_schemes = {
    0x0403, 0x0804, 0x0807, 0x0503, 0x0805,
    0x0603, 0x0806, 0x0401, 0x0501, 0x0601,  // RSA PKCS#1 v1.5: TLS 1.2 and certificates only (RFC 8446 4.2.3)
};

/// Every group that can be asked for by name.
inline constexpr std::array<std::uint16_t, 6> known_groups = {0x11ec, 0x001d, 0x0017, 0x0018, 0x0019, 0x001e};

/// One of psk_cipher_suites.
[[nodiscard]] bool needs_psk(std::uint16_t suite) noexcept;

/// Hybrid groups, which TLS 1.2 does not have.
[[nodiscard]] bool needs_tls1_3(std::uint16_t group) noexcept;

/// A share of post-quantum key exchange and one that every server knows: no second hello in either case.
[[nodiscard]] std::vector<std::uint16_t> key_shares(std::span<const std::uint16_t> offered);

/// Bytes of a key share of the group that the client or the server sends (RFC 8446 4.2.8); 0 for groups unknown to us.
[[nodiscard]] std::size_t key_share_size(std::uint16_t group, role sender) noexcept;

/// The IANA name, or "unknown".
[[nodiscard]] std::string_view cipher_suite_name(std::uint16_t suite) noexcept;
[[nodiscard]] std::string_view group_name(std::uint16_t group) noexcept;
[[nodiscard]] std::string_view signature_scheme_name(std::uint16_t scheme) noexcept;

}  // namespace tlseam::seam::policy
