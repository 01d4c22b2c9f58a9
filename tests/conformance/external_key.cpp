// SPDX-License-Identifier: Apache-2.0
// Private keys that are elsewhere: every kind, both roles and versions, and callbacks that do not do what they should.
#include <atomic>
#include <stdexcept>
#include <tuple>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/signer.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

constexpr std::uint8_t internal_error = 80;

class external_key : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, external_key, both_versions(), version_name());

setup with_client(protocol_version version, const credentials& client) {
    auto s = only(version);
    s.server.client_auth = client_auth::required;
    s.server.client_trust = pki::trust();
    s.client.credentials = {client};
    return s;
}

/// Both ends agree and are sure of each other.
void expect_good(const setup& s) {
    auto pair = new_pair(s);
    const auto seen = run_handshake(pair);
    ASSERT_TRUE(ok(seen.client));
    ASSERT_TRUE(ok(seen.server));
    EXPECT_TRUE(pair.client.info().peer_verified);
    EXPECT_EQ(carry(pair, pair.client, pair.server, "hello"), "hello");
    EXPECT_EQ(carry(pair, pair.server, pair.client, "world"), "world");
}

// ---- what works ----

TEST_P(external_key, signs_for_a_server) {
    for (const char* name : {"server", "server-rsa", "server-ed25519"}) {
        if (!pki::usable(name)) continue;
        SCOPED_TRACE(name);
        auto s = only(version());
        s.server.credentials = {external_identity(name)};
        expect_good(s);
    }
}

TEST_P(external_key, signs_for_a_client) {
    for (const char* name : {"client", "client-rsa", "client-ed25519"}) {
        if (!pki::usable(name)) continue;
        for (const char* server : {"server", "server-rsa"}) {
            SCOPED_TRACE(std::string(name) + " to " + server);
            auto s = with_client(version(), external_identity(name));
            s.server.credentials = {pki::identity(server)};
            expect_good(s);
        }
    }
}

TEST_P(external_key, may_stand_beside_keys_that_are_here) {
    auto s = with_client(version(), pki::identity("client-rsa"));
    s.client.credentials.push_back(external_identity("client"));
    s.server.credentials = {external_identity("server-rsa"), pki::identity("server")};
    expect_good(s);
    s = with_client(version(), external_identity("client-rsa"));
    s.client.credentials.push_back(pki::identity("client"));
    s.server.credentials = {pki::identity("server"), external_identity("server-rsa")};
    expect_good(s);
    s = with_client(version(), pki::identity("client"));
    s.client.credentials.push_back(external_identity("client-rsa"));
    expect_good(s);
}

TEST_P(external_key, gets_a_digest_and_the_scheme_it_belongs_to) {
    std::vector<std::pair<signature_scheme, std::size_t>> asked;
    const auto noting = [&](const char* name) {
        return [&asked, sign = signer(name)](signature_scheme scheme, std::span<const std::byte> input) {
            asked.emplace_back(scheme, input.size());
            return sign(scheme, input);
        };
    };
    auto s = only(version());
    s.server.credentials = {external_identity("server", noting("server"))};
    expect_good(s);
    s.server.credentials = {external_identity("server-rsa", noting("server-rsa"))};
    expect_good(s);
    ASSERT_EQ(asked.size(), 2U);  // once for each handshake
    EXPECT_EQ(asked[0], std::pair(signature_scheme::ecdsa_secp256r1_sha256, std::size_t{32}));
    EXPECT_EQ(asked[1].first, signature_scheme::rsa_pss_rsae_sha256);
    EXPECT_EQ(asked[1].second, 32U);
}

TEST_P(external_key, outlives_everything_but_the_connection) {
    auto pair = [&] {
        auto s = only(version());
        s.server.credentials = {external_identity("server")};
        return new_pair(s);
    }();
    EXPECT_TRUE(run_handshake(pair).complete());
}

// ---- what does not ----

struct bad_callback {
    const char* what;
    sign_callback sign;
};

std::vector<bad_callback> bad_callbacks() {
    using signature = result<std::vector<std::byte>>;
    const auto returning = [](std::size_t size) {
        return [size](signature_scheme, std::span<const std::byte>) -> signature {
            return std::vector<std::byte>(size, std::byte{1});
        };
    };
    return {
        {"refuses",
         [](signature_scheme, std::span<const std::byte>) -> signature {
             return std::unexpected(error(errc::cancelled));
         }},
        {"throws",
         [](signature_scheme, std::span<const std::byte>) -> signature {
             throw std::runtime_error("the token was pulled out");
         }},
        {"throws something odd", [](signature_scheme, std::span<const std::byte>) -> signature { throw 42; }},
        {"returns nothing", returning(0)},
        {"returns too little", returning(8)},
        {"returns too much", returning(5000)},
    };
}

/// Not every library says goodbye then.
testing::AssertionResult saw_it_fail(const result<void>& r) {
    return !r && r.error() == errc::alert_received ? received_alert(r, internal_error) : saw_the_refusal(r);
}

TEST_P(external_key, of_a_server_that_does_not_sign_fails_the_handshake) {
    for (const char* name : {"server", "server-rsa"}) {
        for (const auto& bad : bad_callbacks()) {
            SCOPED_TRACE(std::string(name) + " " + bad.what);
            auto s = only(version());
            s.server.credentials = {external_identity(name, bad.sign)};
            auto pair = new_pair(s);
            const auto seen = run_handshake(pair);
            EXPECT_TRUE(fails_with(seen.server, errc::callback_failed));
            EXPECT_TRUE(saw_it_fail(seen.client));
            EXPECT_TRUE(fails_with(pair.server.handshake(), errc::callback_failed));
        }
    }
}

TEST_P(external_key, of_a_client_that_does_not_sign_fails_the_handshake) {
    for (const char* name : {"client", "client-rsa"}) {
        for (const auto& bad : bad_callbacks()) {
            SCOPED_TRACE(std::string(name) + " " + bad.what);
            auto pair = new_pair(with_client(version(), external_identity(name, bad.sign)));
            const auto seen = run_handshake(pair);
            EXPECT_TRUE(fails_with(seen.client, errc::callback_failed));
            EXPECT_TRUE(saw_it_fail(seen.server));
        }
    }
}

TEST_P(external_key, says_why_it_did_not_sign) {
    auto s = only(version());
    s.server.credentials = {external_identity("server", bad_callbacks()[1].sign)};
    auto pair = new_pair(s);
    const auto seen = run_handshake(pair);
    ASSERT_FALSE(seen.server);
    EXPECT_NE(seen.server.error().message().find("the token was pulled out"), std::string::npos)
        << seen.server.error().message();
}

/// Of the right form, by the right key, over something else.
sign_callback wrong(const char* name) {
    return [sign = signer(name)](signature_scheme scheme, std::span<const std::byte> input) {
        std::vector<std::byte> other(input.begin(), input.end());
        other.front() ^= std::byte{1};
        return sign(scheme, other);
    };
}

TEST_P(external_key, that_signs_something_else_is_refused_by_the_peer) {
    for (const char* name : {"server", "server-rsa", "server-ed25519"}) {
        if (!pki::usable(name)) continue;
        SCOPED_TRACE(name);
        auto s = only(version());
        s.server.credentials = {external_identity(name, wrong(name))};
        auto pair = new_pair(s);
        const auto seen = run_handshake(pair);
        EXPECT_TRUE(fails_with(seen.client, errc::protocol_error));
        EXPECT_TRUE(saw_the_refusal(seen.server));
    }
    for (const char* name : {"client", "client-rsa"}) {
        SCOPED_TRACE(name);
        auto pair = new_pair(with_client(version(), external_identity(name, wrong(name))));
        const auto seen = run_handshake(pair);
        EXPECT_TRUE(fails_with(seen.server, errc::protocol_error));
    }
}

// A failure is the connection's whose key it was.
TEST_P(external_key, that_fails_is_not_felt_by_others) {
    auto bad = only(version());
    bad.server.credentials = {external_identity("server", bad_callbacks()[0].sign)};
    const contexts good(only(version())), failing(bad);
    for (int i = 0; i < 3; ++i) {
        auto pair = new_pair(failing);
        EXPECT_TRUE(fails_with(run_handshake(pair).server, errc::callback_failed));
        EXPECT_TRUE(open_pair(good).client.info().peer_verified);
    }
}

// ---- settings ----

TEST(external_key_settings, that_make_no_sense_are_refused) {
    const auto chain = or_throw(certificate::load_all(pki::file("server.crt")));
    EXPECT_TRUE(fails_with(credentials::with_external_key(chain, nullptr), errc::invalid_argument));
    EXPECT_TRUE(fails_with(credentials::with_external_key({}, signer("server")), errc::no_certificate));
    const auto weak = or_throw(certificate::load_all(pki::file("weak-key.crt")));
    EXPECT_TRUE(fails_with(credentials::with_external_key(weak, signer("server")), errc::weak_key));
    const auto made = credentials::with_external_key(chain, signer("server"));
    ASSERT_TRUE(ok(made));
    EXPECT_EQ(made->chain(), chain);
}

TEST(external_key_settings, of_a_kind_that_the_library_cannot_use_are_refused) {
    const auto made = external_identity("server-ed25519");
    if (pki::usable("server-ed25519")) {
        EXPECT_TRUE(ok(context::server({.credentials = {made}})));
    } else {
        EXPECT_TRUE(fails_with(context::server({.credentials = {made}}), errc::unsupported));
    }
}

}  // namespace
