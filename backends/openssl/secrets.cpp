// SPDX-License-Identifier: Apache-2.0
// What leaves a connection of its secrets.
#include "backends/openssl/native.hpp"

namespace tlseam::seam {

result<void> export_keying_material(native_engine& engine, std::span<std::byte> out, std::string_view label,
                                    std::optional<std::span<const std::byte>> context) noexcept {
    clear_errors();
    const auto given = context.value_or(std::span<const std::byte>());
    const int done = SSL_export_keying_material(
        engine.ssl.get(), reinterpret_cast<unsigned char*>(out.data()), out.size(), label.data(), label.size(),
        reinterpret_cast<const unsigned char*>(given.data()), given.size(), context.has_value() ? 1 : 0);
    if (done == 1) return {};
    return fail_openssl(errc::internal);
}

}  // namespace tlseam::seam
