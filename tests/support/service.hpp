// SPDX-License-Identifier: Apache-2.0
// Listeners on loopback, and clients that talk to them.
#pragma once

#include <cstdint>
#include <string_view>

#include <tlseam/tlseam.hpp>

#include "tests/support/settings.hpp"

namespace tlseam_test {

/// On a port of the system's choice. Throws tlseam::exception.
[[nodiscard]] tlseam::listener listening(const contexts& made, std::string_view host = "127.0.0.1");
[[nodiscard]] std::uint16_t port_of(const tlseam::listener& l);

/// Connects to the listener on 127.0.0.1, under the names of the contexts. Needs somebody who accepts.
[[nodiscard]] tlseam::result<tlseam::stream> call(const contexts& made, const tlseam::listener& l);

/// One client is served, from accept() to an exchange of data. Failures are reported.
void expect_service(const contexts& made, tlseam::listener& l);

}  // namespace tlseam_test
