// SPDX-License-Identifier: Apache-2.0
// Environment variables, as far as whoever started the program may decide something.
#pragma once

namespace tlseam::seam {

/// The variable, or null when it is not set, is empty, or the program has more rights than its caller (set-user-id,
/// file capabilities): he must not choose whom it trusts, or where its secrets go.
[[nodiscard]] const char* trusted_variable(const char* name) noexcept;

}  // namespace tlseam::seam
