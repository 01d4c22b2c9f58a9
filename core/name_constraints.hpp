// SPDX-License-Identifier: Apache-2.0
// Which names an authority may give (RFC 5280 4.2.1.10).
#pragma once

#include "core/x509.hpp"

namespace tlseam::seam {

/// Every name of a certificate, its subject among them, is one that these constraints permit, and none that they
/// exclude. A name of a kind that is constrained and not known here is refused, and so is one that a malformed
/// constraint speaks of; so are so many names and constraints that comparing them all would take long.
[[nodiscard]] bool are_within(const x509_fields& certificate, const name_constraints& constraints);

}  // namespace tlseam::seam
