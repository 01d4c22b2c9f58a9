// SPDX-License-Identifier: Apache-2.0
// Which TLS library this program was built with, and what it can do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <tlseam/export.hpp>

namespace tlseam {
inline namespace v0 {

/// Abilities that libraries or their builds differ in. What is not listed here, every backend can do.
enum class feature : std::uint8_t {
    group_x25519mlkem768,  ///< hybrid post-quantum key exchange (draft-ietf-tls-ecdhe-mlkem)
};
/// The name as written above, for tables and JSON.
[[nodiscard]] TLSEAM_API std::string_view name(feature f) noexcept;

/// The library underneath, as it is at run time. Thread safe.
struct backend_info {
    std::string name;     ///< "openssl"
    std::string version;  ///< the library's own version text
    [[nodiscard]] TLSEAM_API bool supports(feature f) const noexcept;
};
[[nodiscard]] TLSEAM_API backend_info backend();

/// tlseam's own version, "0.1.0".
[[nodiscard]] TLSEAM_API std::string_view version() noexcept;

}  // namespace v0
}  // namespace tlseam
