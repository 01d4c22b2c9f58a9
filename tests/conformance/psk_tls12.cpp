// SPDX-License-Identifier: Apache-2.0
// External pre-shared keys of TLS 1.2 (RFC 5489): ECDHE_PSK and nothing else. What is the same in both versions:
// psk.cpp.
#include <algorithm>
#include <array>
#include <stdexcept>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/client_hello.hpp"
#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/visits.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

constexpr auto tls1_2 = protocol_version::tls1_2, tls1_3 = protocol_version::tls1_3;
constexpr std::uint8_t handshake_failure = 40, decode_error = 50, decrypt_error = 51, internal_error = 80;
constexpr const char* everywhere = "TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256";

std::vector<std::byte> key_of(std::size_t size, int first = 1) {
    std::vector<std::byte> out(size);
    for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::byte>(static_cast<int>(i) + first);
    return out;
}

external_psk make(std::string_view identity, int first = 1, std::size_t size = 32) {
    return or_throw(external_psk::make_tls1_2(identity, key_of(size, first)));
}

external_psk make_tls1_3(std::string_view identity, int first = 100) {
    return or_throw(external_psk::make(identity, key_of(32, first)));
}

client_settings client_with(external_psk key) { return {.max_version = tls1_2, .psk = std::move(key)}; }

/// A server without certificates.
server_settings server_with(std::vector<external_psk> keys) { return {.max_version = tls1_2, .psks = std::move(keys)}; }

/// Both ends have the key, and neither a certificate.
setup sharing(const external_psk& key) { return {.client = client_with(key), .server = server_with({key})}; }

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
        EXPECT_EQ(or_throw(std::move(bound)), or_throw(pair.server.channel_binding(channel_binding_type::tls_exporter)));
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

// ---- what does not ----

void expect_refused(const setup& s) {
    auto pair = new_pair(s);
    const auto seen = run_handshake(pair);
    EXPECT_TRUE(fails_with(seen.server, errc::psk_refused));
    EXPECT_EQ(seen.server.error().alert(), decrypt_error);
    EXPECT_TRUE(received_alert(seen.client, decrypt_error));
    EXPECT_EQ(pair.server.info().psk_identity, "");
    EXPECT_TRUE(failed_for_good(pair.client.write_some(std::array<std::byte, 1>{})));
}

TEST(psk_tls12_refused, with_another_value) {
    auto s = sharing(make("device 17"));
    s.server.psks = {make("device 17", 2)};
    expect_refused(s);
    s.server.psks = {make("device 17", 1, 31)};
    expect_refused(s);
    s.server.credentials = {pki::identity("server")};  // there is no way back to it
    expect_refused(s);
}

// As with a wrong key, to the byte: the same alert at the same place.
TEST(psk_tls12_refused, of_an_unknown_identity) {
    auto s = sharing(make("device 17"));
    s.client.psk = make("device 18");
    expect_refused(s);
    const auto talk = [&] {
        auto pair = new_pair(s);
        (void)run_handshake(pair);
        return std::pair(pair.to_client.taken().size(), pair.to_server.taken().size());
    };
    const auto unknown = talk();
    s.server.psks = {make("device 18", 2)};
    EXPECT_EQ(talk(), unknown);
}

TEST(psk_tls12_refused, in_portions_of_any_size) {
    auto s = sharing(make("device 17"));
    s.server.psks = {make("device 17", 2)};
    for (const std::size_t chunk : {std::size_t{1}, std::size_t{7}}) {
        auto pair = new_pair(s);
        pair.to_client.dials.chunk = pair.to_server.dials.chunk = chunk;
        const auto seen = run_handshake(pair);
        EXPECT_TRUE(fails_with(seen.server, errc::psk_refused));
        EXPECT_TRUE(received_alert(seen.client, decrypt_error));
    }
}

TEST(psk_tls12_refused, for_a_client_without_one) {
    setup s{.server = server_with({make("device 17")})};
    s.client.max_version = tls1_2;
    expect_refused(s);
    s.client = {.trust = pki::trust(), .min_version = tls1_3};
    auto newer = new_pair(s);
    EXPECT_TRUE(fails_with(run_handshake(newer).server, errc::no_shared_version));
}

// A client with a key takes nothing else, whatever certificate it might trust.
TEST(psk_tls12_refused, by_a_server_that_has_no_keys) {
    setup s{.client = client_with(make("device 17"))};
    auto pair = new_pair(s);
    const auto seen = run_handshake(pair);
    EXPECT_TRUE(fails_with(seen.server, errc::no_shared_parameters));
    EXPECT_TRUE(received_alert(seen.client, handshake_failure));
    EXPECT_TRUE(pair.client.info().peer_certificates.empty());
}

TEST(psk_tls12_refused, without_a_common_suite) {
    if (backend().psk_cipher_suites().size() < 2) return;
    setup s{.client = client_with(make("device 17"))};
    s.server.psks = {make("device 17")};
    s.client.cipher_suites = {everywhere};
    s.server.cipher_suites = {std::string(backend().psk_cipher_suites().front()), "TLS_AES_128_GCM_SHA256",
                              "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"};
    auto pair = new_pair(s);
    EXPECT_TRUE(fails_with(run_handshake(pair).server, errc::no_shared_parameters));
    s.server = {.max_version = tls1_2, .cipher_suites = {s.server.cipher_suites[0]}, .psks = {make("device 17")}};
    expect_refused(s);
}

TEST(psk_tls12_refused, without_a_common_group) {
    auto s = sharing(make("device 17"));
    s.client.groups = {"secp256r1"};
    s.server.groups = {"secp384r1"};
    auto pair = new_pair(s);
    EXPECT_TRUE(fails_with(run_handshake(pair).server, errc::no_shared_parameters));
}

// ---- two versions ----

// RFC 8446 4.2.11: a key is for one version, and an identity may have one in each.
TEST(psk_versions, have_keys_of_their_own) {
    setup s{.client = client_with(make("device 17")),
            .server = {.psks = {make("device 17"), make_tls1_3("device 17")}}};
    EXPECT_EQ(open_pair(s).server.info().version, tls1_2);
    s.client = {.min_version = tls1_3, .psk = make_tls1_3("device 17")};
    EXPECT_EQ(open_pair(s).server.info().version, tls1_3);
}

TEST(psk_versions, do_not_lend_each_other_keys) {
    // With keys of the same value, so that nothing but the version keeps them apart.
    setup s{.client = client_with(make("device 17")),
            .server = {.psks = {make("device 18"), make_tls1_3("device 17", 1)}}};
    s.server.psks = {make("device 18", 7), make_tls1_3("device 17", 1)};
    expect_refused(s);
    s.client = {.min_version = tls1_3, .psk = make_tls1_3("device 17", 1)};
    s.server.psks = {make("device 17", 1), make_tls1_3("device 18", 7)};
    expect_refused(s);
    s.server = server_with({make("device 17", 1)});
    auto only_older = new_pair(s);
    EXPECT_TRUE(fails_with(run_handshake(only_older).server, errc::no_shared_version));
    s = {.client = client_with(make("device 17")),
         .server = {.min_version = tls1_3, .psks = {make_tls1_3("device 17", 1)}}};
    auto only_newer = new_pair(s);
    EXPECT_TRUE(fails_with(run_handshake(only_newer).server, errc::no_shared_version));
}

TEST(psk_versions, have_callbacks_of_their_own) {
    std::vector<std::string> asked, asked_tls1_2;
    setup s{.client = client_with(make("device 17"))};
    s.server.find_psk = [&](std::string_view identity) -> result<std::optional<external_psk>> {
        asked.emplace_back(identity);
        return make_tls1_3(identity);
    };
    // Who sets that one alone accepts no key of TLS 1.2.
    auto older = new_pair(s);
    EXPECT_TRUE(fails_with(run_handshake(older).server, errc::no_shared_parameters));
    s.server.find_psk_tls1_2 = [&](std::string_view identity) -> result<std::optional<external_psk>> {
        asked_tls1_2.emplace_back(identity);
        return make(identity);
    };
    EXPECT_EQ(open_pair(s).server.info().psk_identity, "device 17");
    EXPECT_TRUE(asked.empty());
    s.client = {.min_version = tls1_3, .psk = make_tls1_3("device 16")};
    EXPECT_EQ(open_pair(s).server.info().psk_identity, "device 16");
    EXPECT_EQ(asked, std::vector<std::string>{"device 16"});
    EXPECT_EQ(asked_tls1_2, std::vector<std::string>{"device 17"});
}

/// What a server says of the client's first hello, byte by byte.
std::vector<std::byte> answer_to(const setup& s) {
    auto client = or_throw(engine::create(or_throw(context::client(s.client)), s.names));
    auto server = or_throw(engine::create(or_throw(context::server(s.server))));
    EXPECT_TRUE(needs_input(client.handshake()));
    EXPECT_TRUE(ok(server.feed(client.output())));
    EXPECT_TRUE(needs_input(server.handshake()));
    return {server.output().begin(), server.output().end()};
}

// RFC 8446 4.1.3: a client that has TLS 1.3 too would learn that somebody has changed its hello.
TEST(psk_versions, that_could_be_better_are_told_in_the_answer) {
    const auto mark_of = [](const std::vector<std::byte>& answer) {
        const std::size_t end_of_random = 5 + 4 + 2 + 32;
        return std::string(reinterpret_cast<const char*>(answer.data()) + end_of_random - 8, 8);
    };
    auto s = sharing(make("device 17"));
    EXPECT_FALSE(mark_of(answer_to(s)).starts_with("DOWNGRD"));
    s.server.max_version = tls1_3;
    s.server.psks.push_back(make_tls1_3("device 17"));
    EXPECT_EQ(mark_of(answer_to(s)), std::string("DOWNGRD\x01", 8));
    s.server.psks.pop_back();
    s.server.credentials = {pki::identity("server")};
    EXPECT_EQ(mark_of(answer_to(s)), std::string("DOWNGRD\x01", 8));
}

// ---- a client's key exchange, as no client of ours would send it ----

/// A server that has answered, and what its client says then.
struct half_way {
    engine server;
    std::vector<std::byte> reply;
};

half_way half_way_of(const setup& s) {
    auto client = or_throw(engine::create(or_throw(context::client(s.client)), s.names));
    auto server = or_throw(engine::create(or_throw(context::server(s.server))));
    EXPECT_TRUE(needs_input(client.handshake()));
    EXPECT_TRUE(ok(server.feed(client.output())));
    client.consume_output(client.output().size());
    EXPECT_TRUE(needs_input(server.handshake()));
    EXPECT_TRUE(ok(client.feed(server.output())));
    server.consume_output(server.output().size());
    EXPECT_TRUE(needs_input(client.handshake()));
    return {std::move(server), {client.output().begin(), client.output().end()}};
}

/// As in TLS 1.2 after the first hello: in_record() has the version of that.
std::vector<std::byte> record_of(std::uint8_t type, const std::vector<std::byte>& payload) {
    auto out = in_record(type, payload);
    out[2] = std::byte{3};
    return out;
}

/// Only the client's key exchange changes: its body becomes this.
std::vector<std::byte> key_exchange(std::span<const std::byte> identity, std::size_t point = 32) {
    std::vector<std::byte> out = {std::byte{16}, std::byte{0}};
    const auto add_number = [&](std::size_t number) {
        out.push_back(static_cast<std::byte>(number >> 8));
        out.push_back(static_cast<std::byte>(number & 0xff));
    };
    add_number(2 + identity.size() + 1 + point);
    add_number(identity.size());
    out.insert(out.end(), identity.begin(), identity.end());
    out.push_back(static_cast<std::byte>(point));
    out.resize(out.size() + point, std::byte{9});
    return record_of(22, out);
}

result<void> answer_to_identity(std::string_view identity) {
    auto [server, reply] = half_way_of(sharing(make("device 17")));
    EXPECT_TRUE(ok(server.feed(key_exchange(std::as_bytes(std::span(identity))))));
    auto seen = server.handshake();
    if (!needs_input(seen)) {
        EXPECT_EQ(server.output().size(), 7U);  // one alert
        EXPECT_EQ(server.info().psk_identity, "");
    }
    return seen;
}

// Libraries would take some of these for the text before the zero byte, or for nothing.
TEST(psk_tls12_identities, that_no_key_has_are_refused) {
    for (const std::string& identity :
         {std::string("device 17\0", 10), std::string("device 17\0x", 11), std::string(1, '\0'), std::string(),
          std::string(129, 'i'), std::string(1000, 'i')}) {
        const auto seen = answer_to_identity(identity);
        EXPECT_TRUE(fails_with(seen, errc::psk_refused)) << identity.size();
        if (!seen) {
            EXPECT_EQ(seen.error().alert(), decrypt_error);
        }
    }
    EXPECT_TRUE(fails_with(answer_to_identity(std::string(3000, 'i')), errc::too_large));
    // Known or not: nothing is said before the key has been proved, or not.
    EXPECT_TRUE(needs_input(answer_to_identity("device 17")));
    EXPECT_TRUE(needs_input(answer_to_identity("device 18")));
}

TEST(psk_tls12_identities, that_are_malformed_are_refused) {
    const auto answer_to_message = [](std::vector<std::byte> message) {
        auto [server, reply] = half_way_of(sharing(make("device 17")));
        EXPECT_TRUE(ok(server.feed(message)));
        return server.handshake();
    };
    const std::string_view known = "device 17";
    auto longer = key_exchange(std::as_bytes(std::span(known)));
    longer[10] = std::byte{200};  // the identity's length
    const auto seen = answer_to_message(longer);
    ASSERT_TRUE(fails_with(seen, errc::protocol_error));
    EXPECT_EQ(seen.error().alert(), decode_error);
    auto other = key_exchange(std::as_bytes(std::span(known)));
    other[5] = std::byte{11};  // a certificate, which nobody asked for
    EXPECT_TRUE(fails_with(answer_to_message(other), errc::protocol_error));
    EXPECT_TRUE(fails_with(answer_to_message(record_of(20, {std::byte{1}})), errc::protocol_error));
}

// Together with the hello, before the server can have answered; and once more.
TEST(psk_tls12_identities, of_another_connection_prove_nothing) {
    auto pair = open_pair(sharing(make("device 17")));
    const auto& recorded = pair.to_server.taken();
    auto server = or_throw(engine::create(or_throw(context::server(server_with({make("device 17")})))));
    EXPECT_TRUE(ok(server.feed(recorded)));
    const auto seen = server.handshake();
    EXPECT_TRUE(fails_with(seen, errc::psk_refused));
    EXPECT_EQ(seen.error().alert(), decrypt_error);
    EXPECT_GT(server.output().size(), 50U);  // the answer, and behind it the alert
}

TEST(psk_tls12_identities, may_be_missing) {
    auto [server, reply] = half_way_of(sharing(make("device 17")));
    EXPECT_TRUE(ok(server.feed(record_of(21, {std::byte{2}, std::byte{handshake_failure}}))));
    EXPECT_TRUE(received_alert(server.handshake(), handshake_failure));
    auto [ended, unsent] = half_way_of(sharing(make("device 17")));
    ended.end_of_input();
    EXPECT_TRUE(fails_with(ended.handshake(), errc::truncated));
}

// A warning in the place of it is none of it.
TEST(psk_tls12_identities, may_come_after_a_warning) {
    constexpr std::uint8_t warning = 1, user_canceled = 90;
    auto [server, reply] = half_way_of(sharing(make("device 17")));
    auto bytes = record_of(21, {std::byte{warning}, std::byte{user_canceled}});
    bytes.insert(bytes.end(), reply.begin(), reply.end());
    EXPECT_TRUE(ok(server.feed(bytes)));
    EXPECT_TRUE(ok(server.handshake()));
    EXPECT_EQ(server.info().psk_identity, "device 17");
}

// ---- the callback ----

result<void> server_with_callback(psk_callback callback) {
    auto s = sharing(make("device 17"));
    s.server.psks.clear();
    s.server.find_psk_tls1_2 = std::move(callback);
    auto pair = new_pair(s);
    auto seen = run_handshake(pair);
    if (!seen.server && seen.server.error() == errc::callback_failed) {
        EXPECT_TRUE(received_alert(seen.client, internal_error));
        EXPECT_NE(seen.server.error().message().find("find_psk_tls1_2"), std::string::npos);
    }
    return seen.server;
}

TEST(psk_tls12_callback, that_finds_nothing) {
    EXPECT_TRUE(
        fails_with(server_with_callback([](auto) { return std::optional<external_psk>(); }), errc::psk_refused));
}

TEST(psk_tls12_callback, that_fails) {
    EXPECT_TRUE(fails_with(server_with_callback([](auto) -> result<std::optional<external_psk>> {
                               return std::unexpected(error(errc::file_unreadable));
                           }),
                           errc::callback_failed));
    EXPECT_TRUE(fails_with(
        server_with_callback([](auto) -> result<std::optional<external_psk>> { throw std::runtime_error("database"); }),
        errc::callback_failed));
}

TEST(psk_tls12_callback, that_gives_the_key_of_another) {
    EXPECT_TRUE(
        fails_with(server_with_callback([](auto) { return std::optional(make("device 16")); }), errc::callback_failed));
}

TEST(psk_tls12_callback, that_gives_a_key_of_another_version) {
    EXPECT_TRUE(fails_with(server_with_callback([](auto) { return std::optional(make_tls1_3("device 17", 1)); }),
                           errc::callback_failed));
    setup s{.client = {.min_version = tls1_3, .psk = make_tls1_3("device 17", 1)}};
    s.server.find_psk = [](auto) { return std::optional(make("device 17")); };
    auto pair = new_pair(s);
    EXPECT_TRUE(fails_with(run_handshake(pair).server, errc::callback_failed));
}

// ---- mistakes ----

template <class Result>
void is_invalid(const Result& made, std::string_view named) {
    ASSERT_TRUE(fails_with(made, errc::invalid_argument)) << named;
    EXPECT_NE(made.error().message().find(named), std::string::npos) << made.error().message();
}

TEST(psk_tls12_mistakes, in_the_key) {
    is_invalid(external_psk::make_tls1_2("", key_of(32)), "identity");
    is_invalid(external_psk::make_tls1_2(std::string(129, 'i'), key_of(32)), "129");
    is_invalid(external_psk::make_tls1_2(std::string_view("a\0b", 3), key_of(32)), "zero");
    is_invalid(external_psk::make_tls1_2("a", key_of(15)), "15");
    is_invalid(external_psk::make_tls1_2("a", key_of(65)), "65");
    EXPECT_EQ(make("a").version(), tls1_2);
    EXPECT_EQ(make("a").identity(), "a");
    EXPECT_EQ(make_tls1_3("a").version(), tls1_3);
}

TEST(psk_tls12_mistakes, in_the_settings_of_a_client) {
    const auto with = [](auto&& change) {
        client_settings s = client_with(make("device 17"));
        change(s);
        return context::client(s);
    };
    EXPECT_TRUE(ok(with([](auto&) {})));
    is_invalid(with([](auto& s) { s.max_version = tls1_3; }), "max_version");
    is_invalid(with([](auto& s) { s.min_version = s.max_version = tls1_3; }), "max_version");
    is_invalid(with([](auto& s) { s.psk = make_tls1_3("device 17"); }), "min_version");
    is_invalid(with([](auto& s) { s.trust = pki::trust(); }), "trust");
    is_invalid(with([](auto& s) { s.credentials = {pki::identity("client")}; }), "credentials");
    is_invalid(with([](auto& s) { s.insecure_skip_verification = true; }), "insecure_skip_verification");
    is_invalid(with([](auto& s) { s.profile = profile::modern; }), "profile modern");
    is_invalid(with([](auto& s) { s.cipher_suites = {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"}; }), "cipher_suites");
    is_invalid(with([](auto& s) { s.cipher_suites = {"TLS_PSK_WITH_AES_128_GCM_SHA256"}; }), "forward secrecy");
    is_invalid(with([](auto& s) { s.cipher_suites = {"TLS_DHE_PSK_WITH_AES_128_GCM_SHA256"}; }), "Diffie-Hellman");
    is_invalid(with([](auto& s) { s.cipher_suites = {"TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256"}; }), "authenticated");
    is_invalid(with([](auto& s) {
                   s.profile = profile::fips_approved_algorithms;
                   s.cipher_suites = {everywhere};
               }),
               "outside the profile");
    is_invalid(context::client({.trust = pki::trust(), .cipher_suites = {everywhere}}), "pre-shared key of TLS 1.2");
    const auto made = or_throw(with([](auto&) {}));
    is_invalid(engine::create(made, {.verified_name = "localhost"}), "verified_name");
    EXPECT_TRUE(ok(engine::create(made, {})));  // no name is needed
}

TEST(psk_tls12_mistakes, in_the_settings_of_a_server) {
    const auto with = [](auto&& change) {
        server_settings s = server_with({make("device 17")});
        change(s);
        return context::server(s);
    };
    EXPECT_TRUE(ok(with([](auto&) {})));
    is_invalid(with([](auto& s) { s.psks.clear(); }), "psks");
    is_invalid(with([](auto& s) { s.max_version = tls1_3; }), "max_version");
    is_invalid(with([](auto& s) { s.psks.push_back(make("device 17", 9)); }), "number 2");
    is_invalid(with([](auto& s) { s.psks.push_back(make_tls1_3("device 17")); }), "max_version");
    is_invalid(with([](auto& s) {
                   s.max_version = tls1_3;
                   s.psks.push_back(make_tls1_3("device 18", 1));
               }),
               "another version");
    is_invalid(with([](auto& s) { s.ticket_keys = or_throw(ticket_keys::generate()); }), "ticket_keys");
    is_invalid(with([](auto& s) { s.cipher_suites = {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"}; }), "cipher_suites");
    is_invalid(with([](auto& s) {
                   s.client_auth = client_auth::optional;
                   s.client_trust = pki::trust();
               }),
               "client_auth");
    is_invalid(with([](auto& s) {
                   s.credentials = {pki::identity("server")};
                   s.min_version = s.max_version = tls1_3;
               }),
               "min_version");
    const psk_callback nobody = [](auto) { return std::optional<external_psk>(); };
    EXPECT_TRUE(ok(context::server({.max_version = tls1_2, .find_psk_tls1_2 = nobody})));
    is_invalid(context::server({.min_version = tls1_3, .find_psk_tls1_2 = nobody}), "find_psk_tls1_2");
    is_invalid(context::server({.find_psk_tls1_2 = nobody}), "max_version");
    is_invalid(context::server({.credentials = {pki::identity("server")}, .cipher_suites = {everywhere}}),
               "pre-shared key of TLS 1.2");
}

}  // namespace
