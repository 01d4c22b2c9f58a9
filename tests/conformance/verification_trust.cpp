// SPDX-License-Identifier: Apache-2.0
// Whom a client trusts: any certificate in its store is an anchor, and without one nobody is trusted.
#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

class trust : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, trust, both_versions(), version_name());

outcome handshake_with(setup s, const trust_store& anchors) {
    s.client.trust = anchors;
    auto pair = new_pair(s);
    return run_handshake(pair);
}

// CTX-001
TEST_P(trust, in_the_root_makes_the_server_verified) {
    auto pair = open_pair(only(version()));
    EXPECT_TRUE(pair.client.info().peer_verified);
}

// CTX-016
TEST_P(trust, in_nobody_refuses_every_server) {
    EXPECT_TRUE(refused_for(handshake_with(only(version()), pki::no_trust()).client, cert_errc::unknown_ca));
    EXPECT_TRUE(
        refused_for(handshake_with(only(version(), "self-signed"), pki::no_trust()).client, cert_errc::self_signed));
}

TEST_P(trust, in_another_root_refuses_the_server) {
    EXPECT_TRUE(refused_for(handshake_with(only(version()), pki::trust("other-root")).client, cert_errc::unknown_ca));
}

// CTX-012
TEST_P(trust, in_several_roots_accepts_the_servers_of_each) {
    const auto both = pki::trust("ca-bundle");
    EXPECT_TRUE(handshake_with(only(version(), "server"), both).complete());
    EXPECT_TRUE(handshake_with(only(version(), "unknown-ca"), both).complete());
}

// VC-006
TEST_P(trust, in_the_intermediate_is_enough) {
    const auto anchor = pki::trust("intermediate");
    const auto seen = handshake_with(only(version()), anchor);
    EXPECT_TRUE(ok(seen.client));
    EXPECT_TRUE(ok(seen.server));
}

// VC-002: an anchor may stand in for what the server forgot to send.
TEST_P(trust, in_the_intermediate_completes_a_chain_that_lacks_it) {
    const auto anchor = pki::trust("intermediate");
    EXPECT_TRUE(ok(handshake_with(only(version(), "missing-intermediate"), anchor).client));
}

// VC-006
TEST_P(trust, in_the_leaf_itself_is_enough) {
    const auto leaf = or_throw(trust_store::load_file(pki::file("server-leaf.der")));
    EXPECT_TRUE(ok(handshake_with(only(version()), leaf).client));
}

// VC-006
TEST_P(trust, in_a_self_signed_leaf_is_enough) {
    EXPECT_TRUE(ok(handshake_with(only(version(), "self-signed"), pki::trust("self-signed")).client));
}

TEST_P(trust, in_a_leaf_does_not_extend_to_another_one) {
    const auto leaf = or_throw(trust_store::load_file(pki::file("server-leaf.der")));
    EXPECT_TRUE(refused_for(handshake_with(only(version(), "server-rsa"), leaf).client, cert_errc::unknown_ca));
}

// An anchor ends the search for issuers, not the checks of name and dates.
TEST_P(trust, in_the_leaf_does_not_replace_name_and_dates) {
    EXPECT_TRUE(refused_for(handshake_with(only(version(), "wrong-name"), pki::trust("wrong-name")).client,
                            cert_errc::name_mismatch));
    EXPECT_TRUE(
        refused_for(handshake_with(only(version(), "expired"), pki::trust("expired")).client, cert_errc::expired));
    EXPECT_TRUE(refused_for(handshake_with(only(version(), "wrong-purpose"), pki::trust("wrong-purpose")).client,
                            cert_errc::wrong_purpose));
}

// CTX-024
TEST_P(trust, of_one_context_does_not_reach_another) {
    auto trusting = only(version());
    auto refusing = only(version());
    refusing.client.trust = pki::no_trust();
    const contexts a(trusting), b(refusing);
    for (int i = 0; i < 3; ++i) {
        auto good = new_pair(a);
        auto bad = new_pair(b);
        EXPECT_TRUE(run_handshake(good).complete());
        EXPECT_TRUE(refused_for(run_handshake(bad).client, cert_errc::unknown_ca));
    }
}

// VC-002: a library may keep what it has seen; a verdict that depends on earlier connections would be no verdict.
TEST_P(trust, does_not_grow_by_the_intermediates_of_earlier_servers) {
    const contexts complete(only(version())), lacking(only(version(), "missing-intermediate"));
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(open_pair(complete).client.info().peer_verified);
        auto mixed = complete;
        mixed.server = lacking.server;
        auto pair = new_pair(mixed);
        EXPECT_TRUE(refused_for(run_handshake(pair).client, cert_errc::unknown_ca));
    }
}

TEST_P(trust, does_not_grow_by_the_intermediates_of_earlier_clients) {
    auto s = only(version());
    s.server.client_auth = client_auth::required;
    s.server.client_trust = pki::trust();
    s.client.credentials = {pki::identity("client")};
    const contexts complete(s);
    const auto text = pki::bytes("client.crt");
    const auto second = text.find("-----BEGIN", 1);
    ASSERT_NE(second, std::string::npos);
    s.client.credentials = {or_throw(credentials::parse_cert_chain(text.substr(0, second), pki::bytes("client.key")))};
    ASSERT_EQ(s.client.credentials.front().chain().size(), 1U);
    auto lacking = complete;
    lacking.client = or_throw(context::client(s.client));
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(open_pair(complete).server.info().peer_verified);
        auto pair = new_pair(lacking);
        EXPECT_TRUE(refused_for(run_handshake(pair).server, cert_errc::unknown_ca));
    }
}

// VC-003: what stands in the message beside the chain does not matter.
TEST_P(trust, is_found_in_a_chain_with_the_root_and_strangers_in_it) {
    for (const auto* extra : {"root.crt", "other-root.crt", "intermediate.crt", "server.crt"}) {
        auto s = only(version());
        s.server.credentials = {or_throw(
            credentials::parse_cert_chain(pki::bytes("server.crt") + pki::bytes(extra), pki::bytes("server.key")))};
        const auto seen = handshake_with(s, pki::trust());
        EXPECT_TRUE(ok(seen.client)) << extra;
        EXPECT_TRUE(ok(seen.server)) << extra;
    }
}

}  // namespace
