// SPDX-License-Identifier: Apache-2.0
// Certificates that their authorities have taken back (RFC 5280 6.3). Lists are those of the settings; nothing is
// fetched. Signatures are checked by the library, everything else here.
#include <algorithm>

#include "core/certificate_path.hpp"
#include "core/data.hpp"
#include "core/signature_algorithm.hpp"
#include "core/verify.hpp"

namespace tlseam::seam {
namespace {

using list = detail::crl_data::list;

/// Whether this list is the issuer's word, whatever its dates.
bool is_from(const list& it, const parsed_certificate& issuer) {
    const crl_fields& fields = it.fields;
    if (!std::ranges::equal(fields.issuer, issuer.fields.subject)) return false;
    if (!fields.issuer_key_id.empty() && !issuer.fields.key_id.empty() &&
        !std::ranges::equal(fields.issuer_key_id, issuer.fields.key_id)) {
        return false;
    }
    return issuer.fields.may(key_usage::crl_sign) && parse_signature_algorithm(fields.signature_algorithm) &&
           has_signed(issuer.der, fields.signature_algorithm, fields.signed_part, fields.signature);
}

/// A list without an end says nothing about today (RFC 5280 5.1.2.5).
bool is_current(const crl_fields& fields, std::chrono::sys_seconds time) {
    return fields.this_update <= time && fields.next_update && time <= *fields.next_update;
}

cert_errc judge(const std::vector<list>& lists, const parsed_certificate& certificate, const parsed_certificate& issuer,
                std::chrono::sys_seconds time) {
    cert_errc verdict = cert_errc::revocation_unavailable;
    for (const list& it : lists) {
        const bool revoked = it.fields.lists(certificate.fields.serial);
        const bool usable = it.fields.understood && is_current(it.fields, time);
        if ((!revoked && !usable) || !is_from(it, issuer)) continue;
        if (revoked) return cert_errc::revoked;  // nobody takes that back, so an old list will do
        verdict = cert_errc::none;
    }
    return verdict;
}

}  // namespace

void check_revocation(const verification& how, const certificate_path& path, std::chrono::sys_seconds time,
                      std::vector<chain_defect>& defects) {
    if (!how.more.crls) return;
    const std::size_t size = path.certificates.size(), below_anchor = path.complete ? size - 1 : size;
    const std::size_t end =
        how.more.crl_scope == crl_scope::leaf ? std::min<std::size_t>(below_anchor, 1) : below_anchor;
    for (std::size_t depth = 0; depth < end; ++depth) {
        // Who has no issuer here has no list either.
        const cert_errc code = depth + 1 == size ? cert_errc::revocation_unavailable
                                                 : judge(how.more.crls->data()->lists, *path.certificates[depth],
                                                         *path.certificates[depth + 1], time);
        if (code != cert_errc::none) defects.push_back({.code = code, .depth = static_cast<int>(depth)});
    }
}

}  // namespace tlseam::seam
