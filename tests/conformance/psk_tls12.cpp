// SPDX-License-Identifier: Apache-2.0
// External pre-shared keys of TLS 1.2 (RFC 5489): ECDHE_PSK and nothing else. What is the same in both versions:
// psk.cpp.
#include <algorithm>
#include <array>

#include "tests/conformance/psk_tls12.hpp"
#include "tests/support/visits.hpp"

using namespace psk_tls12_test;

namespace {

// ---- what works ----

TEST(psk_tls12, is_enough_without_certificates) {
    auto pair = open_pair(sharing(make("device 17")));
    for (const auto* info : {&pair.client.info(), &pair.server.info()}) {
        EXPECT_EQ(info->psk_identity, "device 17");
        EXPECT_EQ(info->version, tls1_2);
        EXPECT_EQ(info->cipher_suite_name, backend().psk_cipher_suites().front());
        EXPECT_EQ(info->group_name, "x25519");
        EXPECT_EQ(info->server_name, "localhost");
        EXPECT_FALSE(info->resumed);
        EXPECT_FALSE(info->peer_verified);
        EXPECT_TRUE(info->peer_certificates.empty());
        EXPECT_TRUE(info->local_certificates.empty());
        EXPECT_TRUE(info->verified_chain.empty());
        EXPECT_EQ(info->peer_signature_scheme, 0);
    }
    EXPECT_EQ(carry(pair, pair.client, pair.server, "hello"), "hello");
    EXPECT_EQ(carry(pair, pair.server, pair.client, "good day"), "good day");
    close_both(pair);
}

TEST(psk_tls12, works_in_portions_of_any_size) {
    for (const std::size_t chunk : {std::size_t{1}, std::size_t{7}}) {
        auto pair = new_pair(sharing(make("device 17")));
        pair.to_client.dials.chunk = pair.to_server.dials.chunk = chunk;
        EXPECT_TRUE(run_handshake(pair).complete());
    }
}

TEST(psk_tls12, has_keys_and_identities_of_every_size) {
    const std::string any_bytes = "\x01 \xff\"%\n\x80";
    for (const std::string& identity : {std::string("a"), std::string(128, 'i'), any_bytes}) {
        for (const std::size_t size : {external_psk::min_key, std::size_t{48}, external_psk::max_key}) {
            auto pair = open_pair(sharing(make(identity, 1, size)));
            EXPECT_EQ(pair.server.info().psk_identity, identity);
        }
    }
}

TEST(psk_tls12, exchanges_keys_in_every_group) {
    for (const auto group : backend().groups()) {
        if (group == "X25519MLKEM768") continue;  // TLS 1.3 only
        auto s = sharing(make("device 17"));
        s.server.groups = s.client.groups = {std::string(group)};
        const auto pair = open_pair(s);
        EXPECT_EQ(pair.client.info().group_name, group);
        EXPECT_EQ(pair.server.info().group_name, group);
    }
}

TEST(psk_tls12, exports_the_same_keys_at_both_ends_and_others_in_each_connection) {
    auto s = sharing(make("device 17"));
    s.client.exporter = s.server.exporter = true;
    std::array<std::byte, 32> one = {}, other = {}, later = {};
    auto pair = open_pair(s);
    EXPECT_TRUE(ok(pair.client.export_keying_material(one, "EXPERIMENTAL-tlseam-test")));
    EXPECT_TRUE(ok(pair.server.export_keying_material(other, "EXPERIMENTAL-tlseam-test")));
    EXPECT_TRUE(ok(open_pair(s).client.export_keying_material(later, "EXPERIMENTAL-tlseam-test")));
    EXPECT_EQ(one, other);
    EXPECT_NE(one, later);
    EXPECT_TRUE(fails_with(pair.client.channel_binding(channel_binding_type::tls_server_end_point), errc::unsupported));
    EXPECT_TRUE(fails_with(pair.server.channel_binding(channel_binding_type::tls_server_end_point), errc::unsupported));
    auto bound = pair.client.channel_binding(channel_binding_type::tls_exporter);
    if (backend().supports(feature::exporter_empty_context)) {
        EXPECT_EQ(or_throw(std::move(bound)),
                  or_throw(pair.server.channel_binding(channel_binding_type::tls_exporter)));
    } else {
        EXPECT_TRUE(fails_with(bound, errc::unsupported));
    }
}

TEST(psk_tls12, is_logged_like_any_other) {
    std::vector<std::string> of_client, of_server;
    auto s = sharing(make("device 17"));
    s.client.key_log = [&](std::string_view line) { of_client.emplace_back(line); };
    s.server.key_log = [&](std::string_view line) { of_server.emplace_back(line); };
    (void)open_pair(s);
    ASSERT_EQ(of_client.size(), 1U);
    EXPECT_TRUE(of_client[0].starts_with("CLIENT_RANDOM "));
    EXPECT_EQ(of_client, of_server);
}

TEST(psk_tls12, is_one_of_a_list) {
    auto s = sharing(make("device 17"));
    s.server.psks = {make("device 16", 2), make("device 17"), make("device 1", 3)};
    EXPECT_EQ(open_pair(s).server.info().psk_identity, "device 17");
}

TEST(psk_tls12, is_found_by_the_callback) {
    auto s = sharing(make("device 17"));
    std::vector<std::string> asked;
    s.server.psks = {make("device 16")};
    s.server.find_psk_tls1_2 = [&](std::string_view identity) -> result<std::optional<external_psk>> {
        asked.emplace_back(identity);
        return make(identity);
    };
    EXPECT_EQ(open_pair(s).server.info().psk_identity, "device 17");
    EXPECT_EQ(asked, std::vector<std::string>{"device 17"});
    s.client.psk = make("device 16");
    EXPECT_EQ(open_pair(s).server.info().psk_identity, "device 16");
    EXPECT_EQ(asked.size(), 1U);
}

TEST(psk_tls12, agrees_on_an_application_protocol) {
    auto s = sharing(make("device 17"));
    s.client.alpn = {"http/1.1", "h2"};
    s.server.alpn = {"h2"};
    EXPECT_EQ(open_pair(s).client.info().alpn, "h2");
}

TEST(psk_tls12, stands_beside_certificates) {
    setup s{.client = client_with(make("device 17"))};
    s.server.psks = {make("device 17")};
    EXPECT_EQ(open_pair(s).client.info().psk_identity, "device 17");
    EXPECT_TRUE(open_pair(s).server.info().local_certificates.empty());
    for (const auto version : {tls1_2, tls1_3}) {
        s.client = {.trust = pki::trust(), .max_version = version};
        auto pair = open_pair(s);
        EXPECT_EQ(pair.server.info().version, version);
        EXPECT_EQ(pair.server.info().psk_identity, "");
        EXPECT_EQ(pair.server.info().local_certificates, pki::identity("server").chain());
        EXPECT_TRUE(pair.client.info().peer_verified);
        EXPECT_EQ(carry(pair, pair.client, pair.server, "hello"), "hello");
    }
}

// Neither end has a session to resume: there is a full handshake each time, and no ticket in any.
TEST(psk_tls12, has_no_sessions) {
    setup s{.client = client_with(make("device 17"))};
    s.server.psks = {make("device 17")};
    const contexts made(s);
    EXPECT_FALSE(visit_once(made).resumed());
    const auto second = visit_once(made);
    EXPECT_FALSE(second.resumed());
    EXPECT_EQ(second.server.psk_identity, "device 17");
}

// Tickets are for those with certificates, also where there are keys.
TEST(psk_tls12, leaves_sessions_alone) {
    auto s = resuming(tls1_2);
    s.server.psks = {make("device 17")};
    const contexts made(s);
    EXPECT_FALSE(visit_once(made).resumed());
    EXPECT_TRUE(visit_once(made).resumed());
}

// ---- suites ----

TEST(psk_tls12_suites, are_there) {
    const auto suites = backend().psk_cipher_suites();
    EXPECT_EQ(std::ranges::count(suites, std::string_view(everywhere)), 1);
    for (const auto suite : suites) {
        EXPECT_TRUE(suite.starts_with("TLS_ECDHE_PSK_WITH_")) << suite;
        EXPECT_EQ(suite.find("CBC"), suite.npos) << suite;
        auto s = sharing(make("device 17"));
        s.client.exporter = s.server.exporter = true;
        s.client.cipher_suites = {std::string(suite)};
        auto pair = open_pair(s);
        EXPECT_EQ(pair.server.info().cipher_suite_name, suite);
        EXPECT_EQ(carry(pair, pair.client, pair.server, "hello"), "hello");
        std::array<std::byte, 48> one = {}, other = {};
        EXPECT_TRUE(ok(pair.client.export_keying_material(one, "EXPERIMENTAL-tlseam-test")));
        EXPECT_TRUE(ok(pair.server.export_keying_material(other, "EXPERIMENTAL-tlseam-test")));
        EXPECT_EQ(one, other);
    }
}

TEST(psk_tls12_suites, that_a_backend_lacks_are_unsupported) {
    for (const char* name : {"TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384"}) {
        if (std::ranges::count(backend().psk_cipher_suites(), std::string_view(name)) != 0) continue;
        auto client = client_with(make("device 17"));
        client.cipher_suites = {name, everywhere};
        const auto made = context::client(client);
        ASSERT_TRUE(fails_with(made, errc::unsupported));
        EXPECT_NE(made.error().message().find(name), std::string::npos) << made.error().message();
    }
}

// The server's order decides.
TEST(psk_tls12_suites, are_chosen_by_the_server) {
    const auto suites = backend().psk_cipher_suites();
    const std::vector<std::string> ours(suites.begin(), suites.end()), reversed(ours.rbegin(), ours.rend());
    auto s = sharing(make("device 17"));
    s.client.cipher_suites = ours;
    s.server.cipher_suites = reversed;
    EXPECT_EQ(open_pair(s).client.info().cipher_suite_name, reversed.front());
}

TEST(psk_tls12_suites, are_what_is_left_of_a_list) {
    auto s = sharing(make("device 17"));
    s.client.cipher_suites = {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", everywhere, "TLS_AES_128_GCM_SHA256"};
    EXPECT_EQ(open_pair(s).client.info().cipher_suite_name, everywhere);
}

/// The suites of the first hello, which is one record.
std::vector<int> offer_of(const client_settings& settings) {
    auto client = or_throw(engine::create(or_throw(context::client(settings)), {.server_name = "localhost"}));
    EXPECT_TRUE(needs_input(client.handshake()));
    const auto hello = client.output();
    const auto at = [&](std::size_t i) { return std::to_integer<std::size_t>(hello[i]); };
    const std::size_t suites = 5 + 4 + 2 + 32 + 1 + at(5 + 4 + 2 + 32);
    std::vector<int> out;
    for (std::size_t i = 0; i < (at(suites) << 8 | at(suites + 1)); i += 2) {
        out.push_back(static_cast<int>(at(suites + 2 + i) << 8 | at(suites + 3 + i)));
    }
    return out;
}

TEST(psk_tls12_suites, are_offered_with_a_key_and_alone_then) {
    constexpr std::array known = {0xd001, 0xd002, 0xccac};
    constexpr int renegotiation_signal = 0x00ff;
    const auto is_one = [&](int suite) { return std::ranges::count(known, suite) == 1; };
    std::size_t count = 0;
    for (const int suite : offer_of(client_with(make("device 17")))) {
        EXPECT_TRUE(is_one(suite) || suite == renegotiation_signal) << suite;
        count += is_one(suite);
    }
    EXPECT_EQ(count, backend().psk_cipher_suites().size());
    for (const int suite : offer_of({.trust = pki::trust()})) EXPECT_FALSE(is_one(suite)) << suite;
    for (const int suite : offer_of({.min_version = tls1_3, .psk = make_tls1_3("device 17")})) {
        EXPECT_FALSE(is_one(suite)) << suite;
    }
}

TEST(psk_tls12_suites, are_those_of_the_profile) {
    const auto approved = contents(profile::fips_approved_algorithms);
    for (const auto suite : approved.psk_cipher_suites) EXPECT_NE(suite.find("AES"), suite.npos);
    auto s = sharing(make("device 17"));
    s.server.profile = profile::fips_approved_algorithms;
    if (approved.psk_cipher_suites.empty()) {
        EXPECT_TRUE(fails_with(context::server(s.server), errc::unsupported));
        s.client.profile = profile::fips_approved_algorithms;
        EXPECT_TRUE(fails_with(context::client(s.client), errc::unsupported));
        return;
    }
    EXPECT_EQ(open_pair(s).client.info().cipher_suite_name, approved.psk_cipher_suites.front());
    EXPECT_TRUE(contents(profile::modern).psk_cipher_suites.empty());
    EXPECT_EQ(contents(profile::compatible).psk_cipher_suites, backend().psk_cipher_suites());
}

}  // namespace
