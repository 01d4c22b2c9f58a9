// SPDX-License-Identifier: Apache-2.0
#include "core/x509_extensions.hpp"

#include <algorithm>
#include <array>

namespace tlseam::seam {
namespace {

constexpr std::uint8_t id_ce_1 = 0x55, id_ce_2 = 0x1d;  // 2.5.29, which every extension that is known here begins with

constexpr std::uint8_t subject_key_id = 14, key_usage_id = 15, subject_alt_name = 17, basic_constraints = 19,
                       name_constraints_id = 30, crl_distribution_points = 31, authority_key_id = 35,
                       extended_key_usage = 37;

/// The last arc of 2.5.29.N, or 0 for any other OID.
std::uint8_t known_extension(der::bytes oid) {
    if (oid.size() != 3 || oid[0] != std::byte{id_ce_1} || oid[1] != std::byte{id_ce_2}) return 0;
    return std::to_integer<std::uint8_t>(oid[2]);
}

/// BOOLEAN: DER knows 0x00 and 0xff (X.690 11.1).
std::optional<bool> parse_boolean(der::bytes content) {
    if (content.size() != 1) return std::nullopt;
    if (content[0] == std::byte{0xff}) return true;
    if (content[0] == std::byte{0}) return false;
    return std::nullopt;
}

bool parse_basic_constraints(der::bytes value, x509_fields& out) {
    const auto fields = der::single(value, der::tag::sequence);
    if (!fields) return false;
    der::reader in(fields->content);
    if (const auto ca = in.optional(der::tag::boolean)) {
        const auto is_ca = parse_boolean(ca->content);
        if (!is_ca) return false;
        out.is_ca = *is_ca;
    }
    if (const auto length = in.optional(der::tag::integer)) {
        if (!der::is_integer(length->content) || std::to_integer<int>(length->content[0]) > 0x7f) return false;
        unsigned value_of = 0;
        for (const std::byte b : length->content) {
            value_of = value_of > 0xffff ? value_of : value_of << 8 | std::to_integer<unsigned>(b);
        }
        out.path_length = value_of;
    }
    return in.at_end();
}

bool parse_key_usage(der::bytes value, x509_fields& out) {
    const auto bits = der::single(value, der::tag::bit_string);
    if (!bits || bits->content.size() < 2 || bits->content.size() > 3) return false;
    std::uint16_t usage = 0;
    for (unsigned i = 0; i < (bits->content.size() - 1) * 8; ++i) {
        const auto byte = std::to_integer<unsigned>(bits->content[1 + i / 8]);
        if ((byte >> (7 - i % 8) & 1) != 0) usage = static_cast<std::uint16_t>(usage | 1U << i);
    }
    out.usage = usage;
    return true;
}

bool parse_extended_usage(der::bytes value, x509_fields& out) {
    constexpr std::array<std::uint8_t, 7> purposes = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03};  // 1.3.6.1.5.5.7.3
    constexpr auto server = std::byte{1}, client = std::byte{2}, ocsp_signing = std::byte{9};
    const auto list = der::single(value, der::tag::sequence);
    if (!list) return false;
    extended_usage found;
    der::reader in(list->content);
    while (!in.at_end()) {
        const auto purpose = in.expect(der::tag::oid);
        if (!purpose || !der::is_oid(purpose->content)) return false;
        const auto oid = purpose->content;
        if (oid.size() != purposes.size() + 1 ||
            !std::ranges::equal(oid.first(purposes.size()), std::as_bytes(std::span(purposes)))) {
            continue;
        }
        if (oid.back() == server) found.server = true;
        if (oid.back() == client) found.client = true;
        if (oid.back() == ocsp_signing) found.ocsp_signing = true;
    }
    out.extended = found;
    return true;
}

/// Who is no authority signs no certificates and gives no names (RFC 5280 4.2.1.9, 4.2.1.10).
bool contradicts_itself(const x509_fields& it) {
    return !it.is_ca && (it.constraints || (it.usage && it.may(key_usage::key_cert_sign)));
}

/// As far as a reader that does not use it can tell: authorityInfoAccess, cRLDistributionPoints.
bool is_list_of_sequences(der::bytes value) {
    const auto list = der::single(value, der::tag::sequence);
    if (!list || list->content.empty()) return false;
    der::reader in(list->content);
    while (!in.at_end()) {
        if (!in.expect(der::tag::sequence)) return false;
    }
    return true;
}

/// One GeneralName (RFC 5280 4.2.1.6) to the list of its kind.
bool add_name(const der::element& name, general_names& out) {
    constexpr unsigned email = 1, dns = 2, directory = 4, uri = 6, ip = 7;
    if (name.tag == der::tag::context(email)) {
        out.email.push_back(name.content);
    } else if (name.tag == der::tag::context(dns)) {
        out.dns.push_back(name.content);
    } else if (name.tag == der::tag::context(uri)) {
        out.uri.push_back(name.content);
    } else if (name.tag == der::tag::context(ip)) {
        out.ip.push_back(name.content);
    } else if (name.tag == der::tag::context_constructed(directory)) {
        const auto inner = der::single(name.content, der::tag::sequence);
        if (!inner || !is_name(inner->content)) return false;
        out.directory.push_back(inner->content);
    } else {
        out.others = true;
    }
    return true;
}

/// At least one name; addresses of 4 or 16 bytes; no NUL in a host name, where readers would differ on its end.
bool parse_alt_names(der::bytes value, x509_fields& out) {
    out.has_alt_name = true;
    const auto names = der::single(value, der::tag::sequence);
    if (!names || names->content.empty()) return false;
    der::reader in(names->content);
    while (!in.at_end()) {
        const auto name = in.any();
        if (!name || !add_name(*name, out.alt_names)) return false;
    }
    out.dns_names = out.alt_names.dns;
    out.ip_addresses = out.alt_names.ip;
    const auto is_address = [](der::bytes ip) { return ip.size() == 4 || ip.size() == 16; };
    const auto has_nul = [](der::bytes name) { return std::ranges::find(name, std::byte{0}) != name.end(); };
    return std::ranges::all_of(out.ip_addresses, is_address) && std::ranges::none_of(out.dns_names, has_nul);
}

/// GeneralSubtrees: minimum and maximum are never used (RFC 5280 4.2.1.10).
bool parse_subtrees(der::bytes content, general_names& out) {
    der::reader in(content);
    while (!in.at_end()) {
        const auto subtree = in.expect(der::tag::sequence);
        if (!subtree) return false;
        der::reader fields(subtree->content);
        const auto base = fields.any();
        if (!base || !fields.at_end() || !add_name(*base, out)) return false;
    }
    return true;
}

bool parse_name_constraints(der::bytes value, x509_fields& out) {
    const auto fields = der::single(value, der::tag::sequence);
    if (!fields) return false;
    der::reader in(fields->content);
    auto& constraints = out.constraints.emplace();
    const auto permitted = in.optional(der::tag::context_constructed(0));
    if (permitted && !parse_subtrees(permitted->content, constraints.permitted)) return false;
    const auto excluded = in.optional(der::tag::context_constructed(1));
    if (excluded && !parse_subtrees(excluded->content, constraints.excluded)) return false;
    return in.at_end();
}

bool parse_subject_key_id(der::bytes value, x509_fields& out) {
    const auto id = der::single(value, der::tag::octet_string);
    if (!id) return false;
    out.key_id = id->content;
    return true;
}

bool parse_authority_key_id(der::bytes value, x509_fields& out) {
    const auto fields = der::single(value, der::tag::sequence);
    if (!fields) return false;
    der::reader in(fields->content);
    if (const auto id = in.optional(der::tag::context(0))) out.issuer_key_id = id->content;
    return true;
}

/// TLS Feature (RFC 7633): numbers of TLS extensions.
bool parse_tls_feature(der::bytes value, x509_fields& out) {
    constexpr auto status_request = std::byte{5};
    const auto list = der::single(value, der::tag::sequence);
    if (!list) return false;
    der::reader in(list->content);
    while (!in.at_end()) {
        const auto number = in.expect(der::tag::integer);
        if (!number || !der::is_integer(number->content)) return false;
        out.must_staple |= number->content.size() == 1 && number->content[0] == status_request;
    }
    return true;
}

/// critical: with what is critical and not known here, nobody may go on (RFC 5280 4.2); policies are not processed. The
/// key identifiers help to find an issuer and must never be critical.
bool parse_extension(der::bytes oid, bool critical, der::bytes value, x509_fields& out) {
    constexpr std::array<std::uint8_t, 8> authority_info_access = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x01};
    if (std::ranges::equal(oid, std::as_bytes(std::span(authority_info_access)))) {
        out.unknown_critical |= critical;
        return is_list_of_sequences(value);
    }
    constexpr std::array<std::uint8_t, 8> tls_feature = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x18};
    if (std::ranges::equal(oid, std::as_bytes(std::span(tls_feature)))) {
        out.unknown_critical |= critical;
        return parse_tls_feature(value, out);
    }
    switch (known_extension(oid)) {
        case basic_constraints: return parse_basic_constraints(value, out);
        case key_usage_id: return parse_key_usage(value, out);
        case extended_key_usage: return parse_extended_usage(value, out);
        case subject_alt_name: return parse_alt_names(value, out);
        case name_constraints_id: return parse_name_constraints(value, out);
        case subject_key_id: out.unknown_critical |= critical; return parse_subject_key_id(value, out);
        case authority_key_id: out.unknown_critical |= critical; return parse_authority_key_id(value, out);
        case crl_distribution_points: out.unknown_critical |= critical; return is_list_of_sequences(value);
        default: out.unknown_critical |= critical; return true;
    }
}

}  // namespace

bool parse_extensions(der::bytes content, x509_fields& out) {
    const auto list = der::single(content, der::tag::sequence);
    if (!list) return false;
    std::vector<der::bytes> seen;
    const bool whole = for_each_extension(list->content, [&](der::bytes oid, bool critical, der::bytes value) {
        if (!der::is_oid(oid)) return false;
        seen.push_back(oid);
        if (parse_extension(oid, critical, value, out)) return true;
        out.malformed_extension = true;
        return known_extension(oid) != subject_alt_name;
    });
    if (!whole) return false;
    if (contradicts_itself(out)) out.malformed_extension = true;
    // Sorted, so that a certificate with very many extensions costs no square of their number.
    std::ranges::sort(seen, [](der::bytes a, der::bytes b) { return std::ranges::lexicographical_compare(a, b); });
    const auto same = [](der::bytes a, der::bytes b) { return std::ranges::equal(a, b); };
    return std::ranges::adjacent_find(seen, same) == seen.end();
}

bool is_name(der::bytes content) noexcept {
    der::reader steps(content);
    while (!steps.at_end()) {
        const auto step = steps.expect(der::tag::set);
        if (!step || step->content.empty()) return false;
        der::reader attributes(step->content);
        while (!attributes.at_end()) {
            const auto attribute = attributes.expect(der::tag::sequence);
            if (!attribute) return false;
            der::reader parts(attribute->content);
            const auto type = parts.expect(der::tag::oid);
            if (!type || !der::is_oid(type->content) || !parts.any() || !parts.at_end()) return false;
        }
    }
    return true;
}

}  // namespace tlseam::seam
