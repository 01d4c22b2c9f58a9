// SPDX-License-Identifier: Apache-2.0
#include <openssl/evp.h>

#include <new>

#include "backends/openssl/native.hpp"

namespace tlseam::seam {

digest sha256(std::span<const std::byte> data) {
    clear_errors();
    digest out;
    std::size_t size = 0;
    auto* bytes = reinterpret_cast<unsigned char*>(out.data());
    if (EVP_Q_digest(library(), "SHA2-256", nullptr, data.data(), data.size(), bytes, &size) != 1) {
        clear_errors();
        throw std::bad_alloc();  // nothing else can be missing
    }
    return out;
}

}  // namespace tlseam::seam
