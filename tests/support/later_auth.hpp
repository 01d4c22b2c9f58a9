// SPDX-License-Identifier: Apache-2.0
// Certificates after the handshake: a server that asks, a client that answers, and the steps of both.
#pragma once

#include <initializer_list>
#include <string>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"

namespace tlseam_test::later_auth {

using namespace tlseam;

inline bool supported() { return backend().supports(feature::post_handshake_auth); }
inline bool unrestricted() { return backend().supports(feature::post_handshake_auth_unrestricted); }

/// A server that asks when it is told to, and a client that answers with these.
inline setup later(std::initializer_list<const char*> clients = {"client"}) {
    setup s;
    s.server.client_auth = client_auth::on_request;
    s.server.client_trust = pki::trust();
    s.client.post_handshake_auth = true;
    for (const char* name : clients) s.client.credentials.push_back(pki::identity(name));
    return s;
}

/// Where the library has none, the settings of both ends are refused, and there is nothing else to see.
inline bool refused_everywhere(const setup& s = later()) {
    if (supported()) return false;
    EXPECT_TRUE(fails_with(context::client(s.client), errc::unsupported));
    EXPECT_TRUE(fails_with(context::server(s.server), errc::unsupported));
    return true;
}

inline std::string subject_of(const connection_info& info) {
    return info.peer_certificates.empty() ? "nobody" : info.peer_certificates.front().subject();
}

/// Lets the client answer and the server read the answer, with no data on the way. What the server's read gave.
inline result<std::string> exchange(engine_pair& pair) {
    pair.move_all();
    EXPECT_TRUE(needs_input(read_text(pair.client)));
    pair.move_all();
    return read_text(pair.server);
}

/// A whole authentication that must work.
inline void authenticate(engine_pair& pair, client_auth how = client_auth::required) {
    ASSERT_TRUE(ok(pair.server.request_certificate(how)));
    EXPECT_TRUE(pair.server.certificate_requested());
    ASSERT_TRUE(needs_input(exchange(pair)));
    EXPECT_FALSE(pair.server.certificate_requested());
    EXPECT_TRUE(pair.server.output().empty());  // no ticket, in which the certificate would live on
}

inline void expect_both_ways(engine_pair& pair) {
    EXPECT_EQ(carry(pair, pair.client, pair.server, "hello"), "hello");
    EXPECT_EQ(carry(pair, pair.server, pair.client, "world"), "world");
}

}  // namespace tlseam_test::later_auth
