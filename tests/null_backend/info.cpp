// SPDX-License-Identifier: Apache-2.0
// What it is: no library, with every feature that needs no cryptography.
#include "tests/null_backend/native.hpp"

namespace tlseam::seam {

std::string_view backend_name() noexcept { return "null"; }
std::string backend_version() { return "0"; }
bool backend_supports(feature f) noexcept {
    return f != feature::group_x25519mlkem768 && f != feature::post_handshake_auth &&
           f != feature::post_handshake_auth_unrestricted;
}
bool backend_has_cipher_suite(std::uint16_t) { return true; }
bool backend_has_group(std::uint16_t group) { return group != 0x11ec; }
bool backend_has_signature_scheme(std::uint16_t) { return true; }

}  // namespace tlseam::seam
