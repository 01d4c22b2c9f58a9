// SPDX-License-Identifier: Apache-2.0
// What anybody on the way can read of a handshake.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/support/channel.hpp"

namespace tlseam_test {

/// The lists of a client's first hello, in its order.
struct offer {
    std::vector<std::uint16_t> cipher_suites;  ///< without signals such as 0x00ff
    std::vector<std::uint16_t> groups;
    std::vector<std::uint16_t> signature_schemes;
};
/// Throws std::runtime_error when there is no whole hello yet.
[[nodiscard]] offer offer_in(const channel& from_client);

/// The scheme that a TLS 1.2 server signed its key exchange with (RFC 5246 7.4.3, RFC 8422 5.4). Throws
/// std::runtime_error when there is no ServerKeyExchange.
[[nodiscard]] std::uint16_t signature_scheme_in(const channel& from_server);

}  // namespace tlseam_test
