// SPDX-License-Identifier: Apache-2.0
// Which of several credentials is shown: by a server from the hello, by a client from the server's request.
#include <gtest/gtest.h>

#include <initializer_list>

#include "core/choose_credentials.hpp"
#include "core/policy.hpp"
#include "tests/core/hostile.hpp"
#include "tests/core/support.hpp"

namespace {

using namespace tlseam;
using namespace tlseam::seam;
using core_test::identity;
using tlseam_test::hex;

constexpr std::uint16_t ecdsa_p256 = 0x0403, ecdsa_p384 = 0x0503, ed25519 = 0x0807, pss = 0x0804, pkcs1 = 0x0401;
constexpr std::uint16_t ecdsa_suite = 0xc02b, rsa_suite = 0xc02f, p256 = 0x0017, x25519 = 0x001d;

std::vector<candidate> candidates(std::initializer_list<const char*> names) {
    std::vector<candidate> out;
    for (const char* name : names) {
        out.push_back(make_candidate(identity(name), policy::signature_schemes, policy::cipher_suites));
    }
    return out;
}

client_hello hello(std::initializer_list<std::uint16_t> schemes, std::string server_name = "",
                   std::initializer_list<std::uint16_t> suites = {ecdsa_suite, rsa_suite}) {
    client_hello out;
    out.signature_schemes = schemes;
    out.cipher_suites = suites;
    out.groups = {x25519, p256};
    out.server_name = std::move(server_name);
    return out;
}

// ---- servers ----

const auto three = [] { return candidates({"server", "server-rsa", "server-ed25519"}); };

TEST(ChooseForClient, TheFirstWhoseKeyFits) {
    const auto all = three();
    for (const bool tls1_3 : {false, true}) {
        EXPECT_EQ(choose_for_client(all, hello({ed25519, pss, ecdsa_p256}), tls1_3), 0U);
        EXPECT_EQ(choose_for_client(all, hello({ed25519, pss}), tls1_3), 1U);
        EXPECT_EQ(choose_for_client(all, hello({ed25519}), tls1_3), 2U);
    }
}

TEST(ChooseForClient, TheOrderIsTheServers) {
    const auto all = candidates({"server-ed25519", "server-rsa", "server"});
    EXPECT_EQ(choose_for_client(all, hello({ecdsa_p256, pss, ed25519}), true), 0U);
    EXPECT_EQ(choose_for_client(all, hello({ecdsa_p256, pss}), true), 1U);
}

// RFC 8446 4.2.3
TEST(ChooseForClient, InTls13TheSchemeNamesTheCurveAndRsaIsPss) {
    const auto all = three();
    EXPECT_EQ(choose_for_client(all, hello({ecdsa_p384, pss}), true), 1U);
    EXPECT_EQ(choose_for_client(all, hello({ecdsa_p384, pss}), false), 0U);
    EXPECT_EQ(choose_for_client(all, hello({pkcs1, ed25519}), true), 2U);
    EXPECT_EQ(choose_for_client(all, hello({pkcs1, ed25519}), false), 1U);
}

TEST(ChooseForClient, InTls12TheSuiteHasToFitToo) {
    const auto all = three();
    EXPECT_EQ(choose_for_client(all, hello({ecdsa_p256, pss}, "", {rsa_suite}), false), 1U);
    EXPECT_EQ(choose_for_client(all, hello({ecdsa_p256, pss}, "", {rsa_suite}), true), 0U);
    EXPECT_EQ(choose_for_client(all, hello({ed25519, pss}, "", {ecdsa_suite}), false), 2U);
}

// RFC 8422 5.1
TEST(ChooseForClient, InTls12TheCurveHasToBeOneOfTheClients) {
    const auto all = three();
    client_hello asked = hello({ecdsa_p256, pss});
    asked.groups = {x25519};
    EXPECT_EQ(choose_for_client(all, asked, false), 1U);
    EXPECT_EQ(choose_for_client(all, asked, true), 0U);
    asked.groups.clear();  // it did not say
    EXPECT_EQ(choose_for_client(all, asked, false), 0U);
}

TEST(ChooseForClient, NamesComeBeforeTheOrder) {
    const auto all = candidates({"server", "wrong-name", "wildcard", "server-rsa"});
    EXPECT_EQ(choose_for_client(all, hello({ecdsa_p256}, "other.tlseam.test"), true), 1U);
    EXPECT_EQ(choose_for_client(all, hello({ecdsa_p256}, "a.wild.tlseam.test"), true), 2U);
    EXPECT_EQ(choose_for_client(all, hello({ecdsa_p256}, "localhost"), true), 0U);
    EXPECT_EQ(choose_for_client(all, hello({ecdsa_p256, pss}, "nobody.test"), true), 0U);
    EXPECT_EQ(choose_for_client(all, hello({ecdsa_p256}), true), 0U);
}

TEST(ChooseForClient, AKeyThatFitsComesBeforeAName) {
    const auto all = candidates({"wrong-name", "server-rsa"});
    EXPECT_EQ(choose_for_client(all, hello({pss}, "other.tlseam.test"), true), 1U);
    EXPECT_EQ(choose_for_client(all, hello({pss}, "localhost"), true), 1U);
}

TEST(ChooseForClient, NothingThatFitsIsTheFirst) {
    const auto all = three();
    EXPECT_EQ(choose_for_client(all, hello({0x0708}), true), 0U);
    EXPECT_EQ(choose_for_client(all, hello({}), false), 0U);
}

TEST(ChooseForClient, WhatWeDoNotOfferDoesNotCount) {
    const std::vector<std::uint16_t> only_p256 = {ecdsa_p256};
    std::vector<candidate> all;
    for (const char* name : {"server-rsa", "server"}) {
        all.push_back(make_candidate(identity(name), only_p256, policy::cipher_suites));
    }
    EXPECT_EQ(choose_for_client(all, hello({pss, ecdsa_p256}), true), 1U);
}

// ---- clients ----

certificate_request request(bool tls1_3, std::initializer_list<std::uint16_t> schemes,
                            std::initializer_list<std::uint8_t> types = {1, 64}) {
    return {.tls1_3 = tls1_3, .types = types, .signature_schemes = schemes, .authorities = {}};
}

TEST(ChooseForServer, TheFirstWhoseKeyFits) {
    const auto all = candidates({"client", "client-rsa", "client-ed25519"});
    for (const bool tls1_3 : {false, true}) {
        EXPECT_EQ(choose_for_server(all, request(tls1_3, {ed25519, pss, ecdsa_p256})), 0U);
        EXPECT_EQ(choose_for_server(all, request(tls1_3, {ed25519, pss})), 1U);
        EXPECT_EQ(choose_for_server(all, request(tls1_3, {ed25519})), 2U);
        EXPECT_EQ(choose_for_server(all, request(tls1_3, {0x0708})), std::nullopt);
        EXPECT_EQ(choose_for_server({}, request(tls1_3, {pss})), std::nullopt);
    }
    EXPECT_EQ(choose_for_server(all, request(true, {pkcs1})), std::nullopt);
    EXPECT_EQ(choose_for_server(all, request(false, {pkcs1})), 1U);
}

// RFC 5246 7.4.4, RFC 8422 5.5
TEST(ChooseForServer, InTls12TheTypeHasToBeWanted) {
    const auto all = candidates({"client", "client-rsa", "client-ed25519"});
    EXPECT_EQ(choose_for_server(all, request(false, {ecdsa_p256, pss, ed25519}, {1})), 1U);
    EXPECT_EQ(choose_for_server(all, request(false, {pss, ed25519}, {64})), 2U);
    EXPECT_EQ(choose_for_server(all, request(false, {ecdsa_p256}, {1})), std::nullopt);
}

TEST(ChooseForServer, AnIssuerThatIsNamedComesFirst) {
    const auto all = candidates({"client-unknown-ca", "client-rsa", "client"});
    const auto names = [](const char* name) {
        return der::encode(der::tag::sequence, {parse_x509(core_test::cert_der(name))->subject});
    };
    const auto root = names("root.crt"), other = names("other-root.crt"), nobody = names("server.crt");
    auto asked = request(true, {ecdsa_p256, pss});
    EXPECT_EQ(choose_for_server(all, asked), 0U);
    asked.authorities = {root};
    EXPECT_EQ(choose_for_server(all, asked), 1U);
    asked.authorities = {nobody, other};
    EXPECT_EQ(choose_for_server(all, asked), 0U);
    asked.authorities = {nobody};  // a hint only
    EXPECT_EQ(choose_for_server(all, asked), 0U);
    asked.authorities = {root};
    asked.signature_schemes = {ecdsa_p256};  // the key has to fit
    EXPECT_EQ(choose_for_server(all, asked), 2U);
}

// ---- two that nothing tells apart ----

TEST(CheckCandidates, ServersNeedAnotherKeyOrAnotherName) {
    EXPECT_TRUE(check_candidates(role::server, three()));
    EXPECT_TRUE(check_candidates(role::server, candidates({"server", "wrong-name", "ip"})));
    const auto twice = check_candidates(role::server, candidates({"server-rsa", "server", "revoked"}));
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error(), errc::invalid_argument);
    EXPECT_NE(twice.error().message().find("number 2 and number 3"), std::string::npos) << twice.error().message();
    EXPECT_NE(twice.error().message().find("EC P-256 and the same DNS names"), std::string::npos);
}

TEST(CheckCandidates, ClientsNeedAnotherKeyOrAnotherIssuer) {
    EXPECT_TRUE(check_candidates(role::client, candidates({"client", "client-unknown-ca", "client-rsa"})));
    EXPECT_FALSE(check_candidates(role::client, candidates({"client", "wildcard"})));
}

// ---- CertificateRequest ----

const auto v2 = protocol_version::tls1_2, v3 = protocol_version::tls1_3;

TEST(CertificateRequest, OfTls12) {
    const auto body = hex("02 01 40 00 04 04 03 08 04 00 09 00 03 30 01 00 00 02 30 00");
    const auto parsed = parse_certificate_request(v2, body);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->types, (std::vector<std::uint8_t>{1, 64}));
    EXPECT_EQ(parsed->signature_schemes, (std::vector<std::uint16_t>{ecdsa_p256, pss}));
    ASSERT_EQ(parsed->authorities.size(), 2U);
    EXPECT_EQ(parsed->authorities[0].size(), 3U);
    EXPECT_FALSE(parsed->tls1_3);
}

TEST(CertificateRequest, OfTls13) {
    const auto body = hex("00 00 1a 00 0d 00 06 00 04 04 03 08 04 00 2f 00 06 00 04 00 02 30 00 00 05 00 02 aa bb");
    const auto parsed = parse_certificate_request(v3, body);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->signature_schemes, (std::vector<std::uint16_t>{ecdsa_p256, pss}));
    EXPECT_EQ(parsed->authorities.size(), 1U);
    EXPECT_TRUE(parsed->tls1_3);
}

TEST(CertificateRequest, CutAnywhereIsNone) {
    const auto old = hex("02 01 40 00 04 04 03 08 04 00 09 00 03 30 01 00 00 02 30 00");
    const auto current = hex("00 00 14 00 0d 00 06 00 04 04 03 08 04 00 2f 00 06 00 04 00 02 30 00");
    ASSERT_TRUE(parse_certificate_request(v3, current));
    for (std::size_t size = 0; size < old.size(); ++size) {
        EXPECT_FALSE(parse_certificate_request(v2, std::span(old).first(size))) << size;
    }
    for (std::size_t size = 0; size < current.size(); ++size) {
        EXPECT_FALSE(parse_certificate_request(v3, std::span(current).first(size))) << size;
    }
    EXPECT_FALSE(parse_certificate_request(v2, hex("01 01 00 01 04 00 00"))) << "half a scheme";
}

}  // namespace
