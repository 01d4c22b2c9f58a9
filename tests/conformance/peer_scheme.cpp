// SPDX-License-Identifier: Apache-2.0
// What the peer signed the handshake with: shown to both ends, and never anything that the settings exclude. CIP-016
#include <algorithm>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"
#include "tests/support/visits.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

using words = std::vector<std::string>;

struct signing {
    const char* scheme;
    std::uint16_t number;
    const char* key;  // "", "-rsa", "-ed25519"
    bool tls1_3 = true;
};
// P-256 is the only curve that both roles have a key on: in TLS 1.3 it has one scheme.
constexpr signing all_signings[] = {
    {"ecdsa_secp256r1_sha256", 0x0403, ""},        {"ecdsa_secp384r1_sha384", 0x0503, "", false},
    {"ecdsa_secp521r1_sha512", 0x0603, "", false}, {"rsa_pss_rsae_sha256", 0x0804, "-rsa"},
    {"rsa_pss_rsae_sha384", 0x0805, "-rsa"},       {"rsa_pss_rsae_sha512", 0x0806, "-rsa"},
    {"rsa_pkcs1_sha256", 0x0401, "-rsa", false},   {"rsa_pkcs1_sha384", 0x0501, "-rsa", false},
    {"rsa_pkcs1_sha512", 0x0601, "-rsa", false},   {"ed25519", 0x0807, "-ed25519"},
};

std::vector<signing> signings_of(protocol_version version) {
    std::vector<signing> out;
    const auto known = backend().signature_schemes();
    std::ranges::copy_if(all_signings, std::back_inserter(out), [&](const signing& each) {
        return std::ranges::count(known, each.scheme) != 0 && (each.tls1_3 || version == protocol_version::tls1_2);
    });
    return out;
}

setup asking(protocol_version version, const char* server, client_auth how = client_auth::required) {
    auto s = only(version, server);
    s.server.client_auth = how;
    s.server.client_trust = pki::trust();
    return s;
}

class peer_scheme : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, peer_scheme, both_versions(), version_name());

TEST_P(peer_scheme, of_a_server_is_shown_to_the_client) {
    ASSERT_FALSE(signings_of(version()).empty());
    for (const auto& each : signings_of(version())) {
        auto s = only(version(), std::string("server") + each.key);
        s.client.signature_schemes = {each.scheme};
        const auto pair = open_pair(s);
        EXPECT_EQ(pair.client.info().peer_signature_scheme, each.number) << each.scheme;
        EXPECT_EQ(pair.client.info().peer_signature_scheme_name, each.scheme);
        EXPECT_EQ(pair.server.info().peer_signature_scheme, 0) << each.scheme;
        EXPECT_EQ(pair.server.info().peer_signature_scheme_name, "");
    }
}

/// One scheme, and one of each other kind: a server whose list lacks a kind may ask for it all the same.
words with_other_kinds(std::string_view scheme) {
    words out = {std::string(scheme)};
    if (!scheme.starts_with("rsa_")) out.emplace_back("rsa_pss_rsae_sha256");
    if (!scheme.starts_with("ecdsa_")) out.emplace_back("ecdsa_secp256r1_sha256");
    return out;
}

// The server's own key is of the same kind.
TEST_P(peer_scheme, of_a_client_is_shown_to_the_server) {
    for (const auto& each : signings_of(version())) {
        auto s = asking(version(), (std::string("server") + each.key).c_str());
        s.client.credentials = {pki::identity(std::string("client") + each.key)};
        s.server.signature_schemes = with_other_kinds(each.scheme);
        const std::string_view scheme = each.scheme;
        const auto pair = open_pair(s);
        EXPECT_EQ(pair.server.info().peer_signature_scheme, each.number) << scheme;
        EXPECT_EQ(pair.server.info().peer_signature_scheme_name, scheme);
        EXPECT_EQ(pair.client.info().peer_signature_scheme, each.number) << scheme;
    }
}

TEST_P(peer_scheme, of_a_client_without_a_certificate_is_none) {
    const auto pair = open_pair(asking(version(), "server", client_auth::optional));
    EXPECT_EQ(pair.server.info().peer_signature_scheme, 0);
    EXPECT_EQ(pair.client.info().peer_signature_scheme, 0x0403);
}

TEST_P(peer_scheme, of_a_resumption_is_none) {
    const contexts made(resuming(version()));
    const auto first = visit_once(made), second = visit_once(made);
    ASSERT_TRUE(second.resumed());
    EXPECT_EQ(first.client.peer_signature_scheme, 0x0403);
    EXPECT_EQ(second.client.peer_signature_scheme, 0);
    EXPECT_EQ(second.client.peer_signature_scheme_name, "");
}

TEST_P(peer_scheme, is_none_before_the_handshake_and_after_one_that_failed) {
    auto pair = new_pair(only(version(), "expired"));
    EXPECT_EQ(pair.client.info().peer_signature_scheme, 0);
    ASSERT_FALSE(run_handshake(pair).complete());
    EXPECT_EQ(pair.client.info().peer_signature_scheme, 0);
}

TEST_P(peer_scheme, is_known_without_verification) {
    auto s = only(version());
    s.client.insecure_skip_verification = true;
    EXPECT_EQ(open_pair(s).client.info().peer_signature_scheme, 0x0403);
}

// ---- keys that the server's schemes exclude ----

// RFC 8446 4.4.2.3, RFC 5246 7.4.6: the client sends no certificate, and the server decides.
TEST_P(peer_scheme, of_a_client_whose_key_is_excluded_is_never_taken) {
    for (const auto& [key, server, scheme] : {std::tuple("client", "server-rsa", "rsa_pss_rsae_sha256"),
                                              std::tuple("client-rsa", "server", "ecdsa_secp256r1_sha256")}) {
        auto s = asking(version(), server, client_auth::optional);
        s.client.credentials = {pki::identity(key)};
        s.server.signature_schemes = {scheme};
        auto pair = new_pair(s);
        const auto seen = run_handshake(pair);
        EXPECT_TRUE(pair.server.info().peer_certificates.empty()) << key;
        EXPECT_TRUE(pair.client.info().local_certificates.empty()) << key;
        if (!is_tls1_3() && !backend().supports(feature::signature_choice)) {
            // Its request names more than the settings do, so the client has signed: it is refused all the same.
            EXPECT_TRUE(fails_with(seen.server, errc::protocol_error)) << key;
            EXPECT_TRUE(received_alert(seen.client, 47)) << key;
            continue;
        }
        EXPECT_TRUE(seen.complete()) << key;
    }
}

TEST_P(peer_scheme, of_a_client_whose_key_is_excluded_where_one_is_required) {
    auto s = asking(version(), "server-rsa");
    s.client.credentials = {pki::identity("client")};
    s.server.signature_schemes = {"rsa_pss_rsae_sha256"};
    auto pair = new_pair(s);
    const auto seen = run_handshake(pair);
    const bool asks_for_more = !is_tls1_3() && !backend().supports(feature::signature_choice);
    EXPECT_TRUE(fails_with(seen.server, asks_for_more ? errc::protocol_error : errc::certificate_required));
    EXPECT_TRUE(pair.server.info().peer_certificates.empty());
}

TEST_P(peer_scheme, of_a_client_with_several_keys_is_one_that_the_server_takes) {
    auto s = asking(version(), "server-rsa");
    s.client.credentials = {pki::identity("client"), pki::identity("client-rsa")};
    s.server.signature_schemes = {"rsa_pss_rsae_sha256"};
    if (!is_tls1_3() && !backend().supports(feature::signature_choice)) {
        auto pair = new_pair(s);
        EXPECT_TRUE(fails_with(run_handshake(pair).server, errc::protocol_error));  // as above
        return;
    }
    const auto pair = open_pair(s);
    EXPECT_EQ(pair.server.info().peer_certificates, s.client.credentials.back().chain());
    EXPECT_EQ(pair.server.info().peer_signature_scheme, 0x0804);
}

}  // namespace
