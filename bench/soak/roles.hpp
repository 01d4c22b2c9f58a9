// SPDX-License-Identifier: Apache-2.0
// The two roles, each a process that takes commands as lines of its standard input and answers with lines of JSON.
#pragma once

#include <cstdint>
#include <string>

namespace soak {

/// Says {"port": N, "port_with_client_certificates": N} and serves, with new certificates all the time.
///   rest    once the connections that are open have ended, says what there is (rest.hpp), and goes on
/// Ends at the end of its input. certs: the directory. Throws tlseam::exception and std::system_error.
void serve(const std::string& certs);

struct ports {
    std::uint16_t plain = 0, with_client_certificates = 0;
};
///   run SEED COUNT SECONDS    so many connections, or as many as begin in so many seconds, each with a seed that
///                             follows from this one; says what there is when they have ended. COUNT 1: with this seed
/// Ends at the end of its input.
void call(const std::string& certs, const ports& to);

}  // namespace soak
