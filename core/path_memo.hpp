// SPDX-License-Identifier: Apache-2.0
// Paths in which the library has found nothing wrong. Clients meet the same servers again and again, and the signatures
// of a chain take longer than the rest of a resumed handshake.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/seam.hpp"

namespace tlseam::seam {

/// check_path(), which for the same bytes and peer always finds the same: dates, trust, names and revocation are not in
/// it, and are looked at each time. So what was found good is not computed again; what was not, is. By SHA-256 of all
/// the path's bytes, the last 256 of them, for the whole process: 8 KiB. Throws std::bad_alloc. Thread safe.
[[nodiscard]] std::vector<chain_defect> check_path_once(std::span<const der_bytes> path, std::optional<role> peer);

}  // namespace tlseam::seam
