// SPDX-License-Identifier: Apache-2.0
// tls-server-end-point (RFC 5929 4.1): which hash for which signature. The null backend's hash shows its kind by its
// size.
#include <gtest/gtest.h>

#include <map>

#include "core/channel_binding.hpp"
#include "core/signature_algorithm.hpp"
#include "core/x509.hpp"
#include "tests/core/support.hpp"

namespace {

using namespace tlseam;
using namespace core_test;

credentials signed_with(const std::string& name) {
    return or_throw(
        credentials::load_cert_chain(cert_path("signatures/" + name + ".crt"), cert_path("signatures/key.key")));
}

std::string size_of_binding(const engine& of) {
    auto& e = const_cast<engine&>(of);
    const auto binding = e.channel_binding(channel_binding_type::tls_server_end_point);
    return binding ? std::to_string(binding->size()) : word(binding) + ": " + binding.error().message();
}

TEST(ChannelBinding, TheHashIsTheSignaturesButNothingOlderThanSha256) {
    const std::map<std::string, std::string> expected = {
        {"ecdsa-sha256", "32"}, {"ecdsa-sha384", "48"},   {"ecdsa-sha512", "64"},
        {"rsa-sha384", "48"},   {"rsa-pss-sha256", "32"}, {"rsa-pss-sha512", "64"},
    };
    for (const auto& [name, size] : expected) {
        SCOPED_TRACE(name);
        pair_settings settings;
        settings.client.insecure_skip_verification = true;
        settings.client.trust.reset();
        settings.server.credentials = {signed_with(name)};
        engine_pair pair{settings};
        ASSERT_EQ(word(pair.handshake()), "ok");
        EXPECT_EQ(size_of_binding(pair.client), size);
        EXPECT_EQ(size_of_binding(pair.server), size);
    }
}

// Other servers' certificates; ours are not signed like that.
TEST(ChannelBinding, OldSignaturesHaveTheHashSha256) {
    for (const char* name : {"ecdsa-sha1", "rsa-sha1", "rsa-pss-sha1", "rsa-md5"}) {
        const auto der = cert_der(std::string("signatures/") + name + ".crt");
        EXPECT_EQ(seam::end_point_hash(seam::parse_x509(der)->signature_algorithm), seam::hash_kind::sha256) << name;
    }
}

TEST(ChannelBinding, WhatHasNoHashIsUnsupported) {
    pair_settings settings;
    settings.client.insecure_skip_verification = true;
    settings.client.trust.reset();
    settings.server.credentials = {signed_with("ed25519")};
    engine_pair pair{settings};
    ASSERT_EQ(word(pair.handshake()), "ok");
    for (const engine* each : {&pair.client, &pair.server}) {
        const auto got = size_of_binding(*each);
        EXPECT_TRUE(got.starts_with("unsupported")) << got;
        EXPECT_NE(got.find("Ed25519"), std::string::npos) << got;
    }
    const auto der = cert_der("signatures/rsa-sha224.crt");
    const auto unknown = seam::end_point_hash(seam::parse_x509(der)->signature_algorithm);
    ASSERT_EQ(word(unknown), "unsupported");
    EXPECT_NE(unknown.error().message().find("not known"), std::string::npos) << unknown.error().message();
}

TEST(ChannelBinding, OldSignaturesAreToldFromUnknownOnes) {
    const auto old = [](const std::string& name) {
        const auto der = cert_der("signatures/" + name + ".crt");
        return seam::is_signed_with_md5_or_sha1(seam::parse_x509(der)->signature_algorithm);
    };
    for (const char* name : {"ecdsa-sha1", "rsa-sha1", "rsa-md5", "rsa-pss-sha1"}) EXPECT_TRUE(old(name)) << name;
    for (const char* name : {"ecdsa-sha256", "rsa-pss-sha256", "rsa-sha224", "ed25519"})
        EXPECT_FALSE(old(name)) << name;
    EXPECT_FALSE(seam::is_signed_with_md5_or_sha1({}));
    EXPECT_FALSE(seam::is_signed_with_md5_or_sha1(bytes({0x30, 0})));
    EXPECT_FALSE(seam::is_signed_with_md5_or_sha1(bytes({0x30, 2, 6, 0})));
}

}  // namespace
