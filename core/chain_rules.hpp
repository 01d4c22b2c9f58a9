// SPDX-License-Identifier: Apache-2.0
// What RFC 5280 6.1 asks of a chain, signatures and revocation apart. The libraries check most of it too; but each in
// its own way, and with gaps of its own. Core's answer is the same on all of them, and whatever a library finds beyond
// it counts too.
#pragma once

#include <chrono>
#include <vector>

#include <tlseam/types.hpp>

#include "core/certificate_path.hpp"
#include "core/seam.hpp"

namespace tlseam::seam {

/// peer: whose chain it is, a server's or a client's. Adds what is wrong, in no particular order.
///
/// Of every certificate: dates (the first and the last second count), a key of at least 2048 bits (RSA) or 256 (EC) of
/// a kind that is known, no critical extension that is not known. Of the peer's own: extKeyUsage, if there, names the
/// role (anyExtendedKeyUsage is not enough), and keyUsage, if there, allows digitalSignature, as every suite of ours
/// signs. Of an issuer: it is an authority (basicConstraints), may sign certificates (keyUsage), has an extKeyUsage
/// that names the role too if it has one, and its path length and name constraints hold; of an anchor the same. Of all
/// but the anchor: a signature algorithm that is known and not SHA-1 or older, the same in both places.
void check_rules(const certificate_path& path, role peer, std::chrono::sys_seconds time,
                 std::vector<chain_defect>& defects);

/// Too short, on a curve or of a kind that is not known.
[[nodiscard]] bool is_weak_key(const x509_fields& fields);

}  // namespace tlseam::seam
