// SPDX-License-Identifier: Apache-2.0
// The chains in connection_info beside the peer's: what we sent, and what was verified.
#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

using chain = std::vector<certificate>;

setup asking(protocol_version version, client_auth how) {
    auto s = only(version);
    s.server.client_auth = how;
    s.server.client_trust = pki::trust();
    return s;
}

class info_chains : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, info_chains, both_versions(), version_name());

// ---- ours ----

TEST_P(info_chains, of_a_server_are_those_of_its_credentials) {
    for (const char* name : {"server", "server-rsa", "wildcard"}) {
        auto s = only(version(), name);
        if (std::string_view(name) == "wildcard") s.names.verified_name = "a.wild.tlseam.test";
        const auto pair = open_pair(s);
        EXPECT_EQ(pair.server.info().local_certificates, s.server.credentials.front().chain());
        EXPECT_EQ(pair.client.info().peer_certificates, pair.server.info().local_certificates);
    }
}

TEST_P(info_chains, of_a_client_are_there_when_it_was_asked) {
    for (const auto how : {client_auth::optional, client_auth::required}) {
        auto s = asking(version(), how);
        s.client.credentials = {pki::identity("client")};
        const auto pair = open_pair(s);
        EXPECT_EQ(pair.client.info().local_certificates, s.client.credentials.front().chain());
        EXPECT_EQ(pair.server.info().peer_certificates, pair.client.info().local_certificates);
    }
}

TEST_P(info_chains, of_a_client_that_was_not_asked_are_empty) {
    auto s = only(version());
    s.client.credentials = {pki::identity("client")};
    EXPECT_EQ(open_pair(s).client.info().local_certificates, chain());
}

TEST_P(info_chains, of_a_client_that_has_nothing_to_show_are_empty) {
    const auto pair = open_pair(asking(version(), client_auth::optional));
    EXPECT_EQ(pair.client.info().local_certificates, chain());
    EXPECT_EQ(pair.server.info().peer_certificates, chain());
}

// RFC 8446 4.4.2.3: then it sends none.
TEST(info_chains_of_tls1_3, of_a_client_whose_key_the_server_does_not_take_are_empty) {
    auto s = asking(protocol_version::tls1_3, client_auth::optional);
    s.client.credentials = {pki::identity("client")};  // on P-256
    s.server.credentials = {pki::identity("server-rsa")};
    s.server.signature_schemes = {"rsa_pss_rsae_sha256"};
    auto pair = new_pair(s);
    const auto seen = run_handshake(pair);
    EXPECT_EQ(pair.client.info().local_certificates, chain());
    EXPECT_EQ(pair.server.info().peer_certificates, chain());
    EXPECT_TRUE(seen.complete());
}

// ---- verified ----

TEST_P(info_chains, that_were_verified_go_to_the_anchor) {
    const auto s = only(version());
    const auto pair = open_pair(s);
    const auto& info = pair.client.info();
    ASSERT_EQ(info.verified_chain.size(), 3U);
    EXPECT_EQ(info.verified_chain[0].subject(), "CN=server");
    EXPECT_EQ(info.verified_chain[2].subject(), "CN=tlseam test root");
    EXPECT_EQ(info.verified_chain, or_throw(verify_chain(info.peer_certificates, {.trust = pki::trust()})));
    EXPECT_EQ(pair.server.info().verified_chain, chain());
}

TEST_P(info_chains, that_were_verified_leave_out_what_was_not_needed) {
    auto s = only(version());
    s.client.trust = pki::trust("intermediate");
    const auto pair = open_pair(s);
    const auto& found = pair.client.info().verified_chain;
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found.front().subject(), "CN=server");
    EXPECT_EQ(found.back().subject(), "CN=tlseam test intermediate");
    EXPECT_EQ(found.size(), 2U);
}

TEST_P(info_chains, that_were_verified_are_there_for_clients_too) {
    auto s = asking(version(), client_auth::required);
    s.client.credentials = {pki::identity("client")};
    const auto pair = open_pair(s);
    const auto& found = pair.server.info().verified_chain;
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found.front().subject(), "CN=client");
    EXPECT_EQ(found.back().subject(), "CN=tlseam test root");
}

TEST_P(info_chains, that_nobody_verified_are_empty) {
    auto s = only(version());
    s.client.insecure_skip_verification = true;
    const auto open = open_pair(s);
    EXPECT_EQ(open.client.info().verified_chain, chain());
    EXPECT_EQ(open.client.info().peer_certificates.size(), 2U);
    s = only(version());
    s.client.trust = pki::trust("other-root");
    auto refused = new_pair(s);
    EXPECT_TRUE(refused_for(run_handshake(refused).client, cert_errc::unknown_ca));
    EXPECT_EQ(refused.client.info().verified_chain, chain());
    EXPECT_EQ(refused.server.info().local_certificates, chain());
}

TEST_P(info_chains, outlive_the_connection) {
    chain ours, found;
    {
        auto pair = open_pair(only(version()));
        ours = pair.server.info().local_certificates;
        found = pair.client.info().verified_chain;
        close_both(pair);
        EXPECT_EQ(pair.client.info().verified_chain, found);
    }
    EXPECT_EQ(ours.front(), found.front());
    EXPECT_EQ(found.back().subject(), "CN=tlseam test root");
}

}  // namespace
