// SPDX-License-Identifier: Apache-2.0
// What contexts and connections refuse before anything happens, each with a sentence that names the setting.
#include <gtest/gtest.h>

#include "tests/core/support.hpp"

namespace {

using namespace tlseam;
using namespace core_test;

client_settings good_client() { return pair_settings().client; }
server_settings good_server() { return pair_settings().server; }

void expect_refused(const result<context>& made, std::string_view sentence) {
    ASSERT_FALSE(made) << sentence;
    EXPECT_EQ(word(made), "invalid_argument");
    EXPECT_NE(made.error().message().find(sentence), std::string::npos) << made.error().message();
}

TEST(Settings, TheGoodOnesAreGood) {
    const auto client = context::client(good_client());
    ASSERT_TRUE(client) << client.error().message();
    EXPECT_EQ(client->role(), role::client);
    const auto server = context::server(good_server());
    ASSERT_TRUE(server) << server.error().message();
    EXPECT_EQ(server->role(), role::server);
}

TEST(Settings, Versions) {
    client_settings client = good_client();
    client.min_version = protocol_version::tls1_3;
    client.max_version = protocol_version::tls1_2;
    expect_refused(context::client(client), "min_version is above max_version");
    for (const auto odd : {protocol_version::none, protocol_version{0x0302}, protocol_version{0x0305}}) {
        client = good_client();
        client.min_version = odd;
        expect_refused(context::client(client), "min_version and max_version");
        server_settings server = good_server();
        server.max_version = odd;
        expect_refused(context::server(server), "min_version and max_version");
    }
}

TEST(Settings, Alpn) {
    client_settings client = good_client();
    client.alpn = {"h2", ""};
    expect_refused(context::client(client), "alpn: a protocol name is empty");
    client.alpn = {std::string(256, 'x')};
    expect_refused(context::client(client), "alpn: a protocol name has 256 bytes");
    client.alpn = {"h2", "http/1.1", "h2"};
    expect_refused(context::client(client), "alpn: a protocol is given twice");
    client.alpn.clear();
    for (int i = 0; i < 257; ++i) {
        client.alpn.push_back(std::string(251, 'x') + static_cast<char>(i % 256) + static_cast<char>(i / 256) + "yy");
    }
    expect_refused(context::client(client), "alpn: the list is longer");
    client.alpn.resize(255);  // 255 names of 255 bytes, each with its length: 65,280
    EXPECT_TRUE(context::client(client));
    client.alpn = {std::string(255, 'x'), std::string("a\0b", 3)};
    EXPECT_TRUE(context::client(client)) << "any bytes";
    server_settings server = good_server();
    server.alpn = {""};
    expect_refused(context::server(server), "alpn: a protocol name is empty");
}

TEST(Settings, Credentials) {
    client_settings client = good_client();
    client.credentials = {identity("client"), identity("client")};
    expect_refused(context::client(client), "credentials: number 1 and number 2");
    client.credentials.back() = identity("client-rsa");
    EXPECT_TRUE(context::client(client));
    server_settings server = good_server();
    server.credentials.push_back(identity("server-rsa"));
    EXPECT_TRUE(context::server(server));
    server.credentials.push_back(identity("server"));
    expect_refused(context::server(server), "credentials: number 1 and number 3");
    server.credentials.clear();
    expect_refused(context::server(server), "credentials: a server needs");
}

TEST(Settings, ClientAuth) {
    server_settings server = good_server();
    for (const auto asks : {client_auth::optional, client_auth::required}) {
        server.client_auth = asks;
        server.client_trust.reset();
        expect_refused(context::server(server), "client_trust: client_auth needs");
        server.client_trust = pair_settings().client.trust;
        EXPECT_TRUE(context::server(server));
    }
    server.client_auth = client_auth::none;
    expect_refused(context::server(server), "client_trust is set");
}

std::string create_word(const result<context>& made, const connect_options& options) {
    return word(engine::create(or_throw(result<tlseam::context>(made)), options));
}

TEST(Settings, ConnectOptions) {
    const auto client = context::client(good_client());
    EXPECT_EQ(create_word(client, {.server_name = "localhost"}), "ok");
    EXPECT_EQ(create_word(client, {.verified_name = "localhost"}), "ok");
    EXPECT_EQ(create_word(client, {.server_name = "", .verified_name = "localhost"}), "ok");
    EXPECT_EQ(create_word(client, {.server_name = "127.0.0.1"}), "ok");
    EXPECT_EQ(create_word(client, {}), "invalid_argument");
    EXPECT_EQ(create_word(client, {.server_name = ""}), "invalid_argument");
    EXPECT_EQ(create_word(client, {.server_name = "localhost", .verified_name = ""}), "invalid_argument");
    EXPECT_EQ(create_word(client, {.server_name = "no host"}), "invalid_argument");
    EXPECT_EQ(create_word(client, {.server_name = "localhost", .verified_name = "*.example.com"}), "invalid_argument");
    client_settings careless = good_client();
    careless.insecure_skip_verification = true;
    EXPECT_EQ(create_word(context::client(careless), {}), "ok");
    EXPECT_EQ(create_word(context::client(careless), {.server_name = "no host"}), "invalid_argument");
    const auto server = context::server(good_server());
    EXPECT_EQ(create_word(server, {}), "ok");
    EXPECT_EQ(create_word(server, {.server_name = "localhost"}), "misuse");
    EXPECT_EQ(create_word(server, {.verified_name = "localhost"}), "misuse");
}

// ---- what the settings do ----

TEST(Settings, VersionsMustOverlap) {
    pair_settings settings(protocol_version::tls1_2);
    settings.server.min_version = settings.server.max_version = protocol_version::tls1_3;
    engine_pair pair(settings);
    const auto failed = pair.handshake();
    ASSERT_EQ(word(failed), "no_shared_version");
    EXPECT_EQ(failed.error().alert().value_or(0), 70);
    EXPECT_EQ(failed.error().origin(), error_origin::local);
    const auto told = pair.client.handshake();
    ASSERT_EQ(word(told), "alert_received");
    EXPECT_EQ(told.error().alert().value_or(0), 70);
}

TEST(Settings, TheServersOrderOfProtocolsDecides) {
    pair_settings settings;
    settings.client.alpn = {"http/1.1", "h2"};
    settings.server.alpn = {"h2", "http/1.1"};
    engine_pair pair(settings);
    ASSERT_EQ(word(pair.handshake()), "ok");
    EXPECT_EQ(pair.client.info().alpn, "h2");
    EXPECT_EQ(pair.server.info().alpn, "h2");
    EXPECT_EQ(pair.server.info().server_name, "localhost");
}

TEST(Settings, NoSharedProtocol) {
    pair_settings settings;
    settings.client.alpn = {"h2"};
    settings.server.alpn = {"smtp"};
    engine_pair pair(settings);
    const auto failed = pair.handshake();
    ASSERT_EQ(word(failed), "no_application_protocol");
    EXPECT_EQ(failed.error().alert().value_or(0), 120);
    EXPECT_EQ(word(pair.client.handshake()), "alert_received");
    settings.client.alpn.clear();
    engine_pair without(settings);
    EXPECT_EQ(word(without.handshake()), "ok") << "a client without ALPN is let in";
    EXPECT_EQ(without.server.info().alpn, "");
}

TEST(Settings, PlainHttpIsToldFromNoise) {
    engine_pair pair;
    ASSERT_EQ(word(pair.server.feed(bytes("GET / HTTP/1.1\r\n"))), "ok");
    EXPECT_EQ(word(pair.server.handshake()), "plaintext_http");
    EXPECT_TRUE(pair.server.output().empty());
    EXPECT_EQ(word(pair.client.handshake()), "want_read");
    ASSERT_EQ(word(pair.client.feed(bytes("HTTP/1.1 400 Bad Request"))), "ok");
    EXPECT_EQ(word(pair.client.handshake()), "plaintext_http");
    engine_pair noise;
    ASSERT_EQ(word(noise.server.feed(bytes("SSH-2.0-x"))), "ok");
    EXPECT_EQ(word(noise.server.handshake()), "not_tls");
}

TEST(Settings, AMalformedHelloIsAnsweredWithAnAlert) {
    engine_pair pair;
    ASSERT_EQ(word(pair.server.feed(record(22, bytes({2, 0, 0, 0})))), "ok");
    const auto failed = pair.server.handshake();
    ASSERT_EQ(word(failed), "protocol_error");
    EXPECT_EQ(failed.error().alert().value_or(0), 10);
    EXPECT_EQ(buffer(pair.server.output().begin(), pair.server.output().end()), record(21, bytes({2, 10})));
}

}  // namespace
