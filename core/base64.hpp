// SPDX-License-Identifier: Apache-2.0
// Bytes as Base64 (RFC 4648 4). Not for secrets: it looks characters up in a table.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace tlseam::seam {

/// With padding, without line breaks. Throws std::bad_alloc.
[[nodiscard]] std::string base64(std::span<const std::byte> bytes);

}  // namespace tlseam::seam
