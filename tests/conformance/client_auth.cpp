// SPDX-License-Identifier: Apache-2.0
// Certificates of clients: whom a server asks, whom it lets in, and how the others learn.
#include <tuple>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

/// alert numbers of RFC 8446 6
constexpr std::uint8_t handshake_failure = 40;
constexpr std::uint8_t certificate_required_alert = 116;

setup asking(protocol_version version, client_auth mode, const char* client = nullptr) {
    auto s = only(version);
    s.server.client_auth = mode;
    if (mode != client_auth::none) s.server.client_trust = pki::trust();
    if (client != nullptr) s.client.credentials = {pki::identity(client)};
    return s;
}

/// What the client gets of a refusal: in TLS 1.2 the handshake fails, in TLS 1.3 it may be over by then and the next
/// read fails.
result<void> verdict_for_client(engine_pair& pair, const outcome& seen) {
    if (!seen.client) return seen.client;
    const auto read = read_text(pair.client);
    if (!read) return std::unexpected(read.error());
    return {};
}

class client_certificate : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, client_certificate, both_versions(), version_name());

// MTL-001, MTL-005
TEST_P(client_certificate, is_verified_and_reported_by_a_server_that_asks) {
    for (const auto mode : {client_auth::optional, client_auth::required}) {
        const auto s = asking(version(), mode, "client");
        auto pair = open_pair(s);
        EXPECT_TRUE(pair.server.info().peer_verified);
        EXPECT_EQ(pair.server.info().peer_certificates, s.client.credentials.front().chain());
        EXPECT_EQ(carry(pair, pair.client, pair.server, "hello"), "hello");
        EXPECT_EQ(carry(pair, pair.server, pair.client, "world"), "world");
    }
}

TEST_P(client_certificate, is_not_sent_to_a_server_that_does_not_ask) {
    auto pair = open_pair(asking(version(), client_auth::none, "client"));
    EXPECT_TRUE(pair.server.info().peer_certificates.empty());
    EXPECT_FALSE(pair.server.info().peer_verified);
    EXPECT_EQ(carry(pair, pair.client, pair.server, "hello"), "hello");
}

// MTL-003
TEST_P(client_certificate, may_be_missing_when_it_is_optional) {
    auto pair = open_pair(asking(version(), client_auth::optional));
    EXPECT_TRUE(pair.server.info().peer_certificates.empty());
    EXPECT_FALSE(pair.server.info().peer_verified);
    EXPECT_EQ(carry(pair, pair.client, pair.server, "hello"), "hello");
}

// MTL-002
TEST_P(client_certificate, must_be_there_when_it_is_required) {
    auto pair = new_pair(asking(version(), client_auth::required));
    const auto seen = run_handshake(pair);
    const auto alert = is_tls1_3() ? certificate_required_alert : handshake_failure;
    EXPECT_TRUE(fails_with(seen.server, errc::certificate_required));
    ASSERT_FALSE(seen.server);
    EXPECT_EQ(seen.server.error().alert(), alert);
    EXPECT_EQ(seen.server.error().origin(), error_origin::local);
    EXPECT_EQ(pair.server.info().version, protocol_version::none);
    EXPECT_TRUE(received_alert(verdict_for_client(pair, seen), alert));
}

TEST_P(client_certificate, of_any_key_type_works) {
    for (const auto* name : {"server-rsa", "server-ed25519"}) {
        auto s = asking(version(), client_auth::required, name);
        if (!pki::usable(name)) {
            EXPECT_TRUE(fails_with(context::client(s.client), errc::unsupported)) << name;
            continue;
        }
        auto pair = new_pair(s);
        // Their purpose is wrong, and only that: the signatures of these keys were fine.
        EXPECT_TRUE(refused_for(run_handshake(pair).server, cert_errc::wrong_purpose)) << name;
    }
}

TEST_P(client_certificate, trusted_by_nobody_is_refused) {
    auto s = asking(version(), client_auth::required, "client");
    s.server.client_trust = pki::no_trust();
    auto pair = new_pair(s);
    EXPECT_TRUE(refused_for(run_handshake(pair).server, cert_errc::unknown_ca));
}

TEST_P(client_certificate, is_checked_against_the_clock_of_the_server) {
    using namespace std::chrono_literals;
    auto s = asking(version(), client_auth::required, "client-expired");
    s.server.clock = pki::always(2020y / 6 / 1);
    EXPECT_TRUE(open_pair(s).server.info().peer_verified);
    s = asking(version(), client_auth::required, "client");
    s.server.clock = pki::always(2019y / 6 / 1);
    auto pair = new_pair(s);
    EXPECT_TRUE(refused_for(run_handshake(pair).server, cert_errc::not_yet_valid));
}

// A name is what clients check in servers, never the other way round.
TEST_P(client_certificate, needs_no_particular_name) {
    EXPECT_TRUE(open_pair(asking(version(), client_auth::required, "client")).server.info().peer_verified);
}

// MTL-008
TEST_P(client_certificate, is_not_shown_to_a_server_that_is_refused) {
    auto s = asking(version(), client_auth::required, "client");
    s.server.credentials = {pki::identity("unknown-ca")};
    auto pair = new_pair(s);
    const auto seen = run_handshake(pair);
    EXPECT_TRUE(refused_for(seen.client, cert_errc::unknown_ca));
    EXPECT_TRUE(saw_the_refusal(seen.server));
    EXPECT_TRUE(pair.server.info().peer_certificates.empty());
}

TEST_P(client_certificate, is_asked_for_anew_on_every_connection) {
    const contexts shared(asking(version(), client_auth::required, "client"));
    for (int i = 0; i < 3; ++i) {
        auto pair = open_pair(shared);
        EXPECT_TRUE(pair.server.info().peer_verified);
        EXPECT_FALSE(pair.server.info().peer_certificates.empty());
    }
}

// ---- bad ones: MTL-004 ----

struct bad_client {
    const char* name;
    cert_errc reason;
};
const bad_client bad_clients[] = {
    {"client-unknown-ca", cert_errc::unknown_ca},
    {"client-expired", cert_errc::expired},
    {"client-wrong-purpose", cert_errc::wrong_purpose},
    {"self-signed", cert_errc::self_signed},
};

using version_mode_client = std::tuple<protocol_version, client_auth, bad_client>;
class bad_client_certificate : public testing::TestWithParam<version_mode_client> {};

std::string bad_client_name(const testing::TestParamInfo<version_mode_client>& info) {
    const auto& [version, mode, bad] = info.param;
    std::string text = short_name(version) + (mode == client_auth::optional ? "_optional_" : "_required_") + bad.name;
    for (auto& c : text) c = c == '-' ? '_' : c;
    return text;
}
INSTANTIATE_TEST_SUITE_P(tls, bad_client_certificate,
                         testing::Combine(both_versions(),
                                          testing::Values(client_auth::optional, client_auth::required),
                                          testing::ValuesIn(bad_clients)),
                         bad_client_name);

TEST_P(bad_client_certificate, is_refused_and_the_client_told_why) {
    const auto& [version, mode, bad] = GetParam();
    auto pair = new_pair(asking(version, mode, bad.name));
    const auto seen = run_handshake(pair);
    EXPECT_TRUE(refused_for(seen.server, bad.reason));
    ASSERT_FALSE(seen.server);
    EXPECT_FALSE(pair.server.info().peer_verified);
    EXPECT_TRUE(pair.server.info().peer_certificates.empty());
    ASSERT_TRUE(seen.server.error().alert().has_value());
    EXPECT_TRUE(received_alert(verdict_for_client(pair, seen), *seen.server.error().alert()));
}

// ---- settings ----

TEST(client_auth_settings, without_anchors_for_clients_are_refused) {
    const auto server = pki::identity("server");
    for (const auto mode : {client_auth::optional, client_auth::required}) {
        EXPECT_TRUE(
            fails_with(context::server({.credentials = {server}, .client_auth = mode}), errc::invalid_argument));
    }
}

TEST(client_auth_settings, with_anchors_that_nobody_would_use_are_refused) {
    EXPECT_TRUE(fails_with(context::server({.credentials = {pki::identity("server")}, .client_trust = pki::trust()}),
                           errc::invalid_argument));
}

}  // namespace
