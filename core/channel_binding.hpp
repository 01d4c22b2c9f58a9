// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/seam.hpp"

namespace tlseam::seam {

/// For tls-server-end-point (RFC 5929 4.1): the hash that the certificate was signed with, but nothing older than
/// SHA-256. identifier: its AlgorithmIdentifier. Errors: unsupported.
[[nodiscard]] result<hash_kind> end_point_hash(der_bytes identifier);

}  // namespace tlseam::seam
