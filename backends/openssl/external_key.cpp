// SPDX-License-Identifier: Apache-2.0
// Private keys that only the program can use.
#include "backends/openssl/native.hpp"
#include "core/fail.hpp"

namespace tlseam::seam {

result<std::shared_ptr<const native_credentials>> load_external_credentials(
    std::span<const der_bytes> chain, std::shared_ptr<const external_key> signer) noexcept {
    return guarded([&]() -> result<std::shared_ptr<const native_credentials>> {
        clear_errors();
        auto out = std::make_shared<native_credentials>();
        if (auto taken = take_chain(*out, chain); !taken) return std::unexpected(taken.error());
        out->key = make_external_key(X509_get0_pubkey(out->chain.front().get()), signer);
        if (!out->key) return fail_openssl(errc::internal);
        clear_errors();
        return out;
    });
}

}  // namespace tlseam::seam
