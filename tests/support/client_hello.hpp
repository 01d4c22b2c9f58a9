// SPDX-License-Identifier: Apache-2.0
// ClientHello messages made by hand, for what no engine would send.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tlseam_test {

/// A complete, well-formed ClientHello without extensions, as old programs sent it: legacy_version is all it offers.
/// In one record. 0x0302 is TLS 1.1.
[[nodiscard]] std::vector<std::byte> old_client_hello(std::uint16_t legacy_version);

/// One record around a payload of at most 16,384 bytes.
[[nodiscard]] std::vector<std::byte> in_record(std::uint8_t type, const std::vector<std::byte>& payload);

}  // namespace tlseam_test
