// SPDX-License-Identifier: Apache-2.0
// IP addresses as text and bytes, without the sockets library: devices without sockets check names too.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tlseam::seam {

/// Strict dotted quad: four decimal numbers without leading zeros.
[[nodiscard]] std::optional<std::array<std::byte, 4>> parse_ip4(std::string_view text) noexcept;
/// RFC 4291 2.2, with "::" and an embedded dotted quad; no brackets, no scope.
[[nodiscard]] std::optional<std::array<std::byte, 16>> parse_ip6(std::string_view text) noexcept;
/// 4 or 16 bytes as text, IPv6 in the form of RFC 5952.
[[nodiscard]] std::string ip_text(std::span<const std::byte> address);

}  // namespace tlseam::seam
