// SPDX-License-Identifier: Apache-2.0
#include <openssl/evp.h>
#include <openssl/rand.h>

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

digest hmac_sha256(std::span<const std::byte> key, std::span<const std::byte> data) {
    clear_errors();
    digest out;
    std::size_t size = 0;
    if (EVP_Q_mac(library(), "HMAC", nullptr, "SHA2-256", nullptr, key.data(), key.size(),
                  reinterpret_cast<const unsigned char*>(data.data()), data.size(),
                  reinterpret_cast<unsigned char*>(out.data()), out.size(), &size) == nullptr) {
        clear_errors();
        throw std::bad_alloc();
    }
    return out;
}

result<void> fill_random(std::span<std::byte> out) noexcept {
    clear_errors();
    constexpr unsigned strength = 0;  // the generator's own
    if (RAND_priv_bytes_ex(library(), reinterpret_cast<unsigned char*>(out.data()), out.size(), strength) == 1)
        return {};
    return fail_openssl(errc::internal);
}

}  // namespace tlseam::seam
