// SPDX-License-Identifier: Apache-2.0
// What it is: nothing, with no features.
#include "tests/null_backend/native.hpp"

namespace tlseam::seam {

std::string_view backend_name() noexcept { return "null"; }
std::string backend_version() { return "0"; }
bool backend_supports(feature) noexcept { return false; }

}  // namespace tlseam::seam
