// SPDX-License-Identifier: Apache-2.0
// The JA4 fingerprint of a ClientHello: what a client program offers, without what changes from connection to
// connection.
#pragma once

#include <string>

#include "core/client_hello.hpp"

namespace tlseam::seam {

/// Always over TCP: it starts with "t". Throws std::bad_alloc only.
[[nodiscard]] std::string ja4(const client_hello& hello);

}  // namespace tlseam::seam
