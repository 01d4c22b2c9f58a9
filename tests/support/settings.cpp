// SPDX-License-Identifier: Apache-2.0
// Settings that most tests start from.
#include "tests/support/settings.hpp"

namespace tlseam_test {

setup only(tlseam::protocol_version version) {
    setup s;
    s.client.min_version = s.client.max_version = version;
    s.server.min_version = s.server.max_version = version;
    return s;
}

setup only(tlseam::protocol_version version, std::string_view server) {
    setup s = only(version);
    s.server.credentials = {pki::identity(server)};
    return s;
}

contexts::contexts(const setup& from)
    : client(tlseam::or_throw(tlseam::context::client(from.client))),
      server(tlseam::or_throw(tlseam::context::server(from.server))),
      names(from.names) {}

}  // namespace tlseam_test
