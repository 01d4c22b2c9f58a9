// SPDX-License-Identifier: Apache-2.0
// A library that takes any signature: the null backend says of every one that it is ecdsa_secp256r1_sha256.
#include <gtest/gtest.h>

#include "tests/core/support.hpp"

namespace {

using namespace tlseam;
using namespace core_test;

constexpr std::uint8_t illegal_parameter = 47;

TEST(PeerScheme, IsShown) {
    engine_pair pair{pair_settings()};
    ASSERT_EQ(word(pair.handshake()), "ok");
    EXPECT_EQ(pair.client.info().peer_signature_scheme, 0x0403);
    EXPECT_EQ(pair.client.info().peer_signature_scheme_name, "ecdsa_secp256r1_sha256");
    EXPECT_EQ(pair.server.info().peer_signature_scheme, 0);
    EXPECT_EQ(pair.server.info().peer_signature_scheme_name, "");
}

TEST(PeerScheme, OfAServerMustBeOneOfTheClients) {
    for (const auto version : {protocol_version::tls1_2, protocol_version::tls1_3}) {
        pair_settings settings(version);
        settings.client.signature_schemes = {"rsa_pss_rsae_sha256"};
        engine_pair pair{settings};
        (void)pair.handshake();
        const auto again = pair.client.handshake();
        ASSERT_EQ(word(again), "protocol_error");
        EXPECT_NE(again.error().message().find("ecdsa_secp256r1_sha256 (0x0403)"), std::string::npos)
            << again.error().message();
        EXPECT_TRUE(pair.client.info().peer_certificates.empty());
        EXPECT_TRUE(pair.client.output().empty());  // no Finished of ours
        EXPECT_EQ(word(pair.server.handshake()), "want_read");
    }
}

TEST(PeerScheme, OfAClientMustBeOneOfTheServers) {
    for (const auto version : {protocol_version::tls1_2, protocol_version::tls1_3}) {
        pair_settings settings(version);
        settings.client.credentials = {identity("client")};
        settings.server.credentials = {identity("server-rsa")};
        settings.server.client_auth = client_auth::required;
        settings.server.client_trust = or_throw(trust_store::load_file(cert_path("root.crt")));
        settings.server.signature_schemes = {"rsa_pss_rsae_sha256"};
        engine_pair pair{settings};
        (void)pair.handshake();
        const auto refused = pair.server.handshake();
        ASSERT_EQ(word(refused), "protocol_error");
        EXPECT_TRUE(pair.server.info().peer_certificates.empty());
        // In TLS 1.2 the alert can still be in the clear.
        const bool tls1_2 = version == protocol_version::tls1_2;
        EXPECT_EQ(refused.error().alert(), tls1_2 ? std::optional(illegal_parameter) : std::nullopt);
        engine_pair::move_bytes(pair.server, pair.client);
        std::byte byte[1];
        EXPECT_EQ(word(pair.client.read_some(byte)), tls1_2 ? "alert_received" : "want_read");
    }
}

}  // namespace
