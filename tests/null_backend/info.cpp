// SPDX-License-Identifier: Apache-2.0
// What it is: nothing, with no features.
#include "tests/null_backend/native.hpp"

namespace tlseam::seam {

std::string_view backend_name() noexcept { return "null"; }
std::string backend_version() { return "0"; }
bool backend_supports(feature) noexcept { return false; }
bool backend_has_cipher_suite(std::uint16_t) noexcept { return true; }
bool backend_has_group(std::uint16_t group) noexcept { return group != 0x11ec; }
bool backend_has_signature_scheme(std::uint16_t) noexcept { return true; }

}  // namespace tlseam::seam
