// SPDX-License-Identifier: Apache-2.0
// A key that is not in this process: another one signs with the keys of certs/.
#pragma once

#include <string_view>

#include <tlseam/tlseam.hpp>

namespace tlseam_test {

/// Signs with NAME.key. Safe from several threads. Its errors are errc::misuse.
[[nodiscard]] tlseam::sign_callback signer(std::string_view name);

/// NAME.crt with a key that signer(NAME) has. Throws tlseam::exception.
[[nodiscard]] tlseam::credentials external_identity(std::string_view name);
/// The same with another callback.
[[nodiscard]] tlseam::credentials external_identity(std::string_view name, tlseam::sign_callback sign);

}  // namespace tlseam_test
