// SPDX-License-Identifier: Apache-2.0
#include "core/secret.hpp"

namespace tlseam::seam {

void wipe(std::span<std::byte> bytes) noexcept {
    volatile std::byte* at = bytes.data();
    for (std::size_t i = 0; i < bytes.size(); ++i) at[i] = std::byte{0};
}

}  // namespace tlseam::seam
