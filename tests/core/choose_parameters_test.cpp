// SPDX-License-Identifier: Apache-2.0
// Suites, groups, schemes and profiles that do not go together, each with a sentence that says which and what to do.
#include <gtest/gtest.h>

#include "tests/core/support.hpp"

namespace {

using namespace tlseam;
using namespace core_test;

using words = std::vector<std::string>;

constexpr auto tls1_2 = protocol_version::tls1_2, tls1_3 = protocol_version::tls1_3;

client_settings any_client(protocol_version min = tls1_2, protocol_version max = tls1_3) {
    client_settings out = pair_settings().client;
    out.min_version = min;
    out.max_version = max;
    return out;
}

server_settings any_server(const char* name, protocol_version min = tls1_2, protocol_version max = tls1_3) {
    server_settings out = pair_settings().server;
    out.credentials = {identity(name)};
    out.min_version = min;
    out.max_version = max;
    return out;
}

/// Each of the parts stands in the sentence.
void expect_refused(const result<context>& made, const char* code, std::initializer_list<std::string_view> parts) {
    ASSERT_FALSE(made) << *parts.begin();
    EXPECT_EQ(word(made), code) << made.error().message();
    for (const auto part : parts) {
        EXPECT_NE(made.error().message().find(part), std::string::npos) << part << " in: " << made.error().message();
    }
}

void expect_good(const result<context>& made) { EXPECT_TRUE(made) << made.error().message(); }

// ---- words ----

TEST(Parameters, NamesThatNobodyKnows) {
    for (const char* name : {"", "AES", "ECDHE-RSA-AES128-GCM-SHA256", "tls_aes_128_gcm_sha256",
                             "TLS_AES_128_GCM_SHA256 ", "TLS_AES_512_GCM_SHA256", "a\nb"}) {
        auto client = any_client();
        client.cipher_suites = {"TLS_AES_128_GCM_SHA256", name};
        expect_refused(context::client(client), "invalid_argument",
                       {"cipher_suites: there is no cipher suite", "IANA"});
    }
    for (const char* name : {"", "RSA+SHA256", "ECDSA_secp256r1_sha256", "rsa_pss_rsae_sha256,ed25519"}) {
        auto server = any_server("server");
        server.signature_schemes = {name};
        expect_refused(context::server(server), "invalid_argument",
                       {"signature_schemes: there is no signature scheme", "ecdsa_secp256r1_sha256"});
    }
    auto client = any_client();
    client.groups = {std::string(1000, 'x') + "\x1b[0m"};
    const auto made = context::client(client);
    expect_refused(made, "invalid_argument", {"groups: there is no group 'xxx"});
    EXPECT_LT(made.error().message().size(), 200U);
    EXPECT_EQ(made.error().message().find('\x1b'), std::string::npos);
}

TEST(Parameters, NamesThatAreNotOffered) {
    const std::pair<const char*, const char*> suites[] = {
        {"TLS_RSA_WITH_AES_128_CBC_SHA", "forward secrecy"},
        {"TLS_RSA_WITH_AES_128_GCM_SHA256", "forward secrecy"},
        {"TLS_ECDH_ECDSA_WITH_AES_128_GCM_SHA256", "forward secrecy"},
        {"TLS_RSA_WITH_NULL_SHA256", "not encrypt"},
        {"TLS_ECDH_anon_WITH_AES_128_CBC_SHA", "authenticates nobody"},
        {"TLS_ECDHE_RSA_WITH_RC4_128_SHA", "broken"},
        {"TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", "broken"},
        {"TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", "Diffie-Hellman"},
        {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "authenticated encryption"},
        {"TLS_PSK_WITH_AES_128_GCM_SHA256", "forward secrecy"},
        {"TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256", "authenticated encryption"},
        {"TLS_AES_128_CCM_SHA256", "not every backend"},
        {"TLS_FALLBACK_SCSV", "signal"},
    };
    for (const auto& [name, why] : suites) {
        auto client = any_client();
        client.cipher_suites = {name};
        expect_refused(context::client(client), "invalid_argument", {"cipher_suites: ", name, "is not offered: ", why});
    }
    for (const char* name : {"ffdhe2048", "secp256k1", "secp224r1", "sect283k1", "brainpoolP256r1", "MLKEM768",
                             "SecP256r1MLKEM768", "secp160r1"}) {
        auto client = any_client();
        client.groups = {name};
        expect_refused(context::client(client), "invalid_argument", {"groups: ", name, "is not offered: "});
    }
    for (const char* name : {"rsa_pkcs1_sha1", "ecdsa_sha1", "rsa_pss_pss_sha256", "ed448", "mldsa44"}) {
        auto client = any_client();
        client.signature_schemes = {name};
        expect_refused(context::client(client), "invalid_argument", {"signature_schemes: ", name, "is not offered: "});
    }
}

TEST(Parameters, TwiceAndMissing) {
    auto client = any_client();
    client.cipher_suites = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"};
    expect_refused(context::client(client), "invalid_argument", {"cipher_suites: TLS_AES_128_GCM_SHA256", "twice"});
    client = any_client();
    client.signature_schemes = {"ed25519", "ed25519"};
    expect_refused(context::client(client), "invalid_argument", {"signature_schemes: ed25519 is given twice"});
    client = any_client();
    client.groups = {"x25519", "X25519MLKEM768"};
    expect_refused(context::client(client), "unsupported", {"groups: null 0 does not have X25519MLKEM768"});
    client.cipher_suites = {"nonsense"};  // a mistake everywhere comes before a lack of this backend
    expect_refused(context::client(client), "invalid_argument", {"nonsense"});
}

// ---- every version needs a suite, a group and a scheme ----

TEST(Parameters, SuitesOfEveryVersion) {
    auto client = any_client();
    client.cipher_suites = {"TLS_AES_128_GCM_SHA256"};
    expect_refused(context::client(client), "invalid_argument",
                   {"cipher_suites: none is for TLS 1.2", "set min_version to TLS 1.3"});
    client.max_version = tls1_2;
    expect_refused(context::client(client), "invalid_argument", {"TLS 1.2", "set both versions to TLS 1.3"});
    client.min_version = client.max_version = tls1_3;
    expect_good(context::client(client));
    client = any_client();
    client.cipher_suites = {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"};
    expect_refused(context::client(client), "invalid_argument",
                   {"cipher_suites: none is for TLS 1.3", "set max_version to TLS 1.2"});
    client.max_version = tls1_2;
    expect_good(context::client(client));
    client.cipher_suites = {"TLS_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"};
    expect_good(context::client(client));  // one list for both, whatever is spoken
}

TEST(Parameters, GroupsOfEveryVersion) {
    auto client = any_client();
    client.groups = {"X25519MLKEM768"};
    expect_refused(context::client(client), "invalid_argument",
                   {"groups: none can be used in TLS 1.2", "set min_version to TLS 1.3"});
    client.min_version = tls1_3;
    expect_refused(context::client(client), "unsupported", {"groups", "X25519MLKEM768"});
}

TEST(Parameters, SchemesOfEveryVersion) {
    auto client = any_client();
    client.signature_schemes = {"rsa_pkcs1_sha256", "rsa_pkcs1_sha384"};
    expect_refused(context::client(client), "invalid_argument",
                   {"signature_schemes: none can be used in TLS 1.3", "set max_version to TLS 1.2"});
    client.max_version = tls1_2;
    expect_good(context::client(client));
    client = any_client(tls1_3);
    client.signature_schemes = {"rsa_pkcs1_sha256", "rsa_pss_rsae_sha256"};
    expect_good(context::client(client));
}

TEST(Parameters, SuitesAndSchemesOfTls12) {
    auto client = any_client(tls1_2, tls1_2);
    client.cipher_suites = {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"};
    client.signature_schemes = {"rsa_pss_rsae_sha256", "rsa_pkcs1_sha256"};
    expect_refused(context::client(client), "invalid_argument", {"cipher_suites and signature_schemes"});
    client.signature_schemes.emplace_back("ed25519");  // RFC 8422 5.10
    expect_good(context::client(client));
    client.cipher_suites = {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"};
    client.signature_schemes = {"ecdsa_secp256r1_sha256", "ed25519"};
    expect_refused(context::client(client), "invalid_argument", {"cipher_suites and signature_schemes"});
    client.signature_schemes.emplace_back("rsa_pkcs1_sha256");
    expect_good(context::client(client));
    client.cipher_suites.emplace_back("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
    expect_good(context::client(client));
}

// RFC 8422 5.1: the groups are the curves of certificates too.
TEST(Parameters, CurvesOfTls12) {
    auto client = any_client();
    client.groups = {"x25519"};
    expect_good(context::client(client));  // servers with RSA
    client.cipher_suites = {"TLS_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"};
    client.signature_schemes = {"ecdsa_secp256r1_sha256"};
    expect_refused(context::client(client), "invalid_argument", {"groups: ", "secp256r1", "set min_version"});
    client.groups.emplace_back("secp384r1");
    expect_good(context::client(client));
    auto server = any_server("server");
    server.groups = {"x25519"};
    server.signature_schemes = {"ecdsa_secp256r1_sha256"};
    expect_good(context::server(server));  // its certificate is on a curve that clients name
}

// ---- what the key can do ----

TEST(Parameters, KeysOfServers) {
    auto server = any_server("server-rsa");
    server.signature_schemes = {"ecdsa_secp256r1_sha256"};
    expect_refused(context::server(server), "invalid_argument", {"credentials: an RSA key", "signature_schemes"});
    server.signature_schemes = {"rsa_pss_rsae_sha256"};
    expect_good(context::server(server));
    server.cipher_suites = {"TLS_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"};
    server.signature_schemes = {"rsa_pss_rsae_sha256", "ecdsa_secp256r1_sha256"};
    expect_refused(context::server(server), "invalid_argument",
                   {"credentials: an RSA key fits none of cipher_suites in TLS 1.2"});
    server.min_version = tls1_3;
    expect_good(context::server(server));
    server = any_server("server-rsa");
    server.signature_schemes = {"rsa_pkcs1_sha256", "ecdsa_secp256r1_sha256"};
    expect_refused(context::server(server), "invalid_argument", {"an RSA key can sign with none", "TLS 1.3"});

    server = any_server("server");  // P-256
    server.signature_schemes = {"ecdsa_secp384r1_sha384", "rsa_pss_rsae_sha256"};
    expect_refused(context::server(server), "invalid_argument", {"a key on P-256 can sign with none", "TLS 1.3"});
    server.max_version = tls1_2;  // any hash with any curve
    expect_good(context::server(server));
    server.cipher_suites = {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"};
    expect_refused(context::server(server), "invalid_argument", {"a key on P-256 fits none of cipher_suites"});

    server = any_server("server-ed25519");
    expect_good(context::server(server));
    server.signature_schemes = {"ecdsa_secp256r1_sha256"};
    expect_refused(context::server(server), "invalid_argument", {"an Ed25519 key can sign with none"});
}

TEST(Parameters, KeysOfClients) {
    auto client = any_client();
    client.credentials = {identity("client")};
    client.signature_schemes = {"rsa_pss_rsae_sha256"};
    expect_refused(context::client(client), "invalid_argument", {"credentials: a key on P-256"});
    client.cipher_suites = {"TLS_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"};
    client.signature_schemes.emplace_back("ecdsa_secp256r1_sha256");
    expect_good(context::client(client));  // whatever its server's suites are signed with
}

// ---- profiles ----

TEST(Parameters, ProfilesAndVersions) {
    auto client = any_client();
    client.profile = profile::modern;
    expect_good(context::client(client));
    client.max_version = tls1_2;
    expect_refused(context::client(client), "invalid_argument", {"profile modern and max_version"});
    client.profile = profile::fips_approved_algorithms;
    expect_good(context::client(client));
    client.profile = static_cast<profile>(99);
    expect_refused(context::client(client), "invalid_argument", {"profile"});
}

TEST(Parameters, ProfilesAreCeilings) {
    auto client = any_client();
    client.profile = profile::modern;
    client.cipher_suites = {"TLS_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"};
    expect_refused(context::client(client), "invalid_argument",
                   {"cipher_suites: TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 is outside the profile modern"});
    client.cipher_suites.pop_back();
    client.groups = {"x448", "secp521r1"};
    expect_good(context::client(client));

    client = any_client();
    client.profile = profile::fips_approved_algorithms;
    client.groups = {"secp256r1", "x25519"};
    expect_refused(context::client(client), "invalid_argument", {"groups: x25519", "fips_approved_algorithms"});
    client.groups = {"secp521r1"};
    client.cipher_suites = {"TLS_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"};
    expect_refused(context::client(client), "invalid_argument", {"CHACHA20", "fips_approved_algorithms"});
    client.cipher_suites = {};
    client.signature_schemes = {"ed25519"};
    expect_refused(context::client(client), "invalid_argument", {"signature_schemes: ed25519 is outside the profile"});

    client = any_client();
    client.profile = profile::post_quantum_required;
    client.groups = {"x25519"};
    expect_refused(context::client(client), "invalid_argument", {"groups: x25519", "post_quantum_required"});
}

TEST(Parameters, ProfilesAndKeys) {
    auto server = any_server("server-ed25519");
    server.profile = profile::fips_approved_algorithms;
    expect_refused(context::server(server), "invalid_argument", {"credentials: an Ed25519 key can sign with none"});
    server = any_server("server-rsa");
    server.profile = profile::fips_approved_algorithms;
    expect_good(context::server(server));
}

TEST(Parameters, ProfilesThatThisBackendLacks) {
    auto client = any_client();
    client.profile = profile::post_quantum_required;
    expect_refused(context::client(client), "unsupported",
                   {"profile post_quantum_required: null 0 does not have X25519MLKEM768"});
    EXPECT_FALSE(contents(profile::post_quantum_required).supported);
    EXPECT_TRUE(contents(profile::post_quantum_required).groups.empty());
    EXPECT_TRUE(contents(profile::modern).supported);
    const auto none = contents(static_cast<profile>(99));
    EXPECT_FALSE(none.supported);
    EXPECT_TRUE(none.cipher_suites.empty());
}

TEST(Parameters, NamesOfProfiles) {
    for (const auto p : all_profiles) EXPECT_NE(name(p), "unknown");
    EXPECT_EQ(name(static_cast<profile>(99)), "unknown");
}

}  // namespace
