// SPDX-License-Identifier: Apache-2.0
// What two ends say they agreed on. INF-001
#include <map>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/bytes.hpp"
#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

/// The whole of it as text, to compare at once.
std::string all_of(const connection_info& info) {
    std::string text = std::string(name(info.version)) + "|" + std::to_string(info.cipher_suite) + "|";
    text += std::string(info.cipher_suite_name) + "|" + std::to_string(info.group) + "|" + std::string(info.group_name);
    text += "|" + info.alpn + "|" + info.server_name + "|" + std::to_string(info.peer_certificates.size());
    text += info.peer_verified ? "|verified" : "|unverified";
    return text + (info.resumed ? "|resumed" : "|full");
}

const std::string nothing = "none|0||0||||0|unverified|full";

class info : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, info, both_versions(), version_name());

// INF-003, VER-009
TEST_P(info, is_empty_until_the_handshake_is_complete) {
    auto s = only(version());
    s.client.alpn = s.server.alpn = {"h2"};
    auto pair = new_pair(s);
    for (int turn = 0; turn < 20; ++turn) {
        if (!pair.client.handshake()) {
            EXPECT_EQ(all_of(pair.client.info()), nothing);
        }
        if (!pair.server.handshake()) {
            EXPECT_EQ(all_of(pair.server.info()), nothing);
        }
        if (!pair.move()) break;
    }
    EXPECT_NE(all_of(pair.client.info()), nothing);
    EXPECT_NE(all_of(pair.server.info()), nothing);
}

TEST_P(info, is_the_same_on_both_sides) {
    auto s = only(version());
    s.client.alpn = s.server.alpn = {"h2"};
    auto pair = open_pair(s);
    const auto& client = pair.client.info();
    const auto& server = pair.server.info();
    EXPECT_EQ(client.version, server.version);
    EXPECT_EQ(client.cipher_suite, server.cipher_suite);
    EXPECT_EQ(client.cipher_suite_name, server.cipher_suite_name);
    EXPECT_EQ(client.group, server.group);
    EXPECT_EQ(client.group_name, server.group_name);
    EXPECT_EQ(client.alpn, "h2");
    EXPECT_EQ(server.alpn, "h2");
    EXPECT_EQ(client.server_name, "localhost");
    EXPECT_EQ(server.server_name, "localhost");
    EXPECT_FALSE(client.resumed);
    EXPECT_FALSE(server.resumed);
}

// CIP-005, CIP-016, CTX-019
TEST_P(info, names_the_cipher_suite_as_iana_does) {
    const std::map<std::uint16_t, std::string_view> tls1_3 = {
        {0x1301, "TLS_AES_128_GCM_SHA256"},
        {0x1302, "TLS_AES_256_GCM_SHA384"},
        {0x1303, "TLS_CHACHA20_POLY1305_SHA256"},
    };
    const std::map<std::uint16_t, std::string_view> tls1_2 = {
        {0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"},
        {0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"},
        {0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"},
        {0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"},
        {0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
        {0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"},
    };
    const auto& known = is_tls1_3() ? tls1_3 : tls1_2;
    for (const auto* server : {"server", "server-rsa"}) {
        const auto pair = open_pair(only(version(), server));
        const auto& agreed = pair.client.info();
        const auto found = known.find(agreed.cipher_suite);
        ASSERT_NE(found, known.end()) << agreed.cipher_suite;
        EXPECT_EQ(agreed.cipher_suite_name, found->second);
    }
}

// CIP-003: the same suite on every backend, the first of the list that fits the key.
TEST_P(info, shows_the_first_suite_that_fits) {
    EXPECT_EQ(open_pair(only(version(), "server")).client.info().cipher_suite, is_tls1_3() ? 0x1301 : 0xc02b);
    EXPECT_EQ(open_pair(only(version(), "server-rsa")).client.info().cipher_suite, is_tls1_3() ? 0x1301 : 0xc02f);
}

// CIP-006, CIP-007, CIP-016
TEST_P(info, names_the_group_as_iana_does) {
    const std::map<std::uint16_t, std::string_view> known = {
        {0x001d, "x25519"}, {0x0017, "secp256r1"}, {0x0018, "secp384r1"}, {0x11ec, "X25519MLKEM768"}};
    const auto pair = open_pair(only(version()));
    const auto& agreed = pair.client.info();
    const auto found = known.find(agreed.group);
    ASSERT_NE(found, known.end()) << agreed.group;
    EXPECT_EQ(agreed.group_name, found->second);
    const bool hybrid = is_tls1_3() && backend().supports(feature::group_x25519mlkem768);
    EXPECT_EQ(agreed.group, hybrid ? 0x11ec : 0x001d);
}

// KEY-009, INF-004
TEST_P(info, holds_the_chain_byte_for_byte_as_it_was_sent) {
    for (const auto* server : {"server", "server-rsa", "server-ed25519", "missing-intermediate"}) {
        auto s = only(version(), server);
        s.client.trust = pki::trust("intermediate");
        if (!pki::usable(server)) {
            EXPECT_TRUE(fails_with(context::server(s.server), errc::unsupported)) << server;
            continue;
        }
        const auto pair = open_pair(s);
        EXPECT_EQ(pair.client.info().peer_certificates, s.server.credentials.front().chain()) << server;
        EXPECT_TRUE(pair.client.info().peer_verified) << server;
        EXPECT_TRUE(pair.server.info().peer_certificates.empty()) << server;
        EXPECT_FALSE(pair.server.info().peer_verified) << server;
    }
}

// KEY-010
TEST_P(info, shows_that_no_chain_is_completed_behind_our_back) {
    auto s = only(version(), "missing-intermediate");
    s.client.trust = pki::trust("intermediate");
    EXPECT_EQ(open_pair(s).client.info().peer_certificates.size(), 1U);
}

TEST_P(info, survives_failure_and_close) {
    auto pair = open_pair(only(version()));
    const auto before = all_of(pair.client.info());
    ASSERT_NE(before, nothing);
    const auto server_before = all_of(pair.server.info());
    ASSERT_TRUE(ok(pair.client.feed(pattern(100))));
    pair.client.end_of_input();
    EXPECT_TRUE(failed_for_good(read_text(pair.client)));
    EXPECT_EQ(all_of(pair.client.info()), before);
    ASSERT_TRUE(ok(pair.server.close_write()));
    EXPECT_EQ(all_of(pair.server.info()), server_before);
}

TEST_P(info, stays_empty_after_a_handshake_that_failed) {
    auto pair = new_pair(only(version(), "expired"));
    ASSERT_FALSE(run_handshake(pair).complete());
    EXPECT_EQ(all_of(pair.client.info()), nothing);
}

// SNI-005: no name, or a strange one, gets the one certificate there is.
TEST_P(info, shows_the_default_certificate_whatever_name_was_asked_for) {
    for (const auto* asked : {"", "nobody.example", "localhost"}) {
        auto s = only(version());
        s.names = {.server_name = asked, .verified_name = "localhost"};
        const auto pair = open_pair(s);
        EXPECT_EQ(pair.client.info().peer_certificates, s.server.credentials.front().chain()) << asked;
    }
}

// INF-007
TEST(backend_information, names_a_library_and_its_version) {
    EXPECT_FALSE(backend().name.empty());
    EXPECT_FALSE(backend().version.empty());
    EXPECT_EQ(name(feature::group_x25519mlkem768), "group_x25519mlkem768");
    EXPECT_FALSE(version().empty());
}

}  // namespace
