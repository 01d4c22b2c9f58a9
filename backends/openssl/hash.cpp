// SPDX-License-Identifier: Apache-2.0
#include <openssl/evp.h>

#include <new>

#include "backends/openssl/native.hpp"

namespace tlseam::seam {

void hash(hash_algorithm algorithm, std::span<const std::byte> data, std::span<std::byte> out) {
    clear_errors();
    static constexpr const char* names[] = {"SHA2-256", "SHA2-384", "SHA2-512"};
    const char* name = names[static_cast<std::size_t>(algorithm)];
    std::size_t size = 0;
    auto* bytes = reinterpret_cast<unsigned char*>(out.data());
    if (EVP_Q_digest(library(), name, nullptr, data.data(), data.size(), bytes, &size) != 1) {
        clear_errors();
        throw std::bad_alloc();  // nothing else can be missing
    }
}

}  // namespace tlseam::seam
