// SPDX-License-Identifier: Apache-2.0
// Chains as bytes. The private key is not looked at: nothing is ever signed.
#include "core/fail.hpp"
#include "core/x509.hpp"
#include "tests/null_backend/native.hpp"

namespace tlseam::seam {
namespace {

result<der_chain> parse_all(std::span<const der_bytes> ders) {
    der_chain out;
    for (const der_bytes der : ders) {
        if (!parse_x509(der)) return fail_native(errc::malformed_certificate, out.size(), "");
        out.emplace_back(der.begin(), der.end());
    }
    return out;
}

}  // namespace

result<std::shared_ptr<const native_credentials>> load_credentials(std::span<const der_bytes> chain,
                                                                   der_bytes) noexcept {
    return guarded([&]() -> result<std::shared_ptr<const native_credentials>> {
        auto parsed = parse_all(chain);
        if (!parsed) return std::unexpected(parsed.error());
        return std::make_shared<const native_credentials>(native_credentials{std::move(*parsed)});
    });
}

result<std::shared_ptr<const native_credentials>> load_external_credentials(
    std::span<const der_bytes> chain, std::shared_ptr<const external_key>) noexcept {
    return load_credentials(chain, {});
}

result<void> derive_key(const sealed_key&, std::string_view, std::span<std::byte>) noexcept {
    return fail_native(errc::internal, 0, "null: nothing is derived");
}

result<void> decrypt_key(const sealed_key&, std::string_view, std::span<std::byte>) noexcept {
    return fail_native(errc::internal, 0, "null: nothing is decrypted");
}

}  // namespace tlseam::seam
