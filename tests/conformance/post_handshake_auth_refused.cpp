// SPDX-License-Identifier: Apache-2.0
// Certificates after the handshake that are refused, clients that cannot be asked for one, and settings that exclude
// it.
#include <functional>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/bytes.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/later_auth.hpp"
#include "tests/support/signer.hpp"

using namespace tlseam;
using namespace tlseam_test;
using namespace tlseam_test::later_auth;

namespace {

constexpr auto v3 = protocol_version::tls1_3;
constexpr std::uint8_t certificate_required_alert = 116;

// ---- bad ----

struct bad {
    const char* name;
    cert_errc reason;
};

TEST(later_certificate, that_is_bad_is_refused_and_the_client_told_why) {
    if (refused_everywhere()) return;
    for (const auto how : {client_auth::optional, client_auth::required}) {
        for (const bad one : {bad{"client-unknown-ca", cert_errc::unknown_ca},
                              {"client-expired", cert_errc::expired},
                              {"client-wrong-purpose", cert_errc::wrong_purpose},
                              {"self-signed", cert_errc::self_signed},
                              {"bad-signature", cert_errc::bad_signature}}) {
            SCOPED_TRACE(one.name);
            auto pair = open_pair(later({one.name}));
            ASSERT_TRUE(ok(pair.server.request_certificate(how)));
            const auto seen = exchange(pair);
            EXPECT_TRUE(refused_for(seen, one.reason));
            EXPECT_TRUE(pair.server.certificate_requested());
            EXPECT_FALSE(pair.server.info().peer_verified);
            EXPECT_TRUE(pair.server.info().peer_certificates.empty());
            EXPECT_TRUE(refused_for(read_text(pair.server), one.reason));
            EXPECT_TRUE(refused_for(pair.server.request_certificate(), one.reason));
            ASSERT_FALSE(seen);
            ASSERT_TRUE(seen.error().alert().has_value());
            pair.move_all();
            EXPECT_TRUE(received_alert(read_text(pair.client), *seen.error().alert()));
        }
    }
}

TEST(later_certificate, that_is_revoked_is_refused) {
    if (refused_everywhere()) return;
    auto s = later();
    s.server.verification.crls =
        or_throw(crl_store::load_files({pki::file("expired.crl.pem"), pki::file("root.crl.pem")}));
    auto pair = open_pair(s);
    ASSERT_TRUE(ok(pair.server.request_certificate()));
    EXPECT_TRUE(refused_for(exchange(pair), cert_errc::revocation_unavailable));
    s.client.credentials = {pki::identity("revoked")};
    s.server.verification.crls = or_throw(crl_store::load_files({pki::file("crl.pem"), pki::file("root.crl.pem")}));
    auto other = open_pair(s);
    ASSERT_TRUE(ok(other.server.request_certificate()));
    EXPECT_TRUE(refused_for(exchange(other), cert_errc::revoked));
}

TEST(later_certificate, that_the_callback_refuses_or_throws_at_is_refused) {
    if (refused_everywhere()) return;
    auto s = later();
    s.server.verification.callback = [](const chain_step&) { return false; };
    auto pair = open_pair(s);
    ASSERT_TRUE(ok(pair.server.request_certificate()));
    EXPECT_TRUE(refused_for(exchange(pair), cert_errc::rejected));
    s.server.verification.callback = [](const chain_step&) -> bool { throw 1; };
    auto other = open_pair(s);
    ASSERT_TRUE(ok(other.server.request_certificate()));
    EXPECT_TRUE(fails_with(exchange(other), errc::callback_failed));
}

TEST(later_certificate, must_be_there_when_it_is_required) {
    if (refused_everywhere()) return;
    auto pair = open_pair(later({}));
    ASSERT_TRUE(ok(pair.server.request_certificate()));
    const auto seen = exchange(pair);
    EXPECT_TRUE(fails_with(seen, errc::certificate_required));
    ASSERT_FALSE(seen);
    EXPECT_EQ(seen.error().alert(), certificate_required_alert);
    EXPECT_EQ(seen.error().origin(), error_origin::local);
    pair.move_all();
    EXPECT_TRUE(received_alert(read_text(pair.client), certificate_required_alert));
}

TEST(later_certificate, without_a_signature_fails_the_client) {
    if (refused_everywhere()) return;
    auto s = later({});
    s.client.credentials = {external_identity("client", [](signature_scheme, std::span<const std::byte>) {
        return result<std::vector<std::byte>>(std::unexpected(errc::misuse));
    })};
    auto pair = open_pair(s);
    ASSERT_TRUE(ok(pair.server.request_certificate()));
    pair.move_all();
    const auto read = read_text(pair.client);
    EXPECT_TRUE(fails_with(read, errc::callback_failed));
    pair.to_server.hang_up();
    pair.move_all();
    EXPECT_TRUE(saw_the_refusal(read_text(pair.server)));
    EXPECT_FALSE(pair.server.info().peer_verified);
}

TEST(later_certificate, that_never_comes_is_never_taken_for_one) {
    if (refused_everywhere()) return;
    auto pair = open_pair(later());
    ASSERT_TRUE(ok(pair.server.request_certificate()));
    ASSERT_TRUE(ok(pair.client.close_write()));
    pair.move_all();
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "");
    EXPECT_TRUE(pair.server.certificate_requested());
    EXPECT_FALSE(pair.server.info().peer_verified);
}

// ---- who cannot be asked ----

TEST(later_certificate, is_not_asked_of_clients_that_did_not_offer_it) {
    if (refused_everywhere()) return;
    auto s = later();
    s.client.post_handshake_auth = false;
    auto pair = open_pair(s);
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(fails_with(pair.server.request_certificate(), errc::unsupported));
    EXPECT_TRUE(pair.server.output().empty());
    EXPECT_FALSE(pair.server.certificate_requested());
    expect_both_ways(pair);
}

TEST(later_certificate, is_not_asked_for_in_tls1_2) {
    if (refused_everywhere()) return;
    auto s = later();
    s.client.post_handshake_auth = false;
    s.client.max_version = protocol_version::tls1_2;
    auto pair = open_pair(s);
    EXPECT_EQ(pair.server.info().version, protocol_version::tls1_2);
    EXPECT_EQ(subject_of(pair.server.info()), "nobody");
    EXPECT_TRUE(fails_with(pair.server.request_certificate(), errc::unsupported));
    EXPECT_FALSE(pair.server.certificate_requested());
    expect_both_ways(pair);
}

// It offers it to a server that turns out to be an old one.
TEST(later_certificate, is_no_matter_to_a_server_of_tls1_2) {
    if (refused_everywhere()) return;
    auto s = later();
    s.server = {.credentials = {pki::identity("server")}, .max_version = protocol_version::tls1_2};
    auto pair = open_pair(s);
    EXPECT_EQ(pair.client.info().version, protocol_version::tls1_2);
    expect_both_ways(pair);
    s.server.client_auth = client_auth::required;
    s.server.client_trust = pki::trust();
    auto other = open_pair(s);
    EXPECT_TRUE(other.server.info().peer_verified);
    expect_both_ways(other);
}

TEST(later_certificate, is_no_matter_to_a_server_that_asks_in_the_handshake_or_not_at_all) {
    if (refused_everywhere()) return;
    for (const auto mode : {client_auth::none, client_auth::optional, client_auth::required}) {
        auto s = later();
        s.server.client_auth = mode;
        if (mode == client_auth::none) s.server.client_trust.reset();
        for (const auto version : {protocol_version::tls1_2, v3}) {
            s.server.max_version = version;
            auto pair = open_pair(s);
            EXPECT_EQ(pair.server.info().peer_verified, mode != client_auth::none);
            EXPECT_EQ(pair.client.info().local_certificates.empty(), mode == client_auth::none);
            EXPECT_TRUE(fails_with(pair.server.request_certificate(), errc::misuse));
            expect_both_ways(pair);
        }
    }
}

// RFC 8740
TEST(later_certificate, is_not_asked_for_in_http2) {
    if (refused_everywhere()) return;
    auto s = later();
    s.client.alpn = s.server.alpn = {"h2"};
    auto pair = open_pair(s);
    EXPECT_TRUE(fails_with(pair.server.request_certificate(), errc::misuse));
    EXPECT_TRUE(pair.server.output().empty());
    expect_both_ways(pair);
}

TEST(later_certificate, is_not_asked_for_in_the_wrong_state) {
    if (refused_everywhere()) return;
    const setup s = later();
    auto fresh = new_pair(s);
    EXPECT_TRUE(fails_with(fresh.server.request_certificate(), errc::misuse));
    EXPECT_TRUE(fails_with(fresh.client.request_certificate(), errc::misuse));

    auto open = open_pair(s);
    EXPECT_TRUE(fails_with(open.client.request_certificate(), errc::misuse));
    EXPECT_FALSE(open.client.certificate_requested());
    for (const auto how : {client_auth::none, client_auth::on_request}) {
        EXPECT_TRUE(fails_with(open.server.request_certificate(how), errc::invalid_argument));
    }
    ASSERT_TRUE(ok(open.server.request_certificate()));
    const auto waiting = open.server.output().size();
    EXPECT_TRUE(fails_with(open.server.request_certificate(), errc::misuse));
    EXPECT_EQ(open.server.output().size(), waiting);
    ASSERT_TRUE(needs_input(exchange(open)));
    EXPECT_TRUE(open.server.info().peer_verified);

    auto left = open_pair(s);
    ASSERT_TRUE(ok(left.client.close_write()));
    left.move_all();
    EXPECT_EQ(read_text(left.server).value_or("failed"), "");
    EXPECT_TRUE(fails_with(left.server.request_certificate(), errc::closed));

    auto closed = open_pair(s);
    ASSERT_TRUE(ok(closed.server.close_write()));
    EXPECT_TRUE(fails_with(closed.server.request_certificate(), errc::closed));

    auto failed = open_pair(s);
    failed.server.end_of_input();
    EXPECT_TRUE(fails_with(read_text(failed.server), errc::truncated));
    EXPECT_TRUE(fails_with(failed.server.request_certificate(), errc::truncated));
}

TEST(later_certificate, is_not_asked_for_while_nobody_takes_the_output) {
    if (refused_everywhere()) return;
    auto pair = open_pair(later());
    const auto data = pattern(16384);
    while (pair.server.write_some(data)) {
    }
    EXPECT_TRUE(fails_with(pair.server.request_certificate(), errc::want_write));
    EXPECT_FALSE(pair.server.certificate_requested());
}

// ---- settings ----

TEST(later_certificate_settings, are_refused_where_the_library_has_none) {
    const auto s = later();
    if (refused_everywhere(s)) return;
    EXPECT_TRUE(ok(context::client(s.client)));
    EXPECT_TRUE(ok(context::server(s.server)));
}

// The same everywhere, whether the library has it or not.
TEST(later_certificate_settings, that_could_never_count_are_refused) {
    using change = std::function<void(setup&)>;
    const change of_client[] = {
        [](setup& s) { s.client.max_version = protocol_version::tls1_2; },
        [](setup& s) { s.client.session_cache = or_throw(session_cache::create()); },
        [](setup& s) { s.client.on_session = [](const session&) {}; },
    };
    for (const auto& each : of_client) {
        auto s = later();
        s.client.resumption = true;
        each(s);
        EXPECT_TRUE(fails_with(context::client(s.client), errc::invalid_argument));
    }
    const change of_server[] = {
        [](setup& s) { s.server.max_version = protocol_version::tls1_2; },
        [](setup& s) { s.server.client_trust.reset(); },
        [](setup& s) { s.server.ticket_keys = or_throw(ticket_keys::generate()); },
    };
    for (const auto& each : of_server) {
        auto s = later();
        each(s);
        EXPECT_TRUE(fails_with(context::server(s.server), errc::invalid_argument));
    }
    const auto key = or_throw(external_psk::make("somebody", pattern(32)));
    EXPECT_TRUE(fails_with(context::client({.min_version = v3, .psk = key, .post_handshake_auth = true}),
                           errc::invalid_argument));
}

}  // namespace
