// SPDX-License-Identifier: Apache-2.0
// The fields of a certificate revocation list (RFC 5280 5.1).
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/der.hpp"

namespace tlseam::seam {

/// Spans point into the bytes that were parsed.
struct crl_fields {
    der::bytes issuer;  // the Name's content
    std::chrono::sys_seconds this_update;
    std::optional<std::chrono::sys_seconds> next_update;
    std::vector<der::bytes> revoked;  // serial numbers, sorted
    der::bytes issuer_key_id;         // of authorityKeyIdentifier; empty: none
    der::bytes signed_part;           // with tag and length
    der::bytes signature_algorithm;   // AlgorithmIdentifier, with tag and length
    der::bytes signature;             // without the count of unused bits, which is 0
    /// No critical extension, of the list or of an entry: those make it speak of some certificates only, or of another
    /// issuer's, or of the changes since another list.
    bool understood = true;

    [[nodiscard]] bool lists(der::bytes serial) const noexcept;
};

/// One whole list without bytes behind it. The signature is the library's business. Throws std::bad_alloc.
[[nodiscard]] std::optional<crl_fields> parse_crl(der::bytes der);

}  // namespace tlseam::seam
