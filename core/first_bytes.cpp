// SPDX-License-Identifier: Apache-2.0
#include "core/first_bytes.hpp"

#include <algorithm>
#include <string_view>

namespace tlseam::seam {
namespace {

constexpr std::size_t header_size = 5;
constexpr std::size_t max_ciphertext = 16384 + 256;

bool could_become(std::span<const std::byte> received, std::string_view text) {
    const std::size_t count = std::min(received.size(), text.size());
    return std::equal(received.begin(), received.begin() + static_cast<std::ptrdiff_t>(count), text.begin(),
                      [](std::byte b, char c) { return std::to_integer<char>(b) == c; });
}

}  // namespace

first_bytes judge_first_bytes(std::span<const std::byte> received) noexcept {
    if (received.empty()) return first_bytes::need_more;
    if (could_become(received, "HTTP/")) return received.size() < 5 ? first_bytes::need_more : first_bytes::http;
    const auto at = [&](std::size_t i) { return std::to_integer<unsigned>(received[i]); };
    constexpr unsigned alert = 21, handshake = 22;
    if (at(0) != alert && at(0) != handshake) return first_bytes::not_tls;
    if (received.size() > 1 && at(1) != 3) return first_bytes::not_tls;
    if (received.size() < header_size) return first_bytes::need_more;
    const std::size_t length = at(3) << 8 | at(4);
    return length == 0 || length > max_ciphertext ? first_bytes::not_tls : first_bytes::tls;
}

}  // namespace tlseam::seam
