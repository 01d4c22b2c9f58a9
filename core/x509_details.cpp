// SPDX-License-Identifier: Apache-2.0
#include "core/x509_details.hpp"

#include <algorithm>

namespace tlseam::seam {
namespace {

using der::bytes;

constexpr std::string_view extended_key_usage_id = "\x55\x1d\x25", crl_points_id = "\x55\x1d\x1f",
                           authority_access_id = "\x2b\x06\x01\x05\x05\x07\x01\x01",
                           ocsp_id = "\x2b\x06\x01\x05\x05\x07\x30\x01",
                           ca_issuers_id = "\x2b\x06\x01\x05\x05\x07\x30\x02";
constexpr std::uint8_t uri_tag = der::tag::context(6);  // of GeneralName

bool equals(bytes oid, std::string_view other) noexcept {
    return std::ranges::equal(oid, std::as_bytes(std::span(other)));
}

/// Calls each(element) for the members of a SEQUENCE OF; false when one is not as it should be.
bool for_each(bytes value, std::uint8_t tag, auto&& each) {
    const auto list = der::single(value, der::tag::sequence);
    if (!list) return false;
    der::reader in(list->content);
    while (!in.at_end()) {
        const auto member = in.expect(tag);
        if (!member || !each(*member)) return false;
    }
    return true;
}

/// The URIs of DistributionPointName's fullName: [0] { [0] { GeneralName... } }.
bool add_uris_of_point(const der::element& point, std::vector<bytes>& out) {
    der::reader fields(point.content);
    const auto name = fields.optional(der::tag::context_constructed(0));
    if (!name) return true;
    const auto full = der::reader(name->content).optional(der::tag::context_constructed(0));
    if (!full) return true;
    der::reader names(full->content);
    while (!names.at_end()) {
        const auto each = names.any();
        if (!each) return false;
        if (each->tag == uri_tag) out.push_back(each->content);
    }
    return true;
}

}  // namespace

bytes find_extension(const x509_fields& fields, std::string_view oid) noexcept {
    bytes found;
    (void)for_each(fields.extensions, der::tag::sequence, [&](const der::element& extension) {
        der::reader in(extension.content);
        const auto id = in.expect(der::tag::oid);
        (void)in.optional(der::tag::boolean);
        const auto value = in.expect(der::tag::octet_string);
        if (id && value && equals(id->content, oid)) found = value->content;
        return true;
    });
    return found;
}

access_locations authority_access(const x509_fields& fields) {
    access_locations out;
    const bool good =
        for_each(find_extension(fields, authority_access_id), der::tag::sequence, [&](const der::element& access) {
            der::reader in(access.content);
            const auto method = in.expect(der::tag::oid);
            const auto location = in.any();
            if (!method || !location || !in.at_end()) return false;
            if (location->tag != uri_tag) return true;
            if (equals(method->content, ocsp_id)) out.ocsp.push_back(location->content);
            if (equals(method->content, ca_issuers_id)) out.ca_issuers.push_back(location->content);
            return true;
        });
    return good ? out : access_locations();
}

std::vector<bytes> crl_locations(const x509_fields& fields) {
    std::vector<bytes> out;
    const bool good = for_each(find_extension(fields, crl_points_id), der::tag::sequence,
                               [&](const der::element& point) { return add_uris_of_point(point, out); });
    return good ? out : std::vector<bytes>();
}

std::vector<bytes> purposes(const x509_fields& fields) {
    std::vector<bytes> out;
    const bool good =
        for_each(find_extension(fields, extended_key_usage_id), der::tag::oid, [&](const der::element& purpose) {
            out.push_back(purpose.content);
            return der::is_oid(purpose.content);
        });
    return good ? out : std::vector<bytes>();
}

}  // namespace tlseam::seam
