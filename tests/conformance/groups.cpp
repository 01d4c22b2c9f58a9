// SPDX-License-Identifier: Apache-2.0
// Key exchange groups: which can be named, which two ends agree on, and how many hellos that takes.
#include <algorithm>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/bytes.hpp"
#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

constexpr const char* hybrid = "X25519MLKEM768";
constexpr const char* known_groups[] = {hybrid, "x25519", "secp256r1", "secp384r1", "secp521r1", "x448"};

bool has(std::string_view group) {
    const auto groups = backend().groups();
    return std::ranges::find(groups, group) != groups.end();
}

/// RSA, because in TLS 1.2 the groups also say which curves an ECDSA key may be on (RFC 8422 5.1).
setup naming(protocol_version version, std::vector<std::string> client, std::vector<std::string> server) {
    auto s = only(version, "server-rsa");
    s.client.groups = std::move(client);
    s.server.groups = std::move(server);
    return s;
}

void expect_refused(const std::vector<std::string>& groups, errc reason,
                    protocol_version min = protocol_version::tls1_2) {
    EXPECT_TRUE(fails_with(context::client({.trust = pki::trust(), .min_version = min, .groups = groups}), reason))
        << groups.front();
    EXPECT_TRUE(fails_with(
        context::server({.credentials = {pki::identity("server")}, .min_version = min, .groups = groups}), reason))
        << groups.front();
}

/// The messages of a kind in what one side of a TLS 1.3 handshake sends in the clear: hellos only.
std::size_t count_hellos(const channel& sent, std::uint8_t kind) {
    constexpr std::uint8_t handshake_record = 22;
    std::size_t count = 0, rest = 0;  // rest: what is still to come of a message that fills several records
    for (const auto& record : records_in(sent.taken())) {
        if (record.type != handshake_record) continue;
        if (rest == 0) {
            const auto* message = sent.taken().data() + record.offset + record_header;
            count += std::to_integer<std::uint8_t>(message[0]) == kind ? 1 : 0;
            rest = 4 + (std::to_integer<std::size_t>(message[1]) << 16U |
                        std::to_integer<std::size_t>(message[2]) << 8U | std::to_integer<std::size_t>(message[3]));
        }
        rest -= std::min(rest, record.length);
    }
    return count;
}
std::size_t client_hellos(const engine_pair& pair) { return count_hellos(pair.to_server, 1); }
/// A HelloRetryRequest is a ServerHello too (RFC 8446 4.1.4).
std::size_t server_hellos(const engine_pair& pair) { return count_hellos(pair.to_client, 2); }

class groups : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, groups, both_versions(), version_name());

TEST_P(groups, that_both_ends_name_alone_are_agreed_on) {
    for (const auto* group : known_groups) {
        if (!has(group)) continue;  // what then: below
        if (group == hybrid && !is_tls1_3()) continue;
        const auto pair = open_pair(naming(version(), {group}, {group}));
        EXPECT_EQ(pair.client.info().group_name, group);
        EXPECT_EQ(pair.server.info().group_name, group);
    }
}

TEST_P(groups, that_the_ends_do_not_share_fail_the_handshake) {
    auto pair = new_pair(naming(version(), {"x25519"}, {"secp384r1"}));
    const auto seen = run_handshake(pair);
    constexpr std::uint8_t handshake_failure = 40;
    EXPECT_TRUE(fails_with(seen.server, errc::no_shared_parameters));
    EXPECT_TRUE(received_alert(seen.client, handshake_failure));
}

TEST_P(groups, that_only_one_end_names_are_not_agreed_on) {
    EXPECT_EQ(
        open_pair(naming(version(), {"x25519", "secp384r1"}, {"secp521r1", "secp384r1"})).client.info().group_name,
        "secp384r1");
}

// In TLS 1.3 a share that is there counts more: below.
TEST(groups_of_tls1_2, are_chosen_in_the_order_of_the_server) {
    const auto agreed = [](std::vector<std::string> client, std::vector<std::string> server) {
        return open_pair(naming(protocol_version::tls1_2, std::move(client), std::move(server)))
            .client.info()
            .group_name;
    };
    EXPECT_EQ(agreed({"x25519", "secp384r1"}, {"secp384r1", "x25519"}), "secp384r1");
    EXPECT_EQ(agreed({"secp384r1", "x25519"}, {"x25519", "secp384r1"}), "x25519");
    EXPECT_EQ(agreed({"secp256r1", "x448", "secp521r1"}, {"secp521r1", "secp256r1", "x448"}), "secp521r1");
}

TEST(groups_of_tls1_2, do_not_include_hybrid_ones) {
    // Also where the library has none: it is a mistake everywhere.
    expect_refused({hybrid}, errc::invalid_argument);
    EXPECT_TRUE(fails_with(
        context::client({.trust = pki::trust(), .max_version = protocol_version::tls1_2, .groups = {hybrid}}),
        errc::invalid_argument));
    if (!has(hybrid)) return;
    const auto both = naming(protocol_version::tls1_2, {hybrid, "secp384r1"}, {hybrid, "x25519", "secp384r1"});
    EXPECT_EQ(open_pair(both).client.info().group_name, "secp384r1");
}

TEST_P(groups, of_the_defaults_are_used_when_the_list_is_empty) {
    const bool post_quantum = is_tls1_3() && backend().supports(feature::group_x25519mlkem768);
    const auto pair = open_pair(only(version()));
    EXPECT_EQ(pair.client.info().group_name, post_quantum ? hybrid : "x25519");
    EXPECT_EQ(pair.server.info().group_name, post_quantum ? hybrid : "x25519");
}

// ---- and certificates ----

// RFC 8422 5.1
TEST(certificate_curve, must_be_among_the_groups_of_a_client_in_tls1_2) {
    for (const auto& names : {std::vector<std::string>{"x25519"}, std::vector<std::string>{"secp384r1", "x25519"}}) {
        auto s = only(protocol_version::tls1_2, "server");
        s.client.groups = names;
        auto pair = new_pair(s);
        const auto seen = run_handshake(pair);
        constexpr std::uint8_t handshake_failure = 40;
        EXPECT_TRUE(fails_with(seen.server, errc::no_shared_parameters));
        ASSERT_FALSE(seen.server);
        EXPECT_EQ(seen.server.error().alert(), handshake_failure);
        EXPECT_TRUE(received_alert(seen.client, handshake_failure));
    }
}

TEST(certificate_curve, is_free_in_tls1_3) {
    setup s;
    s.client.groups = {"x25519"};
    EXPECT_EQ(open_pair(s).client.info().group_name, "x25519");
}

// Servers name no groups in TLS 1.2: theirs are for the key exchange and nothing else.
TEST_P(groups, of_the_server_do_not_restrict_the_certificates_of_clients) {
    for (const char* name : {"x25519", "secp384r1"}) {
        auto s = naming(version(), {name, "secp256r1"}, {name});
        s.client.credentials = {pki::identity("client")};  // on P-256
        s.server.client_auth = client_auth::required;
        s.server.client_trust = pki::trust();
        const auto pair = open_pair(s);
        EXPECT_EQ(pair.server.info().group_name, name);
        EXPECT_TRUE(pair.server.info().peer_verified);
    }
}

// ---- settings ----

TEST(group_settings, that_the_library_lacks_are_unsupported) {
    EXPECT_EQ(has(hybrid), backend().supports(feature::group_x25519mlkem768));
    std::size_t lacking = 0;
    for (const auto* group : known_groups) {
        if (has(group)) continue;
        ++lacking;
        expect_refused({group}, errc::unsupported, protocol_version::tls1_3);
        expect_refused({"x25519", group}, errc::unsupported);
    }
    EXPECT_EQ(backend().groups().size() + lacking, std::size(known_groups));
}

TEST(group_settings, that_nobody_knows_are_refused) {
    for (const auto* name :
         {"", "X25519", "P-256", "prime256v1", "secp256r1 ", "secp256k1", "ffdhe2048", "x25519:x448"}) {
        expect_refused({name}, errc::invalid_argument);
        expect_refused({"x25519", name}, errc::invalid_argument);
    }
}

TEST(group_settings, with_a_group_twice_are_refused) {
    expect_refused({"x25519", "x25519"}, errc::invalid_argument);
    expect_refused({"secp256r1", "x25519", "secp256r1"}, errc::invalid_argument);
}

// ---- key shares: no round trip more than needed ----

// They say what the client can check, not what it shows (RFC 8422 5.1, 5.6).
TEST(groups, of_a_client_need_not_have_the_curve_of_its_own_certificate) {
    for (const auto version : {protocol_version::tls1_2, protocol_version::tls1_3}) {
        auto s = naming(version, {"x25519", "secp384r1"}, {});
        s.client.credentials = {pki::identity("client")};
        s.server.client_auth = client_auth::required;
        s.server.client_trust = pki::trust();
        auto pair = new_pair(s);
        const auto seen = run_handshake(pair);
        EXPECT_TRUE(ok(seen.client));
        EXPECT_TRUE(ok(seen.server));
    }
}

TEST(key_shares, of_two_default_ends_need_one_hello) {
    const auto pair = open_pair();
    EXPECT_EQ(client_hellos(pair), 1U);
    EXPECT_EQ(server_hellos(pair), 1U);
    EXPECT_EQ(pair.client.info().version, protocol_version::tls1_3);
    EXPECT_EQ(pair.client.info().group_name, backend().supports(feature::group_x25519mlkem768) ? hybrid : "x25519");
}

// A server that knows nothing newer is no slower for a client that does.
TEST(key_shares, of_a_default_client_hold_x25519_too) {
    setup s;
    s.server.groups = {"x25519"};
    const auto pair = open_pair(s);
    EXPECT_EQ(client_hellos(pair), 1U);
    EXPECT_EQ(server_hellos(pair), 1U);
    EXPECT_EQ(pair.client.info().group_name, "x25519");
}

TEST(key_shares, that_a_server_accepts_count_more_than_its_order) {
    setup s;
    s.server.groups = {"secp384r1", "x25519"};
    const auto pair = open_pair(s);
    EXPECT_EQ(client_hellos(pair), 1U);
    EXPECT_EQ(pair.client.info().group_name, "x25519");
}

TEST(key_shares, that_the_server_cannot_use_cost_one_retry) {
    for (const auto* group : {"secp256r1", "secp384r1"}) {
        setup s;
        s.server.groups = {group};
        auto pair = open_pair(s);
        EXPECT_EQ(client_hellos(pair), 2U) << group;
        EXPECT_EQ(server_hellos(pair), 2U) << group;
        EXPECT_EQ(pair.client.info().group_name, group);
        EXPECT_EQ(pair.server.info().group_name, group);
        EXPECT_EQ(carry(pair, pair.client, pair.server, "hello"), "hello") << group;
    }
}

TEST(key_shares, of_a_client_are_of_the_first_group_that_it_names) {
    for (const auto* group : known_groups) {
        if (!has(group)) continue;
        setup s;
        s.client.groups = {group};
        if (std::string_view(group) != "x25519") s.client.groups.emplace_back("x25519");
        const auto pair = open_pair(naming(protocol_version::tls1_3, s.client.groups, {group}));
        EXPECT_EQ(client_hellos(pair), 1U) << group;
        EXPECT_EQ(pair.client.info().group_name, group);
    }
}

}  // namespace
