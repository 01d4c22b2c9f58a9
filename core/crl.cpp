// SPDX-License-Identifier: Apache-2.0
#include "core/crl.hpp"

#include <algorithm>
#include <array>

#include "core/x509.hpp"
#include "core/x509_extensions.hpp"

namespace tlseam::seam {
namespace {

bool less(der::bytes a, der::bytes b) { return std::ranges::lexicographical_compare(a, b); }

/// Calls found(oid, value) for each. Critical ones make the list one that is not understood.
template <class Found>
bool read_extensions(der::bytes list, crl_fields& out, Found found) {
    return for_each_extension(list, [&](der::bytes oid, bool critical, der::bytes value) {
        if (critical) out.understood = false;
        found(oid, value);
        return true;
    });
}

bool read_list_extensions(der::bytes content, crl_fields& out) {
    constexpr std::array<std::uint8_t, 3> authority_key_id = {0x55, 0x1d, 0x23};
    const auto list = der::single(content, der::tag::sequence);
    return list && read_extensions(list->content, out, [&](der::bytes oid, der::bytes value) {
               if (!std::ranges::equal(oid, std::as_bytes(std::span(authority_key_id)))) return;
               const auto id = der::single(value, der::tag::sequence);
               if (!id) return;
               if (const auto key = der::reader(id->content).optional(der::tag::context(0))) {
                   out.issuer_key_id = key->content;
               }
           });
}

bool read_entries(der::bytes content, crl_fields& out) {
    der::reader in(content);
    while (!in.at_end()) {
        const auto entry = in.expect(der::tag::sequence);
        if (!entry) return false;
        der::reader fields(entry->content);
        const auto serial = fields.expect(der::tag::integer);
        const auto date = fields.any();
        if (!serial || !der::is_integer(serial->content) || !date || !parse_time(*date)) return false;
        out.revoked.push_back(serial->content);
        const auto extensions = fields.optional(der::tag::sequence);
        if (extensions && !read_extensions(extensions->content, out, [](der::bytes, der::bytes) {})) return false;
        if (!fields.at_end()) return false;
    }
    std::ranges::sort(out.revoked, less);
    return true;
}

bool is_time(std::uint8_t tag) { return tag == der::tag::utc_time || tag == der::tag::generalized_time; }

bool read_signed_part(der::bytes content, der::bytes algorithm_outside, crl_fields& out) {
    der::reader in(content);
    if (const auto version = in.optional(der::tag::integer)) {
        if (version->content.size() != 1 || version->content[0] != std::byte{1}) return false;  // version 2
    }
    const auto algorithm = in.expect(der::tag::sequence);
    const auto issuer = in.expect(der::tag::sequence);
    const auto from = in.any();
    if (!algorithm || !std::ranges::equal(algorithm->whole, algorithm_outside)) return false;
    if (!issuer || !is_name(issuer->content) || !from) return false;
    const auto this_update = parse_time(*from);
    if (!this_update) return false;
    out.issuer = issuer->content;
    out.this_update = *this_update;
    if (is_time(in.peek())) {
        const auto until = in.any();  // whose tag is there, but perhaps not the rest
        if (!until || !(out.next_update = parse_time(*until))) return false;
    }
    const auto entries = in.optional(der::tag::sequence);
    if (entries && !read_entries(entries->content, out)) return false;
    const auto extensions = in.optional(der::tag::context_constructed(0));
    if (extensions && !read_list_extensions(extensions->content, out)) return false;
    return in.at_end();
}

}  // namespace

bool crl_fields::lists(der::bytes serial) const noexcept { return std::ranges::binary_search(revoked, serial, less); }

std::optional<crl_fields> parse_crl(der::bytes der) {
    const auto list = der::single(der, der::tag::sequence);
    if (!list) return std::nullopt;
    der::reader in(list->content);
    const auto tbs = in.expect(der::tag::sequence);
    const auto algorithm = in.expect(der::tag::sequence);
    const auto signature = in.expect(der::tag::bit_string);
    if (!tbs || !algorithm || !signature || !in.at_end()) return std::nullopt;
    if (signature->content.empty() || signature->content[0] != std::byte{0}) return std::nullopt;
    crl_fields out;
    out.signed_part = tbs->whole;
    out.signature_algorithm = algorithm->whole;
    out.signature = signature->content.subspan(1);
    if (!read_signed_part(tbs->content, algorithm->whole, out)) return std::nullopt;
    return out;
}

}  // namespace tlseam::seam
