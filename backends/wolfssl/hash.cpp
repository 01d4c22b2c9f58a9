// SPDX-License-Identifier: Apache-2.0
// Hashes, and keys derived with them.
#include "backends/wolfssl/native.hpp"
// wolfSSL's headers only behind its options.
#include <wolfssl/wolfcrypt/hash.h>
#include <wolfssl/wolfcrypt/hmac.h>
#include <wolfssl/wolfcrypt/pwdbased.h>

#include "core/fail.hpp"
#include "core/sealed_key.hpp"

namespace tlseam::seam {
namespace {

wc_HashType type_of(hash_kind hash) noexcept {
    switch (hash) {
        case hash_kind::sha1: return WC_HASH_TYPE_SHA;
        case hash_kind::sha224: return WC_HASH_TYPE_SHA224;
        case hash_kind::sha256: return WC_HASH_TYPE_SHA256;
        case hash_kind::sha384: return WC_HASH_TYPE_SHA384;
        case hash_kind::sha512: return WC_HASH_TYPE_SHA512;
    }
    return WC_HASH_TYPE_NONE;
}

unsigned char* octets(std::span<std::byte> bytes) noexcept { return reinterpret_cast<unsigned char*>(bytes.data()); }
word32 length(std::span<const std::byte> bytes) noexcept { return static_cast<word32>(bytes.size()); }

}  // namespace

result<void> hash_repeatedly(hash_kind hash, std::span<const std::byte> data, std::uint32_t rounds,
                             std::span<std::byte> out) noexcept {
    if (!library_ready()) return std::unexpected(error(errc::out_of_memory));
    static constexpr unsigned char nothing = 0;  // it takes no null for no data
    for (std::uint32_t round = 0; round < rounds; ++round) {
        const std::span<const std::byte> input = round == 0 ? data : out;
        const auto* bytes = input.empty() ? &nothing : octets(input);
        const int code = wc_Hash(type_of(hash), bytes, length(input), octets(out), length(out));
        if (code != 0) return fail_wolfssl(errc::internal, code);
    }
    return {};
}

result<void> hmac(hash_kind hash, std::span<const std::byte> key, std::span<const std::byte> data,
                  std::span<std::byte> out) noexcept {
    if (!library_ready()) return std::unexpected(error(errc::out_of_memory));
    Hmac state;
    int code = wc_HmacInit(&state, nullptr, INVALID_DEVID);
    if (code != 0) return fail_wolfssl(errc::internal, code);
    code = wc_HmacSetKey_ex(&state, type_of(hash), octets(key), length(key), 1);  // also a short one
    if (code == 0) code = wc_HmacUpdate(&state, octets(data), length(data));
    if (code == 0) code = wc_HmacFinal(&state, octets(out));
    wc_HmacFree(&state);
    return code == 0 ? result<void>() : fail_wolfssl(errc::internal, code);
}

result<void> derive_key(const sealed_key& sealed, std::string_view passphrase, std::span<std::byte> out) noexcept {
    if (!library_ready()) return std::unexpected(error(errc::out_of_memory));
    clear_errors();
    const auto* bytes = reinterpret_cast<const unsigned char*>(passphrase.empty() ? "" : passphrase.data());
    const int code = wc_PBKDF2(octets(out), bytes, static_cast<int>(passphrase.size()), octets(sealed.salt),
                               static_cast<int>(sealed.salt.size()), static_cast<int>(sealed.iterations),
                               static_cast<int>(out.size()), type_of(sealed.hash));
    return code == 0 ? result<void>() : fail_wolfssl(errc::internal, code);
}

}  // namespace tlseam::seam
