// SPDX-License-Identifier: Apache-2.0
#include "core/x509.hpp"

#include <algorithm>
#include <bit>

#include "core/x509_extensions.hpp"

namespace tlseam::seam {
namespace {

template <std::size_t N>
bool equals(der::bytes a, const std::uint8_t (&b)[N]) {
    return std::ranges::equal(a, b, [](std::byte x, std::uint8_t y) { return std::to_integer<std::uint8_t>(x) == y; });
}

constexpr std::uint8_t oid_rsa[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01};
constexpr std::uint8_t oid_rsa_pss[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a};
constexpr std::uint8_t oid_ec[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
constexpr std::uint8_t oid_ed25519[] = {0x2b, 0x65, 0x70};
constexpr std::uint8_t oid_ed448[] = {0x2b, 0x65, 0x71};
constexpr std::uint8_t oid_p192[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x01};
constexpr std::uint8_t oid_p224[] = {0x2b, 0x81, 0x04, 0x00, 0x21};
constexpr std::uint8_t oid_p256[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
constexpr std::uint8_t oid_p384[] = {0x2b, 0x81, 0x04, 0x00, 0x22};
constexpr std::uint8_t oid_p521[] = {0x2b, 0x81, 0x04, 0x00, 0x23};
constexpr std::uint8_t oid_secp256k1[] = {0x2b, 0x81, 0x04, 0x00, 0x0a};
constexpr std::uint8_t oid_brainpool_p256[] = {0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x07};
constexpr std::uint8_t oid_brainpool_p384[] = {0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0b};
constexpr std::uint8_t oid_brainpool_p512[] = {0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0d};

unsigned curve_bits(der::bytes parameters) {
    const auto curve = der::single(parameters, der::tag::oid);
    if (!curve) return 0;  // explicit parameters
    if (equals(curve->content, oid_p192)) return 192;
    if (equals(curve->content, oid_p224)) return 224;
    if (equals(curve->content, oid_p256)) return 256;
    if (equals(curve->content, oid_p384)) return 384;
    if (equals(curve->content, oid_p521)) return 521;
    if (equals(curve->content, oid_secp256k1)) return 256;
    if (equals(curve->content, oid_brainpool_p256)) return 256;
    if (equals(curve->content, oid_brainpool_p384)) return 384;
    if (equals(curve->content, oid_brainpool_p512)) return 512;
    return 0;  // so that whoever asks for a minimum refuses it: most curves that are not listed are too short
}

unsigned integer_bits(der::bytes integer) {
    while (!integer.empty() && integer.front() == std::byte{0}) integer = integer.subspan(1);
    if (integer.empty()) return 0;
    const auto top = std::to_integer<unsigned>(integer.front());
    return static_cast<unsigned>((integer.size() - 1) * 8) + static_cast<unsigned>(std::bit_width(top));
}

std::optional<unsigned> rsa_bits(der::bytes key_bits) {
    if (key_bits.empty() || key_bits.front() != std::byte{0}) return std::nullopt;  // unused bits of the BIT STRING
    const auto key = der::single(key_bits.subspan(1), der::tag::sequence);
    if (!key) return std::nullopt;
    const auto modulus = der::reader(key->content).expect(der::tag::integer);
    if (!modulus || !der::is_integer(modulus->content)) return std::nullopt;
    return integer_bits(modulus->content);
}

/// [0] EXPLICIT INTEGER: 0, 1 and 2 stand for versions 1, 2 and 3.
std::optional<unsigned> parse_version(der::bytes wrapped) {
    const auto version = der::single(wrapped, der::tag::integer);
    if (!version || version->content.size() != 1 || version->content[0] > std::byte{2}) return std::nullopt;
    return std::to_integer<unsigned>(version->content[0]) + 1;
}

bool is_bit_string(der::bytes content) {
    return !content.empty() && content[0] <= std::byte{7};  // unused bits of the last byte
}

bool parse_key(der::bytes spki, x509_fields& out) {
    der::reader in(spki);
    const auto algorithm = in.expect(der::tag::sequence);
    const auto key = in.expect(der::tag::bit_string);
    if (!algorithm || !key || !in.at_end()) return false;
    der::reader algorithm_in(algorithm->content);
    const auto oid = algorithm_in.expect(der::tag::oid);
    if (!oid || !der::is_oid(oid->content) || !is_bit_string(key->content)) return false;
    out.key_algorithm = oid->content;
    if (equals(oid->content, oid_rsa) || equals(oid->content, oid_rsa_pss)) {
        const auto bits = rsa_bits(key->content);
        if (!bits) return false;
        out.key = key_kind::rsa;
        out.is_for_pss_only = equals(oid->content, oid_rsa_pss);
        out.key_bits = *bits;
    } else if (equals(oid->content, oid_ec)) {
        out.key = key_kind::ec;
        out.key_bits = curve_bits(algorithm_in.rest());
    } else if (equals(oid->content, oid_ed25519)) {
        out.key = key_kind::ed25519;
        out.key_bits = 256;
    } else if (equals(oid->content, oid_ed448)) {
        out.key = key_kind::ed448;
        out.key_bits = 456;
    }
    return true;
}

}  // namespace

std::optional<x509_fields> parse_x509(std::span<const std::byte> input) {
    const auto certificate = der::single(input, der::tag::sequence);
    if (!certificate) return std::nullopt;
    der::reader outer(certificate->content);
    const auto tbs = outer.expect(der::tag::sequence);
    const auto signature_algorithm = outer.expect(der::tag::sequence);
    const auto signature = outer.expect(der::tag::bit_string);
    if (!tbs || !signature_algorithm || !signature || !outer.at_end()) return std::nullopt;
    if (signature->content.empty() || signature->content[0] != std::byte{0}) return std::nullopt;  // whole bytes

    x509_fields out;
    der::reader in(tbs->content);
    const auto version = in.optional(der::tag::context_constructed(0));
    if (version) {
        const auto number = parse_version(version->content);
        if (!number) return std::nullopt;
        out.version = *number;
    }
    const auto serial = in.expect(der::tag::integer);
    const auto algorithm = in.expect(der::tag::sequence);
    const auto issuer = in.expect(der::tag::sequence);
    const auto validity = in.expect(der::tag::sequence);
    const auto subject = in.expect(der::tag::sequence);
    const auto key = in.expect(der::tag::sequence);
    if (!serial || !algorithm || !issuer || !validity || !subject || !key) return std::nullopt;
    if (!std::ranges::equal(algorithm->whole, signature_algorithm->whole)) return std::nullopt;  // RFC 5280 4.1.1.2
    if (!der::is_integer(serial->content) || !is_name(issuer->content) || !is_name(subject->content))
        return std::nullopt;
    out.tbs = tbs->whole;
    out.signature_algorithm = signature_algorithm->whole;
    out.signature = signature->content.subspan(1);
    out.spki = key->whole;
    out.serial = serial->content;
    out.issuer = issuer->content;
    out.subject = subject->content;

    der::reader dates(validity->content);
    const auto from = dates.any();
    const auto to = dates.any();
    if (!from || !to || !dates.at_end()) return std::nullopt;
    const auto not_before = parse_time(*from);
    const auto not_after = parse_time(*to);
    if (!not_before || !not_after) return std::nullopt;
    out.not_before = *not_before;
    out.not_after = *not_after;

    if (!parse_key(key->content, out)) return std::nullopt;
    (void)in.optional(der::tag::context(1));  // unique identifiers
    (void)in.optional(der::tag::context(2));
    if (const auto extensions = in.optional(der::tag::context_constructed(3))) {
        if (out.version != 3 || !parse_extensions(extensions->content, out)) return std::nullopt;
        out.extensions = extensions->content;
    }
    if (!in.at_end()) return std::nullopt;
    return out;
}

bool x509_fields::is_self_issued() const noexcept { return std::ranges::equal(issuer, subject); }

std::optional<std::chrono::sys_seconds> parse_time(const der::element& time) noexcept {
    const bool two_digits = time.tag == der::tag::utc_time;
    if (!two_digits && time.tag != der::tag::generalized_time) return std::nullopt;
    const std::size_t digits = two_digits ? 12 : 14;
    if (time.content.size() != digits + 1 || time.content.back() != std::byte{'Z'}) return std::nullopt;
    const auto is_digit = [](std::byte b) { return b >= std::byte{'0'} && b <= std::byte{'9'}; };
    if (!std::ranges::all_of(time.content.first(digits), is_digit)) return std::nullopt;

    std::size_t at = 0;
    const auto number = [&](std::size_t count) {
        unsigned value = 0;
        for (; count > 0; --count) value = value * 10 + std::to_integer<unsigned>(time.content[at++]) - '0';
        return value;
    };
    unsigned year = two_digits ? number(2) : number(4);
    if (two_digits) year += year < 50 ? 2000 : 1900;
    const unsigned month = number(2), day = number(2), hour = number(2), minute = number(2), second = number(2);
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)), std::chrono::month(month),
                                           std::chrono::day(day)};
    if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
           std::chrono::seconds(second);
}

}  // namespace tlseam::seam
