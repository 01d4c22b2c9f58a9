// SPDX-License-Identifier: Apache-2.0
// The extensions of a certificate (RFC 5280 4.2).
#pragma once

#include "core/x509.hpp"

namespace tlseam::seam {

/// content: of [3], the list of extensions. false: malformed, an extension comes twice, or the names cannot be read.
/// What else is wrong is noted in out. Throws std::bad_alloc.
[[nodiscard]] bool parse_extensions(der::bytes content, x509_fields& out);

/// Has a name: RDNSequence, sets of one or more type-and-value pairs.
[[nodiscard]] bool is_name(der::bytes content) noexcept;

}  // namespace tlseam::seam
