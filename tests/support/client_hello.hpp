// SPDX-License-Identifier: Apache-2.0
// ClientHello messages made by hand, for what no engine would send.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tlseam_test {

/// A complete, well-formed ClientHello without extensions, as old programs sent it: legacy_version is all it offers.
/// In one record. 0x0302 is TLS 1.1.
[[nodiscard]] std::vector<std::byte> old_client_hello(std::uint16_t legacy_version);

/// One record around a payload of at most 16,384 bytes.
[[nodiscard]] std::vector<std::byte> in_record(std::uint8_t type, const std::vector<std::byte>& payload);

/// A client's first hello, as an engine puts it out, with so much padding (RFC 7685) that the message has this size, in
/// records of at most this many bytes.
[[nodiscard]] std::vector<std::byte> padded(std::span<const std::byte> hello, std::size_t size,
                                            std::size_t record_size = 16384);

}  // namespace tlseam_test
