// SPDX-License-Identifier: Apache-2.0
#include "core/sealed_key.hpp"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <vector>

#include "core/fail.hpp"
#include "core/private_key.hpp"
#include "core/seam.hpp"

namespace tlseam::seam {
namespace {

// About ten seconds of one processor for whoever loads a file that somebody else has written. Today's advice is up to
// 1,300,000 iterations.
constexpr std::uint32_t max_iterations = 10'000'000;
constexpr std::size_t max_salt = 1024;
constexpr std::size_t block = 16;

template <std::size_t N>
bool equals(der::bytes a, const std::uint8_t (&b)[N]) {
    return std::ranges::equal(a, b, [](std::byte x, std::uint8_t y) { return std::to_integer<std::uint8_t>(x) == y; });
}

constexpr std::uint8_t oid_pbes2[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d};
constexpr std::uint8_t oid_pbkdf2[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0c};
constexpr std::uint8_t oid_hmac[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02};       // and one of 7 to 11
constexpr std::uint8_t oid_aes[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01};  // and 2, 22 or 42

std::unexpected<error> malformed() { return fail(errc::malformed_key, "the encryption of the key is malformed"); }
std::unexpected<error> unsupported(const char* what) { return fail(errc::unsupported_key, what); }

struct algorithm {
    der::bytes oid;
    der::reader parameters;
};

std::optional<algorithm> parse_algorithm(const std::optional<der::element>& sequence) {
    if (!sequence || sequence->tag != der::tag::sequence) return std::nullopt;
    der::reader in(sequence->content);
    const auto oid = in.expect(der::tag::oid);
    if (!oid || !der::is_oid(oid->content)) return std::nullopt;
    return algorithm{oid->content, in};
}

/// The last arc of an OID that begins with the given arcs; 0 for others.
template <std::size_t N>
unsigned last_arc(der::bytes oid, const std::uint8_t (&beginning)[N]) {
    return oid.size() == N + 1 && equals(oid.first(N), beginning) ? std::to_integer<unsigned>(oid.back()) : 0;
}

/// AlgorithmIdentifier of the pseudo random function; its parameters are NULL or left out.
result<prf_hash> parse_hash(const der::element& sequence) {
    auto function = parse_algorithm(sequence);
    if (!function) return malformed();
    const unsigned arc = last_arc(function->oid, oid_hmac);
    if (arc < 7 || arc > 11) return unsupported("the hash function of the key's encryption is not supported");
    if (!function->parameters.at_end()) {
        const auto null = function->parameters.expect(0x05);
        if (!null || !null->content.empty() || !function->parameters.at_end()) return malformed();
    }
    return static_cast<prf_hash>(arc - 7);
}

/// A positive number; what is larger than we can count is the largest that we can.
std::optional<std::uint64_t> positive(const std::optional<der::element>& number) {
    if (!number || !der::is_integer(number->content)) return std::nullopt;
    if ((number->content.front() & std::byte{0x80}) != std::byte{0}) return std::nullopt;
    if (number->content.size() > sizeof(std::uint64_t)) return UINT64_MAX;
    std::uint64_t value = 0;
    for (const std::byte b : number->content) value = value << 8 | std::to_integer<std::uint64_t>(b);
    if (value == 0) return std::nullopt;
    return value;
}

result<void> parse_derivation(der::reader& parameters, sealed_key& out) {
    const auto sequence = parameters.expect(der::tag::sequence);
    if (!sequence || !parameters.at_end()) return malformed();
    der::reader in(sequence->content);
    const auto salt = in.any();
    if (salt && salt->tag == der::tag::sequence) return unsupported("a salt from elsewhere is not supported");
    if (!salt || salt->tag != der::tag::octet_string || salt->content.empty()) return malformed();
    if (salt->content.size() > max_salt) return unsupported("the salt of the key's encryption is too long");
    const auto iterations = positive(in.expect(der::tag::integer));
    if (!iterations) return malformed();
    if (*iterations > max_iterations) return unsupported("the key's encryption asks for more than 10,000,000 rounds");
    if (in.peek() == der::tag::integer && positive(in.any()) != out.key_size) return malformed();
    out.salt = salt->content;
    out.iterations = static_cast<std::uint32_t>(*iterations);
    if (const auto function = in.optional(der::tag::sequence)) {
        const auto hash = parse_hash(*function);
        if (!hash) return std::unexpected(hash.error());
        out.hash = *hash;
    }
    if (!in.at_end()) return malformed();
    return {};
}

result<void> parse_cipher(algorithm& cipher, sealed_key& out) {
    switch (last_arc(cipher.oid, oid_aes)) {
        case 2: out.key_size = 16; break;
        case 22: out.key_size = 24; break;
        case 42: out.key_size = 32; break;
        default: return unsupported("the cipher of the key's encryption is not AES-CBC");
    }
    const auto iv = cipher.parameters.expect(der::tag::octet_string);
    if (!iv || iv->content.size() != block || !cipher.parameters.at_end()) return malformed();
    out.iv = iv->content;
    return {};
}

result<sealed_key> parse(der::bytes encrypted) {
    sealed_key out;
    const auto outer = der::single(encrypted, der::tag::sequence);
    if (!outer) return malformed();
    der::reader in(outer->content);
    auto scheme = parse_algorithm(in.any());
    const auto ciphertext = in.expect(der::tag::octet_string);
    if (!scheme || !ciphertext || !in.at_end()) return malformed();
    if (!equals(scheme->oid, oid_pbes2)) return unsupported("the key is encrypted in a scheme other than PBES2");

    const auto parameters = scheme->parameters.expect(der::tag::sequence);
    if (!parameters || !scheme->parameters.at_end()) return malformed();
    der::reader two(parameters->content);
    auto derivation = parse_algorithm(two.any());
    auto cipher = parse_algorithm(two.any());
    if (!derivation || !cipher || !two.at_end()) return malformed();
    if (!equals(derivation->oid, oid_pbkdf2)) return unsupported("the key's encryption does not derive by PBKDF2");
    if (auto good = parse_cipher(*cipher, out); !good) return std::unexpected(good.error());
    if (auto good = parse_derivation(derivation->parameters, out); !good) return std::unexpected(good.error());
    out.ciphertext = ciphertext->content;
    if (out.ciphertext.empty() || out.ciphertext.size() % block != 0) return malformed();
    return out;
}

result<secret_bytes> without_padding(der::bytes all, der::bytes certificate) {
    const auto wrong = [] { return fail(errc::wrong_passphrase, "what was decrypted is no key"); };
    const auto padding = std::to_integer<std::size_t>(all.back());
    if (padding == 0 || padding > block || padding > all.size()) return wrong();
    if (!std::ranges::all_of(all.last(padding), [&](std::byte b) { return b == all.back(); })) return wrong();
    // With a wrong passphrase, one in 256 looks as if it were padded. It does not look like DER too.
    const der::bytes key = all.first(all.size() - padding);
    if (!der::single(key, der::tag::sequence)) return wrong();
    return accept_private_key(key, certificate);
}

}  // namespace

result<sealed_key> parse_sealed_key(der::bytes encrypted_pkcs8) noexcept {
    return guarded([&] { return parse(encrypted_pkcs8); });
}

result<secret_bytes> open_sealed_key(der::bytes encrypted_pkcs8, std::string_view passphrase, der::bytes certificate) {
    const auto sealed = parse_sealed_key(encrypted_pkcs8);
    if (!sealed) return std::unexpected(sealed.error());
    std::vector<std::byte> plain(sealed->ciphertext.size());
    const std::span<std::byte> out = plain;
    const secret_bytes owner(std::move(plain));  // moving keeps the bytes where they are
    if (auto done = decrypt_key(*sealed, passphrase, out); !done) return std::unexpected(done.error());
    return without_padding(owner.bytes(), certificate);
}

}  // namespace tlseam::seam
