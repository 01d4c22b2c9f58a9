// SPDX-License-Identifier: Apache-2.0
// Channel bindings (RFC 9266, RFC 5929). EXP-003
#include <sstream>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/bytes.hpp"
#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/stream_pair.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

using bytes = std::vector<std::byte>;
constexpr auto of_connection = channel_binding_type::tls_exporter;
constexpr auto of_server = channel_binding_type::tls_server_end_point;

setup exporting(protocol_version version) {
    auto s = only(version);
    s.client.exporter = s.server.exporter = true;
    return s;
}

std::string hex(std::span<const std::byte> of) {
    std::string out;
    for (const std::byte b : of) {
        constexpr char digits[] = "0123456789abcdef";
        out += digits[std::to_integer<unsigned>(b) >> 4];
        out += digits[std::to_integer<unsigned>(b) & 15];
    }
    return out;
}

/// The binding in hexadecimal, or what went wrong.
template <class Connection>
std::string text(Connection& of, channel_binding_type type) {
    const auto binding = of.channel_binding(type);
    return binding ? hex(*binding) : describe(binding);
}

class channel_binding : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, channel_binding, both_versions(), version_name());

/// In TLS 1.2 RFC 9266 asks for an empty context, which is not the same as none.
bool has_exporter_binding(protocol_version version) {
    return version == protocol_version::tls1_3 || backend().supports(feature::exporter_empty_context);
}

TEST_P(channel_binding, of_the_connection_is_the_exporter_with_its_registered_label) {
    const contexts both(exporting(version()));
    auto pair = open_pair(both);
    auto another = open_pair(both);
    const auto client = pair.client.channel_binding(of_connection), server = pair.server.channel_binding(of_connection);
    if (!has_exporter_binding(version())) {
        EXPECT_TRUE(fails_with(client, errc::unsupported));
        EXPECT_TRUE(fails_with(server, errc::unsupported));
        return;
    }
    ASSERT_TRUE(ok(client));
    ASSERT_TRUE(ok(server));
    EXPECT_EQ(*client, *server);
    EXPECT_EQ(client->size(), 32U);
    EXPECT_NE(text(another.client, of_connection), hex(*client));
    bytes exported(32);
    EXPECT_TRUE(ok(pair.client.export_keying_material(exported, "EXPORTER-Channel-Binding", bytes())));
    EXPECT_EQ(exported, *client);
}

TEST_P(channel_binding, of_the_connection_needs_the_setting_and_of_the_server_does_not) {
    auto pair = open_pair(only(version()));
    for (engine* each : {&pair.client, &pair.server}) {
        EXPECT_TRUE(fails_with(each->channel_binding(of_connection), errc::misuse));
        EXPECT_TRUE(ok(each->channel_binding(of_server)));
    }
}

// What Python says: hashlib.sha256(ssl.PEM_cert_to_DER_cert(the first certificate of the file)).hexdigest()
constexpr auto of_server_crt = "1422fbdd0185b0889e966cd320ac08a8201ed24f81313daad0d48433a383a9d5";
constexpr auto of_server_rsa_crt = "965e11e38d225e24d7b9db60238e5aac6161edfd1951d951e5011d5651eba9ee";

TEST_P(channel_binding, of_the_server_is_the_hash_of_its_certificate) {
    for (const auto& [server, digest] :
         {std::pair("server", of_server_crt), std::pair("server-rsa", of_server_rsa_crt)}) {
        auto pair = open_pair(only(version(), server));
        EXPECT_EQ(text(pair.client, of_server), digest) << server;
        EXPECT_EQ(text(pair.server, of_server), digest) << server;
    }
}

// certs/signatures/end_points.txt is Python's too. What is weaker cannot be loaded: core's own tests look at that.
TEST_P(channel_binding, of_the_server_uses_the_hash_of_its_signature) {
    std::istringstream lines(pki::bytes("signatures/end_points.txt"));
    int seen = 0;
    for (std::string name, expected; lines >> name >> expected;) {
        if (name.find("sha1") != name.npos || name.find("md5") != name.npos || name.find("sha224") != name.npos)
            continue;
        SCOPED_TRACE(name);
        ++seen;
        auto s = only(version());
        s.client.insecure_skip_verification = true;
        s.client.trust.reset();
        s.server.credentials = {or_throw(
            credentials::load_cert_chain(pki::file("signatures/" + name + ".crt"), pki::file("signatures/key.key")))};
        auto pair = open_pair(s);
        for (engine* each : {&pair.client, &pair.server}) {
            const auto binding = each->channel_binding(of_server);
            if (expected == "unsupported") {
                EXPECT_TRUE(fails_with(binding, errc::unsupported));
                EXPECT_NE(binding.error().message().find("Ed25519"), std::string::npos) << binding.error().message();
            } else {
                EXPECT_EQ(text(*each, of_server), expected);
            }
        }
    }
    EXPECT_EQ(seen, 7);
}

TEST_P(channel_binding, of_a_server_with_a_client_certificate_is_still_the_servers) {
    auto s = only(version());
    s.client.credentials = {pki::identity("client")};
    s.server.client_auth = client_auth::required;
    s.server.client_trust = pki::trust();
    auto pair = open_pair(s);
    EXPECT_EQ(text(pair.client, of_server), of_server_crt);
    EXPECT_EQ(text(pair.server, of_server), of_server_crt);
}

TEST_P(channel_binding, is_misuse_before_the_handshake_and_there_is_no_third_type) {
    auto pair = new_pair(exporting(version()));
    for (const auto type : {of_connection, of_server}) {
        EXPECT_TRUE(fails_with(pair.client.channel_binding(type), errc::misuse));
        EXPECT_TRUE(fails_with(pair.server.channel_binding(type), errc::misuse));
    }
    EXPECT_TRUE(run_handshake(pair).complete());
    EXPECT_TRUE(fails_with(pair.client.channel_binding(channel_binding_type{9}), errc::invalid_argument));
    EXPECT_TRUE(fails_with(pair.server.channel_binding(channel_binding_type{9}), errc::invalid_argument));
}

TEST_P(channel_binding, stays_until_a_failure) {
    auto pair = open_pair(exporting(version()));
    close_both(pair);
    EXPECT_EQ(text(pair.client, of_server), of_server_crt);
    EXPECT_EQ(text(pair.server, of_server), of_server_crt);
    auto failed = open_pair(exporting(version()));
    failed.client.end_of_input();
    EXPECT_TRUE(fails_with(read_text(failed.client), errc::truncated));
    EXPECT_TRUE(fails_with(failed.client.channel_binding(of_server), errc::truncated));
    EXPECT_TRUE(fails_with(failed.client.channel_binding(of_connection), errc::truncated));
}

TEST_P(channel_binding, is_the_same_on_streams) {
    auto pair = open_streams(exporting(version()));
    EXPECT_EQ(text(pair.client, of_server), of_server_crt);
    EXPECT_EQ(text(pair.server, of_server), of_server_crt);
    if (has_exporter_binding(version())) {
        EXPECT_TRUE(ok(pair.client.channel_binding(of_connection)));
        EXPECT_EQ(text(pair.client, of_connection), text(pair.server, of_connection));
    }
}

}  // namespace
