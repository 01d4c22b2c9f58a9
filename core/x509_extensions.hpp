// SPDX-License-Identifier: Apache-2.0
// The extensions of a certificate (RFC 5280 4.2), and lists of extensions elsewhere.
#pragma once

#include "core/x509.hpp"

namespace tlseam::seam {

/// Calls found(oid, critical, value) for each extension of a list (the content of its SEQUENCE), until it returns
/// false. False then, and for a list that is malformed.
template <class Found>
[[nodiscard]] bool for_each_extension(der::bytes list, Found found) {
    der::reader in(list);
    while (!in.at_end()) {
        const auto extension = in.expect(der::tag::sequence);
        if (!extension) return false;
        der::reader fields(extension->content);
        const auto oid = fields.expect(der::tag::oid);
        const auto flag = fields.optional(der::tag::boolean);
        const auto value = fields.expect(der::tag::octet_string);
        if (!oid || !value || !fields.at_end() || (flag && flag->content.size() != 1)) return false;
        const bool critical = flag && flag->content[0] != std::byte{0};
        if (!found(oid->content, critical, value->content)) return false;
    }
    return true;
}

/// content: of [3], the list of extensions. false: malformed, an extension comes twice, or the names cannot be read.
/// What else is wrong is noted in out. Throws std::bad_alloc.
[[nodiscard]] bool parse_extensions(der::bytes content, x509_fields& out);

/// Has a name: RDNSequence, sets of one or more type-and-value pairs.
[[nodiscard]] bool is_name(der::bytes content) noexcept;

}  // namespace tlseam::seam
