// SPDX-License-Identifier: Apache-2.0
// Which keys are accepted, of a certificate of our own and of the private key to it: decided before a library sees
// them, since each library draws its lines elsewhere.
#include <algorithm>
#include <array>
#include <optional>

#include "core/fail.hpp"
#include "core/private_key.hpp"
#include "core/x509.hpp"

namespace tlseam::seam {
namespace {

constexpr unsigned min_rsa_bits = 2048;
constexpr unsigned max_rsa_bits = 4096;  // what every library can, as it is usually built
constexpr unsigned max_exponent_bits = 64;

template <std::size_t N>
bool equals(der::bytes a, const std::uint8_t (&b)[N]) {
    return std::ranges::equal(a, b, [](std::byte x, std::uint8_t y) { return std::to_integer<std::uint8_t>(x) == y; });
}

constexpr std::uint8_t oid_rsa[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01};
constexpr std::uint8_t oid_ec[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
constexpr std::uint8_t oid_ed25519[] = {0x2b, 0x65, 0x70};

// The order of each curve's group: a private key is at least 1 and less than it.
constexpr std::uint8_t p256[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
constexpr std::uint8_t p256_order[] = {0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
                                       0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
                                       0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
constexpr std::uint8_t p384[] = {0x2b, 0x81, 0x04, 0x00, 0x22};
constexpr std::uint8_t p384_order[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                       0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                       0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf, 0x58, 0x1a, 0x0d, 0xb2,
                                       0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73};
constexpr std::uint8_t p521[] = {0x2b, 0x81, 0x04, 0x00, 0x23};
constexpr std::uint8_t p521_order[] = {
    0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfa,
    0x51, 0x86, 0x87, 0x83, 0xbf, 0x2f, 0x96, 0x6b, 0x7f, 0xcc, 0x01, 0x48, 0xf7, 0x09, 0xa5, 0xd0, 0x3b,
    0xb5, 0xc9, 0xb8, 0x89, 0x9c, 0x47, 0xae, 0xbb, 0x6f, 0xb7, 0x1e, 0x91, 0x38, 0x64, 0x09};
constexpr std::uint8_t p224[] = {0x2b, 0x81, 0x04, 0x00, 0x21};
constexpr std::uint8_t p192[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x01};

std::unexpected<error> malformed(const char* what) { return fail(errc::malformed_key, what); }
std::unexpected<error> unsupported(const char* what) { return fail(errc::unsupported_key, what); }
std::unexpected<error> mismatch() { return fail(errc::key_mismatch, "the key is not the certificate's"); }

/// AlgorithmIdentifier.
struct algorithm {
    der::bytes whole;
    der::bytes oid;
    der::bytes parameters;
};

std::optional<algorithm> parse_algorithm(const std::optional<der::element>& sequence) {
    if (!sequence) return std::nullopt;
    der::reader in(sequence->content);
    const auto oid = in.expect(der::tag::oid);
    if (!oid || !der::is_oid(oid->content)) return std::nullopt;
    return algorithm{sequence->whole, oid->content, in.rest()};
}

/// SubjectPublicKeyInfo: the algorithm, and the key without the count of unused bits.
struct public_key {
    struct algorithm algorithm;
    der::bytes key;
};

std::optional<public_key> parse_public(der::bytes certificate) {
    const auto fields = parse_x509(certificate);
    const auto spki = fields ? der::single(fields->spki, der::tag::sequence) : std::nullopt;
    if (!spki) return std::nullopt;
    der::reader in(spki->content);
    const auto algorithm = parse_algorithm(in.expect(der::tag::sequence));
    const auto key = in.expect(der::tag::bit_string);
    if (!algorithm || !key || key->content.empty() || key->content.front() != std::byte{0}) return std::nullopt;
    return public_key{*algorithm, key->content.subspan(1)};
}

unsigned bits_of(der::bytes positive) {
    while (!positive.empty() && positive.front() == std::byte{0}) positive = positive.subspan(1);
    if (positive.empty()) return 0;
    unsigned out = static_cast<unsigned>(positive.size() - 1) * 8;
    for (auto top = std::to_integer<unsigned>(positive.front()); top != 0; top >>= 1) ++out;
    return out;
}

std::optional<der::bytes> positive(der::reader& in) {
    const auto number = in.expect(der::tag::integer);
    if (!number || !der::is_integer(number->content)) return std::nullopt;
    if ((number->content.front() & std::byte{0x80}) != std::byte{0} || bits_of(number->content) == 0)
        return std::nullopt;
    return number->content;
}

bool is_odd(der::bytes number) { return (number.back() & std::byte{1}) != std::byte{0}; }

/// Modulus and public exponent, for certificate and key alike. code: what malformed numbers are.
result<void> judge_rsa(std::optional<der::bytes> n, std::optional<der::bytes> e, errc code) {
    if (!n || !e || !is_odd(*n) || !is_odd(*e) || bits_of(*e) < 2)
        return fail(code, "an RSA key with impossible numbers");
    if (bits_of(*n) < min_rsa_bits) return fail(errc::weak_key, "an RSA key of fewer than 2048 bits");
    if (bits_of(*n) > max_rsa_bits) return unsupported("an RSA key of more than 4096 bits");
    if (bits_of(*e) > max_exponent_bits) return unsupported("an RSA key with an exponent of more than 64 bits");
    return {};
}

struct curve {
    std::span<const std::uint8_t> order;
};

result<curve> judge_curve(der::bytes parameters, errc code) {
    if (parameters.empty()) return fail(code, "an EC key without a curve");
    const auto named = der::single(parameters, der::tag::oid);
    if (!named) return unsupported("an EC key with a curve of its own");
    if (equals(named->content, p256)) return curve{p256_order};
    if (equals(named->content, p384)) return curve{p384_order};
    if (equals(named->content, p521)) return curve{p521_order};
    if (equals(named->content, p224) || equals(named->content, p192)) {
        return fail(errc::weak_key, "a curve of fewer than 256 bits");
    }
    return unsupported("an EC key on a curve other than P-256, P-384 and P-521");
}

/// PrivateKeyInfo.
struct key_info {
    struct algorithm algorithm;
    der::bytes key;
    std::optional<der::bytes> public_bits;  // of version 1
};

std::optional<key_info> parse_key_info(der::bytes pkcs8) {
    const auto outer = der::single(pkcs8, der::tag::sequence);
    if (!outer) return std::nullopt;
    der::reader in(outer->content);
    const auto version = in.expect(der::tag::integer);
    const bool known = version && version->content.size() == 1 && version->content[0] <= std::byte{1};
    const auto algorithm = parse_algorithm(in.expect(der::tag::sequence));
    const auto key = in.expect(der::tag::octet_string);
    if (!known || !algorithm || !key) return std::nullopt;
    key_info out{*algorithm, key->content, std::nullopt};
    (void)in.optional(der::tag::context_constructed(0));
    if (const auto bits = in.optional(der::tag::context(1))) {
        if (bits->content.empty() || bits->content.front() != std::byte{0}) return std::nullopt;
        out.public_bits = bits->content.subspan(1);
    }
    if (!in.at_end()) return std::nullopt;
    return out;
}

secret_bytes rebuild(der::bytes algorithm, der::bytes key) {
    constexpr std::array version_0 = {std::byte{0x02}, std::byte{0x01}, std::byte{0x00}};
    const secret_bytes octets(der::encode(der::tag::octet_string, {key}));
    return secret_bytes(der::encode(der::tag::sequence, {version_0, algorithm, octets.bytes()}));
}

result<secret_bytes> accept_rsa(const key_info& info, const public_key& leaf) {
    const auto null = der::single(info.algorithm.parameters, 0x05);
    if (!info.algorithm.parameters.empty() && !(null && null->content.empty())) return malformed("RSA parameters");
    const auto key = der::single(info.key, der::tag::sequence);
    if (!key) return malformed("no RSA key");
    der::reader in(key->content);
    const auto version = in.expect(der::tag::integer);
    if (!version || version->content.size() != 1 || version->content[0] > std::byte{1}) return malformed("no RSA key");
    const auto n = positive(in), e = positive(in);
    const bool more_primes = version->content[0] == std::byte{1};
    if (n && e && more_primes) return unsupported("an RSA key of more than two primes");
    if (auto good = judge_rsa(n, e, errc::malformed_key); !good) return std::unexpected(good.error());
    for (int i = 0; i < 6; ++i) {
        if (!positive(in)) return malformed("no RSA key");
    }
    if (!in.at_end()) return malformed("no RSA key");

    const auto shown = der::single(leaf.key, der::tag::sequence);
    if (!equals(leaf.algorithm.oid, oid_rsa) || !shown) return mismatch();
    der::reader of_leaf(shown->content);
    const auto leaf_n = positive(of_leaf), leaf_e = positive(of_leaf);
    if (!leaf_n || !leaf_e || !std::ranges::equal(*n, *leaf_n) || !std::ranges::equal(*e, *leaf_e)) return mismatch();
    constexpr std::array no_parameters = {std::byte{0x05}, std::byte{0x00}};
    const auto oid = der::encode(der::tag::oid, {info.algorithm.oid});
    return rebuild(der::encode(der::tag::sequence, {oid, no_parameters}), info.key);
}

/// The public key beside a private one is dropped: libraries that believe it do not see that it belongs to another.
result<secret_bytes> accept_ec(const key_info& info, const public_key& leaf) {
    const auto on = judge_curve(info.algorithm.parameters, errc::malformed_key);
    if (!on) return std::unexpected(on.error());
    const auto key = der::single(info.key, der::tag::sequence);
    if (!key) return malformed("no EC key");
    der::reader in(key->content);
    const auto version = in.expect(der::tag::integer);
    const auto scalar = in.expect(der::tag::octet_string);
    if (!version || version->content.size() != 1 || version->content[0] != std::byte{1} || !scalar) {
        return malformed("no EC key");
    }
    if (const auto inside = in.optional(der::tag::context_constructed(0))) {
        if (!std::ranges::equal(inside->content, info.algorithm.parameters))
            return malformed("an EC key of two curves");
    }
    auto point = info.public_bits;
    if (const auto wrapped = in.optional(der::tag::context_constructed(1))) {
        const auto bits = der::single(wrapped->content, der::tag::bit_string);
        if (!bits || bits->content.empty() || bits->content.front() != std::byte{0}) return malformed("no EC key");
        point = bits->content.subspan(1);
    }
    if (!in.at_end()) return malformed("no EC key");

    const std::size_t size = on->order.size();
    // RFC 5915 3 wants exactly so many bytes. Some leave out leading zeros, and GnuTLS puts one before a key that would be
    // negative as an INTEGER, which every second key is.
    der::bytes number = scalar->content;
    if (number.size() == size + 1 && number.front() == std::byte{0}) number = number.subspan(1);
    if (number.empty() || number.size() > size) return malformed("an EC key of the wrong length");
    std::vector<std::byte> whole(size);
    std::ranges::copy(number, whole.end() - static_cast<std::ptrdiff_t>(number.size()));
    const secret_bytes padded(std::move(whole));
    const bool below = std::ranges::lexicographical_compare(padded.bytes(), std::as_bytes(on->order));
    if (!below || bits_of(padded.bytes()) == 0) return malformed("an EC key that is 0 or too large");

    if (!equals(leaf.algorithm.oid, oid_ec) ||
        !std::ranges::equal(leaf.algorithm.parameters, info.algorithm.parameters) ||
        (point && !std::ranges::equal(*point, leaf.key))) {
        return mismatch();
    }
    constexpr std::array version_1 = {std::byte{0x02}, std::byte{0x01}, std::byte{0x01}};
    const secret_bytes octets(der::encode(der::tag::octet_string, {padded.bytes()}));
    const secret_bytes sec1(der::encode(der::tag::sequence, {version_1, octets.bytes()}));
    return rebuild(info.algorithm.whole, sec1.bytes());
}

result<secret_bytes> accept_ed25519(const key_info& info, const public_key& leaf) {
    const auto seed = der::single(info.key, der::tag::octet_string);
    if (!info.algorithm.parameters.empty() || !seed || seed->content.size() != 32) return malformed("no Ed25519 key");
    if (!equals(leaf.algorithm.oid, oid_ed25519)) return mismatch();
    if (info.public_bits && !std::ranges::equal(*info.public_bits, leaf.key)) return mismatch();
    return rebuild(info.algorithm.whole, info.key);
}

}  // namespace

result<void> accept_public_key(der::bytes certificate) {
    const auto shown = parse_public(certificate);
    if (!shown) return fail(errc::malformed_certificate, "a key that cannot be parsed");
    if (equals(shown->algorithm.oid, oid_ed25519)) return {};
    if (equals(shown->algorithm.oid, oid_ec)) {
        const auto on = judge_curve(shown->algorithm.parameters, errc::malformed_certificate);
        return on ? result<void>() : std::unexpected(on.error());
    }
    if (!equals(shown->algorithm.oid, oid_rsa)) return unsupported("a kind of key that TLS here has no signatures for");
    const auto numbers = der::single(shown->key, der::tag::sequence);
    if (!numbers) return fail(errc::malformed_certificate, "a key that cannot be parsed");
    der::reader in(numbers->content);
    const auto n = positive(in), e = positive(in);
    return judge_rsa(n, e, errc::malformed_certificate);
}

result<secret_bytes> accept_private_key(der::bytes pkcs8, der::bytes certificate) {
    const auto info = parse_key_info(pkcs8);
    if (!info) return malformed("no PKCS#8");
    const auto leaf = parse_public(certificate);
    if (!leaf) return fail(errc::malformed_certificate, "a key that cannot be parsed");
    if (equals(info->algorithm.oid, oid_rsa)) return accept_rsa(*info, *leaf);
    if (equals(info->algorithm.oid, oid_ec)) return accept_ec(*info, *leaf);
    if (equals(info->algorithm.oid, oid_ed25519)) return accept_ed25519(*info, *leaf);
    return unsupported("a kind of key that TLS here has no signatures for");
}

}  // namespace tlseam::seam
