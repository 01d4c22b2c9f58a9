// SPDX-License-Identifier: Apache-2.0
// Chains as bytes. The private key is not looked at: nothing is ever signed.
#include <algorithm>

#include "core/fail.hpp"
#include "core/sealed_key.hpp"
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

/// A key that any passphrase gives, and a cipher that is none: so that tests of core see what is inside.
result<void> derive_key(const sealed_key& sealed, std::string_view, std::span<std::byte> out) noexcept {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = sealed.salt[i % sealed.salt.size()];
    return {};
}

result<void> decrypt_key(const sealed_key& sealed, std::string_view, std::span<std::byte> out) noexcept {
    std::ranges::copy(sealed.ciphertext, out.begin());
    return {};
}

}  // namespace tlseam::seam
