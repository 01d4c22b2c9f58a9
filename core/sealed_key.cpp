// SPDX-License-Identifier: Apache-2.0
#include "core/sealed_key.hpp"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <vector>

#include "core/external_key.hpp"
#include "core/fail.hpp"
#include "core/lack_of_memory.hpp"
#include "core/private_key.hpp"
#include "core/seam.hpp"

namespace tlseam::seam {
namespace {

// About ten seconds of one processor for whoever loads a file that somebody else has written. Today's advice is up to
// 1,300,000 iterations.
constexpr std::uint32_t max_iterations = 10'000'000;
constexpr std::size_t max_salt = 1024;
constexpr std::size_t max_key_size = 1024;
constexpr std::size_t block = 16;

template <std::size_t N>
bool equals(der::bytes a, const std::uint8_t (&b)[N]) {
    return std::ranges::equal(a, b, [](std::byte x, std::uint8_t y) { return std::to_integer<std::uint8_t>(x) == y; });
}

constexpr std::uint8_t oid_pbes2[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d};
constexpr std::uint8_t oid_pbkdf2[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0c};
constexpr std::uint8_t oid_pbmac1[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0e};
constexpr std::uint8_t oid_sha1[] = {0x2b, 0x0e, 0x03, 0x02, 0x1a};
constexpr std::uint8_t oid_sha2[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02};  // and one of 1 to 4
constexpr std::uint8_t oid_hmac[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02};        // and one of 7 to 11
constexpr std::uint8_t oid_aes[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01};   // and 2, 22 or 42

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
result<hash_kind> parse_hash(const der::element& sequence) {
    auto function = parse_algorithm(sequence);
    if (!function) return malformed();
    const unsigned arc = last_arc(function->oid, oid_hmac);
    if (arc < 7 || arc > 11) return unsupported("the hash function of the key's encryption is not supported");
    if (!function->parameters.at_end()) {
        const auto null = function->parameters.expect(0x05);
        if (!null || !null->content.empty() || !function->parameters.at_end()) return malformed();
    }
    return static_cast<hash_kind>(arc - 7);
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
    if (in.peek() == der::tag::integer) {
        const auto size = positive(in.any());
        if (out.key_size == 0 && size <= max_key_size) out.key_size = size.value_or(0);
        if (!size || *size != out.key_size) return malformed();
    }
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

result<sealed_key> parse(const der::element& algorithm_identifier, der::bytes ciphertext) {
    sealed_key out;
    auto scheme = parse_algorithm(algorithm_identifier);
    if (!scheme) return malformed();
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
    out.ciphertext = ciphertext;
    if (out.ciphertext.empty() || out.ciphertext.size() % block != 0) return malformed();
    return out;
}

result<sealed_key> parse_pkcs8(der::bytes encrypted) {
    const auto outer = der::single(encrypted, der::tag::sequence);
    if (!outer) return malformed();
    der::reader in(outer->content);
    const auto scheme = in.expect(der::tag::sequence);
    const auto ciphertext = in.expect(der::tag::octet_string);
    if (!scheme || !ciphertext || !in.at_end()) return malformed();
    return parse(*scheme, ciphertext->content);
}

/// AlgorithmIdentifier of a hash function.
std::optional<hash_kind> parse_digest(algorithm& digest) {
    if (!digest.parameters.at_end()) {
        const auto null = digest.parameters.expect(0x05);
        if (!null || !null->content.empty() || !digest.parameters.at_end()) return std::nullopt;
    }
    if (equals(digest.oid, oid_sha1)) return hash_kind::sha1;
    switch (last_arc(digest.oid, oid_sha2)) {
        case 1: return hash_kind::sha256;
        case 2: return hash_kind::sha384;
        case 3: return hash_kind::sha512;
        case 4: return hash_kind::sha224;
        default: return std::nullopt;
    }
}

/// PBMAC1-params (RFC 9579 4): the derivation, with the length of its key, and the HMAC.
result<void> parse_pbmac1(algorithm& mac, mac_rule& out) {
    const auto parameters = mac.parameters.expect(der::tag::sequence);
    if (!parameters || !mac.parameters.at_end()) return malformed();
    der::reader two(parameters->content);
    auto derivation = parse_algorithm(two.any());
    const auto hmac = two.expect(der::tag::sequence);
    if (!derivation || !hmac || !two.at_end()) return malformed();
    if (!equals(derivation->oid, oid_pbkdf2)) return unsupported("the key of the MAC is not derived by PBKDF2");
    out.derivation.emplace();
    if (auto good = parse_derivation(derivation->parameters, *out.derivation); !good) return good;
    // Shorter ones could be guessed, longer ones cost work for nothing.
    constexpr std::size_t shortest = 20, longest = 64;
    if (out.derivation->key_size == 0) return malformed();
    if (out.derivation->key_size < shortest || out.derivation->key_size > longest) {
        return unsupported("the key of the MAC is not of 20 to 64 bytes");
    }
    const auto hash = parse_hash(*hmac);
    if (!hash) return std::unexpected(hash.error());
    out.hmac = *hash;
    out.iterations = out.derivation->iterations;
    return {};
}

result<mac_rule> parse_mac_data(der::bytes mac_data) {
    mac_rule out;
    der::reader in(mac_data);
    const auto info = in.expect(der::tag::sequence);
    const auto salt = in.expect(der::tag::octet_string);
    if (!info || !salt) return malformed();
    const auto iterations = in.at_end() ? std::optional<std::uint64_t>(1) : positive(in.expect(der::tag::integer));
    der::reader inside(info->content);
    auto algorithm = parse_algorithm(inside.any());
    const auto value = inside.expect(der::tag::octet_string);
    if (!iterations || !in.at_end() || !algorithm || !value || !inside.at_end()) return malformed();
    out.value = value->content;
    if (equals(algorithm->oid, oid_pbmac1)) {
        if (auto good = parse_pbmac1(*algorithm, out); !good) return std::unexpected(good.error());
    } else {
        const auto hash = parse_digest(*algorithm);
        if (!hash) return unsupported("the hash function of the MAC is not supported");
        if (*iterations > max_iterations) return unsupported("the MAC asks for more than 10,000,000 rounds");
        if (salt->content.empty()) return malformed();
        if (salt->content.size() > max_salt) return unsupported("the salt of the MAC is too long");
        out.hmac = *hash;
        out.salt = salt->content;
        out.iterations = static_cast<std::uint32_t>(*iterations);
    }
    if (out.value.size() != hash_size(out.hmac)) return malformed();
    return out;
}

result<secret_bytes> without_padding(secret_bytes opened) {
    const der::bytes all = opened.bytes();
    const auto wrong = [] { return fail(errc::wrong_passphrase, "what was decrypted is no key"); };
    const auto padding = std::to_integer<std::size_t>(all.back());
    if (padding == 0 || padding > block || padding > all.size()) return wrong();
    if (!std::ranges::all_of(all.last(padding), [&](std::byte b) { return b == all.back(); })) return wrong();
    // With a wrong passphrase, one in 256 looks as if it were padded. It does not look like DER too.
    const der::bytes key = all.first(all.size() - padding);
    if (!der::single(key, der::tag::sequence)) return wrong();
    return secret_bytes(std::vector<std::byte>(key.begin(), key.end()));
}

}  // namespace

result<sealed_key> parse_sealed(const der::element& algorithm, der::bytes ciphertext) noexcept {
    return guarded([&] { return parse(algorithm, ciphertext); });
}

result<mac_rule> parse_mac(der::bytes mac_data) noexcept {
    return guarded([&] { return parse_mac_data(mac_data); });
}

result<sealed_key> parse_sealed_key(der::bytes encrypted_pkcs8) noexcept {
    return guarded([&] { return parse_pkcs8(encrypted_pkcs8); });
}

result<secret_bytes> open_sealed(const sealed_key& sealed, std::string_view passphrase) {
    std::vector<std::byte> plain(sealed.ciphertext.size());
    const std::span<std::byte> out = plain;
    secret_bytes owner(std::move(plain));  // moving keeps the bytes where they are
    if (auto done = with_memory([&] { return decrypt_key(sealed, passphrase, out); }); !done)
        return std::unexpected(done.error());
    return without_padding(std::move(owner));
}

result<secret_bytes> open_sealed_key(der::bytes encrypted_pkcs8, std::string_view passphrase, der::bytes certificate) {
    const auto sealed = parse_sealed_key(encrypted_pkcs8);
    if (!sealed) return std::unexpected(sealed.error());
    const auto opened = open_sealed(*sealed, passphrase);
    if (!opened) return std::unexpected(opened.error());
    return accept_private_key(opened->bytes(), certificate);
}

}  // namespace tlseam::seam
