// SPDX-License-Identifier: Apache-2.0
// Pre-shared keys of TLS 1.2 that are not accepted, that belong to the other version, or that settings cannot have.
#include "tests/conformance/psk_tls12.hpp"

using namespace psk_tls12_test;

namespace {

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
