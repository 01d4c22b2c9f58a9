// SPDX-License-Identifier: Apache-2.0
// The hashes that core needs everywhere, over those of the library.
#include <new>

#include "core/seam.hpp"

namespace tlseam::seam {

void hash(hash_kind kind, std::span<const std::byte> data, std::span<std::byte> out) {
    if (!hash_repeatedly(kind, data, 1, out)) throw std::bad_alloc();  // nothing else can be missing
}

digest sha256(std::span<const std::byte> data) {
    digest out;
    hash(hash_kind::sha256, data, out);
    return out;
}

digest hmac_sha256(std::span<const std::byte> key, std::span<const std::byte> data) {
    digest out;
    if (!hmac(hash_kind::sha256, key, data, out)) throw std::bad_alloc();
    return out;
}

}  // namespace tlseam::seam
