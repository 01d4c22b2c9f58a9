// SPDX-License-Identifier: Apache-2.0
// The names of the numbers in a ClientHello, from the IANA TLS registries: also of what clients offer that tlseam has
// no use for. "GREASE" for the reserved ones of RFC 8701, which a client draws anew each time; "0x1234" for others.
#pragma once

#include <cstdint>
#include <string>

namespace cli::front {

[[nodiscard]] std::string version_text(std::uint16_t number);
[[nodiscard]] std::string cipher_suite_text(std::uint16_t number);
[[nodiscard]] std::string group_text(std::uint16_t number);
[[nodiscard]] std::string signature_scheme_text(std::uint16_t number);
[[nodiscard]] std::string extension_text(std::uint16_t number);

}  // namespace cli::front
