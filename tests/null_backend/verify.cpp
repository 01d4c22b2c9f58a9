// SPDX-License-Identifier: Apache-2.0
// No signature is looked at, and a hash is a sum. The one thing that this library finds in a chain is a certificate
// that is called "bad-signature".
#include <algorithm>
#include <atomic>

#include <tlseam/certificate.hpp>

#include "tests/null_backend/native.hpp"

namespace tlseam::seam {

std::vector<chain_defect> check_path(std::span<const der_bytes> path, std::optional<role>) {
    std::vector<chain_defect> found;
    for (std::size_t depth = 0; depth < path.size(); ++depth) {
        const auto shown = certificate::from_der(path[depth]);
        if (!shown || shown->subject() != "CN=bad-signature") continue;
        found.push_back({.code = cert_errc::bad_signature,
                         .depth = static_cast<int>(depth),
                         .native_code = 4711,
                         .native_text = "null: by its name"});
    }
    return found;
}

bool has_signed_crl(der_bytes, der_bytes) { return true; }

void hash(hash_algorithm, std::span<const std::byte> data, std::span<std::byte> out) {
    for (std::byte& b : out) b = {};
    std::size_t at = 0;
    for (const std::byte b : data) {
        out[at % out.size()] ^= b ^ static_cast<std::byte>(at & 0xff);
        ++at;
    }
}

digest hmac_sha256(std::span<const std::byte> key, std::span<const std::byte> data) {
    std::vector<std::byte> both(key.begin(), key.end());
    both.insert(both.end(), data.begin(), data.end());
    return sha256(both);
}

result<void> fill_random(std::span<std::byte> out) noexcept {
    static std::atomic<std::uint8_t> count = 0;  // different each time, and secret to nobody
    std::ranges::fill(out, static_cast<std::byte>(++count));
    return {};
}

}  // namespace tlseam::seam
