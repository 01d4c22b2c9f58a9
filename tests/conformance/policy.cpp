// SPDX-License-Identifier: Apache-2.0
// What the settings name is offered and agreed on, in their order, and nothing else: suites, schemes, profiles.
#include <algorithm>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/in_the_clear.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

using words = std::vector<std::string>;
using numbers = std::vector<std::uint16_t>;

constexpr std::uint8_t handshake_failure = 40;

words suites_of(protocol_version version) {
    if (version == protocol_version::tls1_3) {
        return {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"};
    }
    return {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"};
}

setup with_suites(protocol_version version, words client, words server) {
    auto s = only(version, "server-rsa");
    s.client.cipher_suites = std::move(client);
    s.server.cipher_suites = std::move(server);
    return s;
}

std::string agreed_suite(const setup& s) {
    const auto pair = open_pair(s);
    EXPECT_EQ(pair.client.info().cipher_suite_name, pair.server.info().cipher_suite_name);
    return std::string(pair.client.info().cipher_suite_name);
}

/// Neither end finds anything in common.
void expect_nothing_shared(const setup& s) {
    auto pair = new_pair(s);
    const auto seen = run_handshake(pair);
    EXPECT_TRUE(fails_with(seen.server, errc::no_shared_parameters));
    EXPECT_TRUE(received_alert(seen.client, handshake_failure));
}

offer offer_of(const client_settings& settings) {
    setup s;
    s.client = settings;
    s.client.trust = pki::trust();
    auto pair = new_pair(s);
    (void)run_handshake(pair);
    return offer_in(pair.to_server);
}

class policy : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, policy, both_versions(), version_name());

// ---- suites ----

TEST_P(policy, agrees_on_every_suite_that_both_ends_name_alone) {
    for (const auto& suite : suites_of(version())) {
        EXPECT_EQ(agreed_suite(with_suites(version(), {suite}, {suite})), suite);
    }
}

TEST_P(policy, lets_the_order_of_the_server_decide_on_the_suite) {
    auto ours = suites_of(version());
    const auto theirs = ours;
    do {
        EXPECT_EQ(agreed_suite(with_suites(version(), theirs, ours)), ours.front());
    } while (std::ranges::next_permutation(ours).found);
}

TEST_P(policy, prefers_what_the_server_names_first_to_the_defaults_of_the_client) {
    const auto chacha = suites_of(version()).at(2);
    EXPECT_EQ(agreed_suite(with_suites(version(), {}, {chacha, suites_of(version()).at(0)})), chacha);
}

TEST_P(policy, passes_over_suites_that_the_client_lacks) {
    const auto all = suites_of(version());
    EXPECT_EQ(agreed_suite(with_suites(version(), {all[1]}, {all[2], all[0], all[1]})), all[1]);
}

TEST_P(policy, refuses_clients_without_a_suite_in_common) {
    const auto all = suites_of(version());
    expect_nothing_shared(with_suites(version(), {all[0]}, {all[1], all[2]}));
}

TEST(policy_of_a_client, is_what_its_hello_offers) {
    const auto seen =
        offer_of({.groups = {"secp384r1", "x25519"},
                  .cipher_suites = {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256",
                                    "TLS_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"},
                  .signature_schemes = {"ecdsa_secp384r1_sha384", "rsa_pss_rsae_sha512", "ecdsa_secp256r1_sha256"}});
    EXPECT_EQ(seen.groups, (numbers{0x0018, 0x001d}));
    // Which version's suites stand first says nothing.
    auto suites = seen.cipher_suites, others = seen.cipher_suites;
    std::erase_if(suites, [](std::uint16_t suite) { return suite >> 8U != 0x13; });
    std::erase_if(others, [](std::uint16_t suite) { return suite >> 8U == 0x13; });
    EXPECT_EQ(suites, (numbers{0x1303, 0x1301}));
    EXPECT_EQ(others, (numbers{0xcca9, 0xc030}));
    // A library that offers PSS with any RSA key offers it with keys that are for PSS alone too.
    auto schemes = seen.signature_schemes;
    std::erase(schemes, 0x080b);
    EXPECT_EQ(schemes, (numbers{0x0503, 0x0806, 0x0403}));
}

TEST_P(policy, offers_nothing_for_the_other_version) {
    const auto seen = offer_of({.min_version = version(), .max_version = version()});
    for (const auto suite : seen.cipher_suites) EXPECT_EQ(suite >> 8U == 0x13, is_tls1_3()) << suite;
    EXPECT_EQ(seen.cipher_suites.size(), is_tls1_3() ? 3U : 6U);
}

// ---- signature schemes ----

// RFC 8446 4.2.3 leaves it to the signer. TLS 1.2, where everybody can see it.
TEST(policy_of_signatures, follows_the_order_of_the_server_in_tls1_2) {
    const auto signed_with = [](words client, words server, const char* identity) {
        auto s = only(protocol_version::tls1_2, identity);
        s.client.signature_schemes = std::move(client);
        s.server.signature_schemes = std::move(server);
        const auto pair = open_pair(s);
        return signature_scheme_in(pair.to_client);
    };
    EXPECT_EQ(signed_with({}, {}, "server-rsa"), 0x0804);
    EXPECT_EQ(signed_with({}, {}, "server"), 0x0403);
    EXPECT_EQ(signed_with({}, {"rsa_pkcs1_sha384", "rsa_pss_rsae_sha256"}, "server-rsa"), 0x0501);
    EXPECT_EQ(signed_with({"rsa_pss_rsae_sha256", "rsa_pss_rsae_sha512"},
                          {"rsa_pss_rsae_sha512", "rsa_pss_rsae_sha256"}, "server-rsa"),
              0x0806);
    EXPECT_EQ(signed_with({"rsa_pss_rsae_sha512", "rsa_pss_rsae_sha256"},
                          {"rsa_pss_rsae_sha256", "rsa_pss_rsae_sha512"}, "server-rsa"),
              0x0804);
    EXPECT_EQ(signed_with({}, {"ecdsa_secp521r1_sha512", "ecdsa_secp256r1_sha256"}, "server"), 0x0603);
    EXPECT_EQ(signed_with({"ecdsa_secp384r1_sha384"}, {}, "server"), 0x0503);
}

TEST_P(policy, agrees_on_every_scheme_that_both_ends_name_alone) {
    for (const auto word : backend().signature_schemes()) {
        const std::string scheme(word);
        auto s = only(version(), scheme.starts_with("rsa_")      ? "server-rsa"
                                 : scheme.starts_with("ed25519") ? "server-ed25519"
                                                                 : "server");
        s.client.signature_schemes = s.server.signature_schemes = {scheme};
        const bool of_certificates = is_tls1_3() && scheme.starts_with("rsa_pkcs1_");
        const bool other_curve = is_tls1_3() && scheme.starts_with("ecdsa_") && scheme != "ecdsa_secp256r1_sha256";
        if (of_certificates || other_curve) {
            EXPECT_TRUE(fails_with(context::server(s.server), errc::invalid_argument)) << scheme;
            continue;
        }
        EXPECT_TRUE(open_pair(s).client.info().peer_verified) << scheme;
    }
}

TEST_P(policy, refuses_clients_without_a_scheme_that_the_key_of_the_server_can_use) {
    auto s = only(version(), "server-rsa");
    s.client.signature_schemes = {"rsa_pss_rsae_sha512", "ecdsa_secp256r1_sha256"};
    s.server.signature_schemes = {"rsa_pss_rsae_sha256", "ecdsa_secp256r1_sha256"};
    expect_nothing_shared(s);
}

TEST_P(policy, of_a_server_also_says_what_clients_may_sign_with) {
    auto s = only(version());
    s.client.credentials = {pki::identity("client")};
    s.server.client_auth = client_auth::required;
    s.server.client_trust = pki::trust();
    s.server.signature_schemes = {"ecdsa_secp256r1_sha256"};
    EXPECT_TRUE(open_pair(s).server.info().peer_verified);
}

// The rest is in the tests of core, on settings alone.
TEST(policy_of_signatures, of_a_client_is_kept_or_refused) {
    const client_settings settings = {.trust = pki::trust(),
                                      .credentials = {pki::identity("client")},
                                      .min_version = protocol_version::tls1_2,
                                      .signature_schemes = {"ecdsa_secp256r1_sha256", "rsa_pss_rsae_sha256"}};
    const auto made = context::client(settings);
    if (!backend().supports(feature::signature_choice)) {
        EXPECT_TRUE(fails_with(made, errc::unsupported));
        auto only_1_3 = settings;
        only_1_3.min_version = protocol_version::tls1_3;  // where the key has only one scheme
        EXPECT_TRUE(ok(context::client(only_1_3)));
        return;
    }
    EXPECT_TRUE(ok(made));
}

// ---- profiles ----

TEST_P(policy, connects_two_ends_of_every_profile_that_has_the_version) {
    for (const auto profile : all_profiles) {
        const auto what = contents(profile);
        auto s = only(version(), "server-rsa");
        s.client.profile = s.server.profile = profile;
        if (version() < what.min_version) {
            EXPECT_TRUE(fails_with(context::client(s.client), errc::invalid_argument)) << name(profile);
            EXPECT_TRUE(fails_with(context::server(s.server), errc::invalid_argument)) << name(profile);
            continue;
        }
        if (!what.supported) {
            EXPECT_TRUE(fails_with(context::client(s.client), errc::unsupported)) << name(profile);
            EXPECT_TRUE(fails_with(context::server(s.server), errc::unsupported)) << name(profile);
            continue;
        }
        const auto pair = open_pair(s);
        const auto& info = pair.client.info();
        EXPECT_EQ(info.version, version());
        EXPECT_NE(std::ranges::find(what.cipher_suites, info.cipher_suite_name), what.cipher_suites.end());
        EXPECT_NE(std::ranges::find(what.groups, info.group_name), what.groups.end());
    }
}

TEST(profiles, are_enough_of_a_setting) {
    auto client = client_settings{.profile = profile::modern};
    client.trust = pki::trust();
    setup s;
    s.client = client;
    EXPECT_EQ(open_pair(s).server.info().version, protocol_version::tls1_3);
    s.server.max_version = protocol_version::tls1_2;
    auto pair = new_pair(s);
    EXPECT_TRUE(fails_with(run_handshake(pair).server, errc::no_shared_version));
}

TEST(profiles, that_want_post_quantum_cryptography_do_not_settle_for_less) {
    const bool has = backend().supports(feature::group_x25519mlkem768);
    EXPECT_EQ(contents(profile::post_quantum_required).supported, has);
    setup s;
    s.server.profile = profile::post_quantum_required;
    if (!has) {
        EXPECT_TRUE(fails_with(context::server(s.server), errc::unsupported));
        return;
    }
    EXPECT_EQ(open_pair(s).client.info().group_name, "X25519MLKEM768");
    s.client.groups = {"x25519", "secp256r1"};
    expect_nothing_shared(s);
}

TEST(profiles, of_approved_algorithms_offer_nothing_else) {
    const auto seen = offer_of({.profile = profile::fips_approved_algorithms});
    for (const auto group : seen.groups) EXPECT_TRUE(group >= 0x17 && group <= 0x19) << group;
    for (const int chacha : {0x1303, 0xcca8, 0xcca9}) {
        EXPECT_EQ(std::ranges::count(seen.cipher_suites, chacha), 0);
    }
    EXPECT_EQ(std::ranges::count(seen.signature_schemes, 0x0807), 0);
    EXPECT_EQ(seen.cipher_suites.size(), 6U);
    setup s;
    s.server.profile = profile::fips_approved_algorithms;
    const auto pair = open_pair(s);  // with a client of the defaults
    EXPECT_EQ(pair.client.info().group_name, "secp256r1");
}

TEST(profiles, hold_what_the_backend_has) {
    for (const auto profile : all_profiles) {
        const auto what = contents(profile);
        const auto suites = backend().cipher_suites(), schemes = backend().signature_schemes();
        const auto groups = backend().groups();
        for (const auto word : what.cipher_suites) EXPECT_EQ(std::ranges::count(suites, word), 1);
        for (const auto word : what.signature_schemes) EXPECT_EQ(std::ranges::count(schemes, word), 1);
        for (const auto word : what.groups) EXPECT_EQ(std::ranges::count(groups, word), 1);
    }
    EXPECT_EQ(contents(profile::compatible).cipher_suites, backend().cipher_suites());
}

}  // namespace
