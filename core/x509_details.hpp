// SPDX-License-Identifier: Apache-2.0
// Parts of a certificate that nothing is decided by, read when somebody asks for them.
#pragma once

#include <string_view>
#include <vector>

#include "core/x509.hpp"

namespace tlseam::seam {

/// The value of the extension with this OID (its content); empty when there is none.
[[nodiscard]] der::bytes find_extension(const x509_fields& fields, std::string_view oid) noexcept;

/// Contents of URIs; what is of another kind is passed over. Empty where the extension is missing or malformed.
struct access_locations {
    std::vector<der::bytes> ocsp;
    std::vector<der::bytes> ca_issuers;
};
[[nodiscard]] access_locations authority_access(const x509_fields& fields);      // RFC 5280 4.2.2.1
[[nodiscard]] std::vector<der::bytes> crl_locations(const x509_fields& fields);  // RFC 5280 4.2.1.13, full names

/// The OIDs (contents) of extKeyUsage; empty where it is missing or malformed.
[[nodiscard]] std::vector<der::bytes> purposes(const x509_fields& fields);

}  // namespace tlseam::seam
