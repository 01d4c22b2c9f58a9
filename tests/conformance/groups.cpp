// SPDX-License-Identifier: Apache-2.0
// Which key exchange group two ends agree on, and what becomes of it when there is none.
#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

constexpr std::uint8_t handshake_failure_alert = 40;

using names = std::vector<std::string>;

/// With an RSA key: in TLS 1.2 the client's groups are also the curves that certificates may be on (RFC 8422 5.1).
setup between(protocol_version version, const names& client, const names& server) {
    auto s = only(version, "server-rsa");
    s.client.groups = client;
    s.server.groups = server;
    return s;
}

std::string agreed(const setup& s) {
    const auto pair = open_pair(s);
    EXPECT_EQ(pair.client.info().group, pair.server.info().group);
    return std::string(pair.client.info().group_name);
}

class group : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, group, both_versions(), version_name());

// CIP-006
TEST_P(group, is_the_one_that_both_name) {
    for (const char* name : {"x25519", "secp256r1", "secp384r1"}) {
        EXPECT_EQ(agreed(between(version(), {name}, {name})), name);
    }
}

// HS-005: in TLS 1.3 with a HelloRetryRequest, as the client's first share is of no use.
TEST_P(group, is_the_only_one_in_common) {
    EXPECT_EQ(agreed(between(version(), {"x25519", "secp384r1"}, {"secp384r1", "secp256r1"})), "secp384r1");
    EXPECT_EQ(agreed(between(version(), {"secp256r1", "x25519"}, {"x25519"})), "x25519");
    EXPECT_EQ(agreed(between(version(), {}, {"secp384r1"})), "secp384r1");
    EXPECT_EQ(agreed(between(version(), {"secp384r1"}, {})), "secp384r1");
}

// CIP-006: with TLS 1.3 it depends on the client's shares; without, on the server's order alone.
TEST(group_order, of_the_server_decides_in_tls1_2) {
    const names orders[] = {{"x25519", "secp384r1", "secp256r1"}, {"secp384r1", "x25519"}, {"secp256r1", "x25519"}};
    for (const auto& server : orders) {
        EXPECT_EQ(agreed(between(protocol_version::tls1_2, {"secp256r1", "secp384r1", "x25519"}, server)),
                  server.front());
        EXPECT_EQ(agreed(between(protocol_version::tls1_2, {"x25519", "secp256r1", "secp384r1"}, server)),
                  server.front());
    }
    // A server that could speak TLS 1.3, too.
    auto s = between(protocol_version::tls1_2, {"x25519", "secp384r1"}, {"secp384r1", "x25519"});
    s.server.max_version = protocol_version::tls1_3;
    EXPECT_EQ(agreed(s), "secp384r1");
}

// CIP-006: the server decides, and never speaks of a group that the client does not have.
TEST_P(group, in_common_is_needed) {
    const std::pair<names, names> strangers[] = {
        {{"x25519"}, {"secp256r1"}}, {{"secp256r1"}, {"x25519"}}, {{"secp384r1", "x25519"}, {"secp256r1"}}};
    for (const auto& [client, server] : strangers) {
        auto pair = new_pair(between(version(), client, server));
        const auto seen = run_handshake(pair);
        EXPECT_TRUE(fails_with(seen.server, errc::no_shared_parameters));
        ASSERT_FALSE(seen.server);
        EXPECT_EQ(seen.server.error().alert(), handshake_failure_alert);
        EXPECT_EQ(seen.server.error().origin(), error_origin::local);
        EXPECT_TRUE(received_alert(seen.client, handshake_failure_alert));
    }
}

// RFC 8422 5.1
TEST(certificate_curve, must_be_among_the_groups_of_a_client_in_tls1_2) {
    for (const names& groups : {names{"x25519"}, names{"secp384r1", "x25519"}}) {
        auto s = only(protocol_version::tls1_2, "server");
        s.client.groups = groups;
        auto pair = new_pair(s);
        const auto seen = run_handshake(pair);
        EXPECT_TRUE(fails_with(seen.server, errc::no_shared_parameters));
        ASSERT_FALSE(seen.server);
        EXPECT_EQ(seen.server.error().alert(), handshake_failure_alert);
        EXPECT_TRUE(received_alert(seen.client, handshake_failure_alert));
    }
}

TEST(certificate_curve, is_free_in_tls1_3) {
    setup s;
    s.client.groups = {"x25519"};
    EXPECT_EQ(agreed(s), "x25519");
}

// Servers name no groups in TLS 1.2: theirs are for the key exchange and nothing else.
TEST_P(group, of_the_server_does_not_restrict_the_certificates_of_clients) {
    for (const char* name : {"x25519", "secp384r1"}) {
        auto s = between(version(), {name, "secp256r1"}, {name});
        s.client.credentials = {pki::identity("client")};  // on P-256
        s.server.client_auth = client_auth::required;
        s.server.client_trust = pki::trust();
        const auto pair = open_pair(s);
        EXPECT_EQ(pair.server.info().group_name, name);
        EXPECT_TRUE(pair.server.info().peer_verified);
    }
}

// ---- settings ----

void expect_refused(const names& groups, errc code) {
    const auto server = pki::identity("server");
    EXPECT_TRUE(fails_with(context::client({.trust = pki::trust(), .groups = groups}), code));
    EXPECT_TRUE(fails_with(context::server({.credentials = {server}, .groups = groups}), code));
}

// CTX-008
TEST(group_settings, with_a_group_that_nobody_knows_are_refused) {
    expect_refused({"x25519", "secp257r1"}, errc::invalid_argument);
    expect_refused({""}, errc::invalid_argument);
}

TEST(group_settings, with_the_same_group_twice_are_refused) {
    expect_refused({"x25519", "secp256r1", "x25519"}, errc::invalid_argument);
}

// CTX-010
TEST(group_settings, with_a_group_that_this_library_lacks_are_refused) {
    if (backend().supports(feature::group_x25519mlkem768)) {
        EXPECT_TRUE(ok(context::client({.trust = pki::trust(), .groups = {"X25519MLKEM768"}})));
    } else {
        expect_refused({"X25519MLKEM768"}, errc::unsupported);
    }
}

}  // namespace
