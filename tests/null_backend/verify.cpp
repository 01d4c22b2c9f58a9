// SPDX-License-Identifier: Apache-2.0
// No signature is looked at, and a hash is a sum. The one thing that this library finds in a chain is a certificate
// that is called "bad-signature".
#include <algorithm>
#include <atomic>

#include <tlseam/certificate.hpp>

#include "core/fail.hpp"
#include "tests/null_backend/native.hpp"

namespace tlseam::seam {
namespace {
std::atomic<int> checked = 0;
}

int paths_checked() noexcept { return checked; }

std::vector<chain_defect> check_path(std::span<const der_bytes> path, std::optional<role>) {
    ++checked;
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

/// What ends with the byte 0xbd is badly signed, so that tests can have both.
bool has_signed(der_bytes, der_bytes, der_bytes, der_bytes signature) {
    return !signature.empty() && signature.back() != std::byte{0xbd};
}

result<void> fill_random(std::span<std::byte> out) noexcept {
    static std::atomic<std::uint8_t> count = 0;  // different each time, and secret to nobody
    std::ranges::fill(out, static_cast<std::byte>(++count));
    return {};
}

/// As much like a hash as a sum can be: of the right size, and every byte counts. It gets no better by more rounds.
result<void> hash_repeatedly(hash_kind, std::span<const std::byte> data, std::uint32_t rounds,
                             std::span<std::byte> out) noexcept {
    constexpr std::uint32_t enough = 16;
    return guarded([&]() -> result<void> {
        std::vector<std::byte> input(data.begin(), data.end());
        for (std::uint32_t round = 0; round < std::min(rounds, enough); ++round) {
            std::ranges::fill(out, std::byte{});
            for (std::size_t at = 0; at < input.size(); ++at) {
                out[at % out.size()] ^= input[at] ^ static_cast<std::byte>(at & 0xff);
            }
            input.assign(out.begin(), out.end());
        }
        return {};
    });
}

result<void> hmac(hash_kind hash, std::span<const std::byte> key, std::span<const std::byte> data,
                  std::span<std::byte> out) noexcept {
    return guarded([&]() -> result<void> {
        std::vector<std::byte> both(key.begin(), key.end());
        both.insert(both.end(), data.begin(), data.end());
        return hash_repeatedly(hash, both, 1, out);
    });
}

}  // namespace tlseam::seam
