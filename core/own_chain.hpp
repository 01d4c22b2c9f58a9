// SPDX-License-Identifier: Apache-2.0
// Which chains we show. Some libraries refuse to load what their peers would refuse, some when a handshake needs it, and
// some never; here it is known when the chain is loaded, on every backend.
#pragma once

#include <span>

#include <tlseam/certificate.hpp>

namespace tlseam::seam {

/// chain: leaf first. The leaf's key is one that we can be known by (accept_public_key()); what chain_rules.hpp asks of
/// keys and signatures holds for all of it, but for the signature of a certificate on itself.
/// Errors: malformed_certificate, weak_key, weak_signature, unsupported_key. The sentence starts with source, if any.
[[nodiscard]] result<void> accept_own_chain(std::span<const certificate> chain, const std::string& source);

}  // namespace tlseam::seam
