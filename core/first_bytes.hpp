// SPDX-License-Identifier: Apache-2.0
// Is this TLS at all? Judged from the first five bytes that a server sends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tlseam::seam {

enum class first_bytes : std::uint8_t { need_more, tls, http, not_tls };

/// tls: a handshake or alert record of a plausible length (RFC 8446 5.1). Fails at the first byte that cannot be right.
[[nodiscard]] first_bytes judge_first_bytes(std::span<const std::byte> received) noexcept;

}  // namespace tlseam::seam
