// SPDX-License-Identifier: Apache-2.0
// Credentials whose key is elsewhere.
#include "core/data.hpp"
#include "core/external_key.hpp"
#include "core/fail.hpp"
#include "core/lack_of_memory.hpp"
#include "core/own_chain.hpp"

namespace tlseam {
inline namespace v0 {

result<credentials> credentials::with_external_key(std::span<const certificate> chain, sign_callback sign) noexcept {
    return seam::guarded([&]() -> result<credentials> {
        if (!sign) return seam::fail(errc::invalid_argument, "an external key needs a callback that signs");
        if (chain.empty()) return seam::fail(errc::no_certificate, "an external key needs its certificate");
        auto data = std::make_shared<detail::credentials_data>();
        data->chain.assign(chain.begin(), chain.end());
        std::vector<seam::der_bytes> ders;
        for (const certificate& one : data->chain) ders.push_back(one.der());
        if (auto accepted = seam::accept_own_chain(chain, ""); !accepted) return std::unexpected(accepted.error());
        const auto leaf = seam::parse_x509(ders.front());
        auto key = std::make_shared<const seam::external_key>(std::move(sign), leaf->key, leaf->key_bits);
        auto native = seam::with_memory([&] { return seam::load_external_credentials(ders, std::move(key)); });
        if (!native) return std::unexpected(native.error());
        data->native = std::move(*native);
        return credentials(std::move(data));
    });
}

}  // namespace v0
}  // namespace tlseam
