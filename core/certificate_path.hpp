// SPDX-License-Identifier: Apache-2.0
// The search for chains: which certificates could have issued which, by name and key identifier. Nothing is decided
// here; verify.cpp looks at every path, and the library at every signature. The search is ours because the libraries'
// differ in which of several ways they find, and one of them remembers what earlier peers sent.
#pragma once

#include <span>
#include <vector>

#include "core/anchors.hpp"

namespace tlseam::seam {

/// The most certificates in one chain, the anchor among them.
inline constexpr std::size_t longest_path = 16;

/// A chain as built: the peer's certificate first. complete: the last one is an anchor.
struct certificate_path {
    std::vector<const parsed_certificate*> certificates;
    bool complete = false;
};

/// Every way from leaf to an anchor, over the others in the order in which they were sent, ways that reach an anchor
/// sooner first; one incomplete way, the longest, when there is none. Bounded, whatever the peer sent. What is returned
/// points to what was given. Throws std::bad_alloc.
[[nodiscard]] std::vector<certificate_path> find_paths(const parsed_certificate& leaf,
                                                       std::span<const parsed_certificate> others,
                                                       const anchor_set& anchors);

/// Names fit, and key identifiers where both sides give one (RFC 5280 4.2.1.1).
[[nodiscard]] bool could_have_issued(const x509_fields& issuer, const x509_fields& issued) noexcept;

}  // namespace tlseam::seam
