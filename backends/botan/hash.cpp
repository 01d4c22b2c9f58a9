// SPDX-License-Identifier: Apache-2.0
// Hashes, and keys derived with them.
#include <botan/hash.h>
#include <botan/mac.h>
#include <botan/pwdhash.h>

#include <algorithm>
#include <string>

#include "backends/botan/native.hpp"
#include "core/fail.hpp"
#include "core/sealed_key.hpp"

namespace tlseam::seam {
namespace {

std::string name_of(hash_kind hash) {
    switch (hash) {
        case hash_kind::sha1: return "SHA-1";
        case hash_kind::sha224: return "SHA-224";
        case hash_kind::sha256: return "SHA-256";
        case hash_kind::sha384: return "SHA-384";
        case hash_kind::sha512: return "SHA-512";
    }
    return "";
}

std::span<std::uint8_t> octets(std::span<std::byte> bytes) noexcept {
    return {reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()};
}

}  // namespace

result<void> hash_repeatedly(hash_kind hash, std::span<const std::byte> data, std::uint32_t rounds,
                             std::span<std::byte> out) noexcept {
    try {
        const auto function = Botan::HashFunction::create_or_throw(name_of(hash));
        for (std::uint32_t round = 0; round < rounds; ++round) {
            function->update(octets(round == 0 ? data : std::span<const std::byte>(out)));
            function->final(octets(out));
        }
        return {};
    } catch (...) {
        return fail_botan(errc::internal);
    }
}

result<void> hmac(hash_kind hash, std::span<const std::byte> key, std::span<const std::byte> data,
                  std::span<std::byte> out) noexcept {
    try {
        const auto mac = Botan::MessageAuthenticationCode::create_or_throw("HMAC(" + name_of(hash) + ")");
        mac->set_key(octets(key));
        mac->update(octets(data));
        mac->final(octets(out));
        return {};
    } catch (...) {
        return fail_botan(errc::internal);
    }
}

result<void> derive_key(const sealed_key& sealed, std::string_view passphrase, std::span<std::byte> out) noexcept {
    try {
        Botan::PasswordHashFamily::create_or_throw("PBKDF2(" + name_of(sealed.hash) + ")")
            ->from_params(sealed.iterations)
            ->hash(octets(out), passphrase, octets(sealed.salt));
        return {};
    } catch (...) {
        return fail_botan(errc::internal);
    }
}

}  // namespace tlseam::seam
