// SPDX-License-Identifier: Apache-2.0
// External pre-shared keys (RFC 8446 2.2): the same key at both ends, or no connection; and what settings rule out.
#include <array>
#include <stdexcept>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/visits.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

constexpr std::uint8_t handshake_failure = 40, decrypt_error = 51, internal_error = 80;

std::vector<std::byte> key_of(std::size_t size, int first = 1) {
    std::vector<std::byte> out(size);
    for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::byte>(static_cast<int>(i) + first);
    return out;
}

external_psk make(std::string_view identity, psk_hash hash = psk_hash::sha256, int first = 1, std::size_t size = 32) {
    return or_throw(external_psk::make(identity, key_of(size, first), hash));
}

client_settings client_with(external_psk key) {
    return {.min_version = protocol_version::tls1_3, .psk = std::move(key)};
}

/// A server without certificates.
server_settings server_with(std::vector<external_psk> keys) {
    return {.min_version = protocol_version::tls1_3, .psks = std::move(keys)};
}

/// Both ends have the key, and neither a certificate.
setup sharing(const external_psk& key) { return {.client = client_with(key), .server = server_with({key})}; }

class psk : public testing::TestWithParam<psk_hash> {};
const auto hash_name = [](const testing::TestParamInfo<psk_hash>& one) {
    return one.param == psk_hash::sha384 ? "sha384" : "sha256";
};
INSTANTIATE_TEST_SUITE_P(hashes, psk, testing::Values(psk_hash::sha256, psk_hash::sha384), hash_name);

// ---- what works ----

TEST_P(psk, is_enough_without_certificates) {
    auto pair = open_pair(sharing(make("device 17", GetParam())));
    for (const auto* info : {&pair.client.info(), &pair.server.info()}) {
        EXPECT_EQ(info->psk_identity, "device 17");
        EXPECT_EQ(info->version, protocol_version::tls1_3);
        EXPECT_EQ(info->cipher_suite == 0x1302, GetParam() == psk_hash::sha384) << info->cipher_suite_name;
        EXPECT_NE(info->group, 0);
        EXPECT_EQ(info->server_name, "localhost");
        EXPECT_FALSE(info->resumed);
        EXPECT_FALSE(info->peer_verified);
        EXPECT_TRUE(info->peer_certificates.empty());
        EXPECT_TRUE(info->local_certificates.empty());
        EXPECT_TRUE(info->verified_chain.empty());
    }
    EXPECT_EQ(carry(pair, pair.client, pair.server, "hello"), "hello");
    EXPECT_EQ(carry(pair, pair.server, pair.client, "good day"), "good day");
    close_both(pair);
}

TEST_P(psk, updates_its_keys_and_exports_others) {
    auto s = sharing(make("device 17", GetParam()));
    s.client.exporter = s.server.exporter = true;
    auto pair = open_pair(s);
    std::array<std::byte, 32> one = {}, other = {};
    EXPECT_TRUE(ok(pair.client.export_keying_material(one, "EXPERIMENTAL-tlseam-test")));
    EXPECT_TRUE(ok(pair.server.export_keying_material(other, "EXPERIMENTAL-tlseam-test")));
    EXPECT_EQ(one, other);
    EXPECT_TRUE(ok(pair.client.key_update(true)));
    EXPECT_EQ(carry(pair, pair.client, pair.server, "hello"), "hello");
    EXPECT_TRUE(ok(pair.server.key_update(true)));
    EXPECT_EQ(carry(pair, pair.server, pair.client, "hello"), "hello");
}

// Data made with one and the same key does not have the same keys: each handshake has a new key exchange.
TEST_P(psk, has_other_keys_in_each_connection) {
    auto s = sharing(make("device 17", GetParam()));
    s.client.exporter = true;
    std::array<std::byte, 32> one = {}, other = {};
    EXPECT_TRUE(ok(open_pair(s).client.export_keying_material(one, "EXPERIMENTAL-tlseam-test")));
    EXPECT_TRUE(ok(open_pair(s).client.export_keying_material(other, "EXPERIMENTAL-tlseam-test")));
    EXPECT_NE(one, other);
}

TEST_P(psk, survives_a_second_hello) {
    auto s = sharing(make("device 17", GetParam()));
    s.server.groups = {"secp384r1"};
    auto pair = open_pair(s);
    EXPECT_EQ(pair.client.info().group_name, "secp384r1");
    EXPECT_EQ(pair.server.info().psk_identity, "device 17");
    EXPECT_EQ(carry(pair, pair.client, pair.server, "hello"), "hello");
}

TEST_P(psk, works_in_portions_of_any_size) {
    for (const std::size_t chunk : {std::size_t{1}, std::size_t{7}}) {
        auto pair = new_pair(sharing(make("device 17", GetParam())));
        pair.to_client.dials.chunk = pair.to_server.dials.chunk = chunk;
        EXPECT_TRUE(run_handshake(pair).complete());
    }
}

TEST_P(psk, has_keys_and_identities_of_every_size) {
    const std::string any_bytes = "\x01 \xff\"%\n\x80";
    for (const std::string& identity : {std::string("a"), std::string(128, 'i'), any_bytes}) {
        for (const std::size_t size : {external_psk::min_key, std::size_t{48}, external_psk::max_key}) {
            auto pair = open_pair(sharing(make(identity, GetParam(), 1, size)));
            EXPECT_EQ(pair.server.info().psk_identity, identity);
        }
    }
}

TEST_P(psk, is_used_with_every_suite_of_its_hash) {
    const bool sha384 = GetParam() == psk_hash::sha384;
    for (const char* suite : {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"}) {
        auto s = sharing(make("device 17", GetParam()));
        s.client.cipher_suites = {suite};
        const bool fits = std::string_view(suite).ends_with("SHA384") == sha384;
        if (fits) {
            EXPECT_EQ(open_pair(s).server.info().cipher_suite_name, suite);
        } else {
            EXPECT_TRUE(fails_with(context::client(s.client), errc::invalid_argument)) << suite;
        }
    }
}

TEST_P(psk, has_no_certificate_to_bind_to) {
    auto s = sharing(make("device 17", GetParam()));
    s.client.exporter = s.server.exporter = true;
    s.server.credentials = {pki::identity("server")};
    auto pair = open_pair(s);
    for (auto* end : {&pair.client, &pair.server}) {
        EXPECT_TRUE(fails_with(end->channel_binding(channel_binding_type::tls_server_end_point), errc::unsupported));
    }
    const auto of_client = or_throw(pair.client.channel_binding(channel_binding_type::tls_exporter));
    EXPECT_EQ(of_client, or_throw(pair.server.channel_binding(channel_binding_type::tls_exporter)));
}

// The suite is the server's choice, and need not be the client's first.
TEST(psk_suites, are_chosen_by_the_server) {
    auto s = sharing(make("device 17"));
    s.client.cipher_suites = {"TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256"};
    s.server.cipher_suites = {"TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"};
    auto pair = open_pair(s);
    EXPECT_EQ(pair.client.info().cipher_suite_name, "TLS_CHACHA20_POLY1305_SHA256");
    EXPECT_EQ(carry(pair, pair.client, pair.server, "hello"), "hello");
}

TEST_P(psk, is_one_of_a_list) {
    auto s = sharing(make("device 17", GetParam()));
    const auto other = GetParam() == psk_hash::sha256 ? psk_hash::sha384 : psk_hash::sha256;
    s.server.psks = {make("device 16", other, 2), make("device 17", GetParam()), make("device 1", GetParam(), 3)};
    EXPECT_EQ(open_pair(s).server.info().psk_identity, "device 17");
}

TEST_P(psk, is_found_by_the_callback) {
    auto s = sharing(make("device 17", GetParam()));
    std::vector<std::string> asked;
    s.server.psks = {make("device 16")};
    s.server.find_psk = [&](std::string_view identity) -> result<std::optional<external_psk>> {
        asked.emplace_back(identity);
        return make(identity, GetParam());
    };
    EXPECT_EQ(open_pair(s).server.info().psk_identity, "device 17");
    EXPECT_EQ(asked, std::vector<std::string>{"device 17"});
    s.client.psk = make("device 16");
    EXPECT_EQ(open_pair(s).server.info().psk_identity, "device 16");
    EXPECT_EQ(asked.size(), 1U);
}

TEST_P(psk, stands_beside_certificates) {
    setup s{.client = client_with(make("device 17", GetParam()))};
    s.server.psks = {make("device 17", GetParam())};
    EXPECT_EQ(open_pair(s).client.info().psk_identity, "device 17");
    for (const auto version : {protocol_version::tls1_2, protocol_version::tls1_3}) {
        s.client = {.trust = pki::trust(), .max_version = version};
        auto pair = open_pair(s);
        EXPECT_EQ(pair.server.info().psk_identity, "");
        EXPECT_EQ(pair.server.info().local_certificates, pki::identity("server").chain());
        EXPECT_TRUE(pair.client.info().peer_verified);
        EXPECT_EQ(carry(pair, pair.client, pair.server, "hello"), "hello");
    }
}

// Tickets are for those with certificates, also where there are keys.
TEST_P(psk, leaves_sessions_alone) {
    setup s;
    s.client = {.trust = pki::trust()};
    s.server.psks = {make("device 17", GetParam())};
    int asked = 0;
    s.server.find_psk = [&](std::string_view) -> result<std::optional<external_psk>> {
        ++asked;
        return std::nullopt;
    };
    const contexts made(s);
    EXPECT_FALSE(visit_once(made).resumed());
    EXPECT_TRUE(visit_once(made).resumed());
    EXPECT_EQ(asked, 0);  // for a ticket: it is longer than an identity
}

// ---- what does not ----

TEST_P(psk, of_another_value_is_refused) {
    for (const bool with_certificate : {false, true}) {
        setup s = sharing(make("device 17", GetParam()));
        s.server.psks = {make("device 17", GetParam(), 2)};
        if (with_certificate) s.server.credentials = {pki::identity("server")};
        auto pair = new_pair(s);
        const auto seen = run_handshake(pair);
        EXPECT_TRUE(fails_with(seen.server, errc::psk_refused));
        EXPECT_EQ(seen.server.error().alert(), decrypt_error);
        EXPECT_TRUE(received_alert(seen.client, decrypt_error));
        EXPECT_EQ(pair.server.info().psk_identity, "");
    }
}

// With the alert for a wrong key.
TEST_P(psk, of_an_unknown_identity_is_refused) {
    auto s = sharing(make("device 17", GetParam()));
    s.client.psk = make("device 18", GetParam());
    auto pair = new_pair(s);
    const auto seen = run_handshake(pair);
    EXPECT_TRUE(fails_with(seen.server, errc::psk_refused));
    EXPECT_EQ(seen.server.error().alert(), decrypt_error);
    EXPECT_TRUE(received_alert(seen.client, decrypt_error));
}

TEST(psk_refused, for_another_hash) {
    auto s = sharing(make("device 17", psk_hash::sha256));
    s.client.psk = make("device 17", psk_hash::sha384);
    auto pair = new_pair(s);
    const auto seen = run_handshake(pair);
    EXPECT_TRUE(fails_with(seen.server, errc::psk_refused));
    EXPECT_TRUE(received_alert(seen.client, decrypt_error));
}

// A client with a key takes nothing else, whatever certificate it might trust.
TEST_P(psk, is_not_replaced_by_a_certificate) {
    setup s{.client = client_with(make("device 18", GetParam()))};
    const auto refused = [&] {
        auto pair = new_pair(s);
        const auto seen = run_handshake(pair);
        EXPECT_TRUE(fails_with(seen.client, errc::psk_refused));
        EXPECT_EQ(seen.client.error().alert(), handshake_failure);
        EXPECT_FALSE(seen.server);
        EXPECT_TRUE(failed_for_good(pair.client.write_some(std::array<std::byte, 1>{})));
        EXPECT_TRUE(pair.client.info().peer_certificates.empty());
    };
    refused();  // a server that knows no keys
    s.server.psks = {make("device 17", GetParam())};
    refused();  // one that knows others
    s.server.groups = {"secp384r1"};
    refused();  // after a second hello
}

TEST(psk_refused, for_a_client_without_one) {
    setup s{.server = server_with({make("device 17")})};
    auto pair = new_pair(s);
    const auto seen = run_handshake(pair);
    EXPECT_TRUE(fails_with(seen.server, errc::psk_refused));
    EXPECT_TRUE(received_alert(seen.client, decrypt_error));
    s.client.max_version = protocol_version::tls1_2;
    auto older = new_pair(s);
    EXPECT_TRUE(fails_with(run_handshake(older).server, errc::no_shared_version));
}

TEST(psk_refused, from_a_server_of_tls_1_2) {
    setup s{.client = client_with(make("device 17"))};
    s.server.max_version = protocol_version::tls1_2;
    auto pair = new_pair(s);
    EXPECT_TRUE(fails_with(run_handshake(pair).server, errc::no_shared_version));
}

TEST(psk_refused, when_no_record_is_whole) {
    auto pair = new_pair(sharing(make("device 17")));
    pair.to_client.dials.flip_at = 200;
    const auto seen = run_handshake(pair);
    EXPECT_FALSE(seen.client);
    EXPECT_EQ(pair.client.info().psk_identity, "");
}

// ---- the callback ----

result<void> server_with_callback(psk_callback callback) {
    auto s = sharing(make("device 17"));
    s.server.psks.clear();
    s.server.find_psk = std::move(callback);
    auto pair = new_pair(s);
    auto seen = run_handshake(pair);
    if (!seen.server && seen.server.error() == errc::callback_failed) {
        EXPECT_TRUE(received_alert(seen.client, internal_error));
    }
    return seen.server;
}

TEST(psk_callback, that_finds_nothing) {
    EXPECT_TRUE(
        fails_with(server_with_callback([](auto) { return std::optional<external_psk>(); }), errc::psk_refused));
}

TEST(psk_callback, that_fails) {
    const auto failed = server_with_callback(
        [](auto) -> result<std::optional<external_psk>> { return std::unexpected(error(errc::file_unreadable)); });
    EXPECT_TRUE(fails_with(failed, errc::callback_failed));
    EXPECT_NE(failed.error().message().find("find_psk: file_unreadable"), std::string::npos);
}

TEST(psk_callback, that_throws) {
    EXPECT_TRUE(fails_with(
        server_with_callback([](auto) -> result<std::optional<external_psk>> { throw std::runtime_error("database"); }),
        errc::callback_failed));
}

TEST(psk_callback, that_gives_the_key_of_another) {
    EXPECT_TRUE(
        fails_with(server_with_callback([](auto) { return std::optional(make("device 16")); }), errc::callback_failed));
}

// ---- mistakes ----

template <class Result>
void is_invalid(const Result& made, std::string_view named) {
    ASSERT_TRUE(fails_with(made, errc::invalid_argument)) << named;
    EXPECT_NE(made.error().message().find(named), std::string::npos) << made.error().message();
}

TEST(psk_mistakes, in_the_key) {
    is_invalid(external_psk::make("", key_of(32)), "identity");
    is_invalid(external_psk::make(std::string(129, 'i'), key_of(32)), "129");
    is_invalid(external_psk::make(std::string_view("a\0b", 3), key_of(32)), "zero");
    is_invalid(external_psk::make("a", key_of(15)), "15");
    is_invalid(external_psk::make("a", key_of(65)), "65");
    is_invalid(external_psk::make("a", {}), "0 bytes");
    is_invalid(external_psk::make("a", key_of(32), static_cast<psk_hash>(7)), "hash");
    EXPECT_EQ(make("a", psk_hash::sha384).hash(), psk_hash::sha384);
    EXPECT_EQ(make("a").hash(), psk_hash::sha256);
}

TEST(psk_mistakes, in_the_settings_of_a_client) {
    const auto with = [](auto&& change) {
        client_settings s = client_with(make("device 17"));
        change(s);
        return context::client(s);
    };
    EXPECT_TRUE(ok(with([](auto&) {})));
    is_invalid(with([](auto& s) { s.min_version = protocol_version::tls1_2; }), "min_version");
    is_invalid(with([](auto& s) { s.trust = pki::trust(); }), "trust");
    is_invalid(with([](auto& s) { s.credentials = {pki::identity("client")}; }), "credentials");
    is_invalid(with([](auto& s) { s.insecure_skip_verification = true; }), "insecure_skip_verification");
    is_invalid(with([](auto& s) { s.verification.pins = {"sha256/x"}; }), "verification");
    is_invalid(with([](auto& s) { s.session_cache = or_throw(session_cache::create()); }), "session_cache");
    is_invalid(with([](auto& s) { s.on_session = [](const session&) {}; }), "on_session");
    is_invalid(with([](auto& s) { s.cipher_suites = {"TLS_AES_256_GCM_SHA384"}; }), "SHA-256");
    const auto made = or_throw(with([](auto&) {}));
    is_invalid(engine::create(made, {.verified_name = "localhost"}), "verified_name");
    const auto stored = [] {
        session_list list;
        auto s = resuming(protocol_version::tls1_3);
        s.client.on_session = list.sink();
        visit_once(contexts(s));
        return list.last();
    }();
    is_invalid(engine::create(made, {.session = stored}), "psk");
    EXPECT_TRUE(ok(engine::create(made, {})));  // no name is needed
}

TEST(psk_mistakes, in_the_settings_of_a_server) {
    const auto with = [](auto&& change) {
        server_settings s = server_with({make("device 17")});
        change(s);
        return context::server(s);
    };
    EXPECT_TRUE(ok(with([](auto&) {})));
    is_invalid(with([](auto& s) { s.psks.clear(); }), "psks");
    is_invalid(with([](auto& s) { s.min_version = protocol_version::tls1_2; }), "min_version");
    is_invalid(with([](auto& s) { s.psks.push_back(make("device 17", psk_hash::sha384)); }), "number 2");
    is_invalid(with([](auto& s) { s.ticket_keys = or_throw(ticket_keys::generate()); }), "ticket_keys");
    is_invalid(with([](auto& s) { s.cipher_suites = {"TLS_AES_256_GCM_SHA384"}; }), "SHA-256");
    is_invalid(with([](auto& s) {
                   s.client_auth = client_auth::optional;
                   s.client_trust = pki::trust();
               }),
               "client_auth");
    is_invalid(with([](auto& s) {
                   s.credentials = {pki::identity("server")};
                   s.min_version = s.max_version = protocol_version::tls1_2;
               }),
               "max_version");
}

}  // namespace
