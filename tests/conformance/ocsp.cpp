// SPDX-License-Identifier: Apache-2.0
// OCSP responses that servers send along with their certificate: who gets one, which are good, and what a missing one
// means. certs/ocsp/README.md says what each response is.
#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"
#include "tests/support/visits.hpp"

using namespace tlseam;
using namespace tlseam_test;
using namespace std::chrono_literals;

namespace {

constexpr std::uint8_t bad_certificate_status_response = 113;

credentials with_staple(std::string_view response, std::string_view identity = "server") {
    return or_throw(pki::identity(identity).load_ocsp_response(pki::file("ocsp/" + std::string(response) + ".der")));
}

std::vector<std::byte> bytes_of(std::string_view response) {
    const std::string text = pki::bytes("ocsp/" + std::string(response) + ".der");
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

/// What both ends see of one handshake.
struct sight {
    outcome seen;
    bool good = false;
};

sight look(const setup& s) {
    auto pair = new_pair(s);
    auto seen = run_handshake(pair);
    return {.seen = std::move(seen), .good = pair.client.info().ocsp_good};
}

class ocsp : public in_each_version {
protected:
    [[nodiscard]] static setup asking(ocsp_stapling how) {
        auto s = only(version());
        s.client.verification.ocsp = how;
        return s;
    }
    [[nodiscard]] static setup stapling(std::string_view response, ocsp_stapling how) {
        auto s = asking(how);
        s.server.credentials = {with_staple(response)};
        return s;
    }
};
INSTANTIATE_TEST_SUITE_P(tls, ocsp, both_versions(), version_name());

// ---- who gets one ----

TEST_P(ocsp, goes_to_clients_that_ask) {
    for (const auto how : {ocsp_stapling::if_present, ocsp_stapling::required}) {
        const auto it = look(stapling("good", how));
        EXPECT_TRUE(it.seen.complete()) << describe(it.seen.client) << describe(it.seen.server);
        EXPECT_TRUE(it.good);
    }
    // To nobody else: a client that did not ask would have to refuse it.
    const auto off = look(stapling("good", ocsp_stapling::off));
    EXPECT_TRUE(off.seen.complete()) << describe(off.seen.client);
    EXPECT_FALSE(off.good);
    EXPECT_TRUE(look(stapling("revoked", ocsp_stapling::off)).seen.complete()) << "nobody looks";
}

TEST_P(ocsp, that_does_not_come_is_missed_by_who_requires_it) {
    const auto without = look(asking(ocsp_stapling::if_present));
    EXPECT_TRUE(without.seen.complete()) << describe(without.seen.client);
    EXPECT_FALSE(without.good);
    const auto required = look(asking(ocsp_stapling::required));
    EXPECT_TRUE(refused_for(required.seen.client, cert_errc::revocation_unavailable));
    EXPECT_TRUE(saw_the_refusal(required.seen.server));
    EXPECT_NE(required.seen.client.error().message().find("did not come"), std::string::npos)
        << required.seen.client.error().message();
}

TEST_P(ocsp, that_the_certificate_promises_must_come_when_it_is_asked_for) {
    auto s = asking(ocsp_stapling::off);
    s.server.credentials = {pki::identity("ocsp/must-staple")};
    EXPECT_TRUE(look(s).seen.complete());
    s.client.verification.ocsp = ocsp_stapling::if_present;
    EXPECT_TRUE(refused_for(look(s).seen.client, cert_errc::revocation_unavailable));
    s.server.credentials = {with_staple("must-staple", "ocsp/must-staple")};
    const auto it = look(s);
    EXPECT_TRUE(it.seen.complete()) << describe(it.seen.client);
    EXPECT_TRUE(it.good);
}

TEST_P(ocsp, belongs_to_the_certificate_that_is_shown) {
    auto s = stapling("good", ocsp_stapling::required);
    s.server.credentials.push_back(pki::identity("server-rsa"));
    EXPECT_TRUE(look(s).good);
    s.client.signature_schemes = {"rsa_pss_rsae_sha256"};
    s.client.cipher_suites = {"TLS_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"};
    EXPECT_TRUE(refused_for(look(s).seen.client, cert_errc::revocation_unavailable)) << "the other one has none";
}

// Some libraries remember the issuers that other connections have shown.
TEST_P(ocsp, belongs_to_a_leaf_that_comes_alone) {
    auto s = stapling("good", ocsp_stapling::required);
    s.client.trust = pki::trust("intermediate");
    const std::string whole = pki::bytes("server.crt"), end = "-----END CERTIFICATE-----\n";
    const auto alone = or_throw(
        credentials::parse_cert_chain(whole.substr(0, whole.find(end) + end.size()), pki::bytes("server.key")));
    ASSERT_EQ(alone.chain().size(), 1U);
    const contexts made(s);
    for (const auto* response : {"good", "unknown", "good"}) {
        auto with_issuer = new_pair(made);
        EXPECT_TRUE(run_handshake(with_issuer).complete());
        s.server.credentials = {or_throw(alone.with_ocsp_response(bytes_of(response)))};
        contexts other(s);
        other.client = made.client;
        auto pair = new_pair(other);
        const auto seen = run_handshake(pair);
        EXPECT_EQ(seen.complete(), response == std::string_view("good")) << describe(seen.client);
        EXPECT_TRUE(seen.client || refused_for(seen.client, cert_errc::revocation_unavailable));
    }
}

TEST_P(ocsp, comes_with_client_certificates_too) {
    auto s = stapling("good", ocsp_stapling::required);
    s.client.credentials = {pki::identity("client")};
    s.server.client_auth = client_auth::required;
    s.server.client_trust = pki::trust();
    const auto it = look(s);
    EXPECT_TRUE(it.seen.complete()) << describe(it.seen.client) << describe(it.seen.server);
    EXPECT_TRUE(it.good);
    s.server.credentials = {pki::identity("server")};
    EXPECT_TRUE(refused_for(look(s).seen.client, cert_errc::revocation_unavailable));
    s.server.credentials = {with_staple("revoked")};
    EXPECT_TRUE(refused_for(look(s).seen.client, cert_errc::revoked));
}

TEST_P(ocsp, is_the_same_in_every_piece_it_may_come_in) {
    for (const std::size_t chunk : {std::size_t{1}, std::size_t{7}, std::size_t{100}}) {
        for (const auto* response : {"good", "unknown"}) {
            auto pair = new_pair(stapling(response, ocsp_stapling::required));
            pair.to_client.dials.chunk = chunk;
            const auto seen = run_handshake(pair);
            EXPECT_EQ(seen.complete(), response == std::string_view("good")) << chunk << describe(seen.client);
            EXPECT_TRUE(seen.client || refused_for(seen.client, cert_errc::revocation_unavailable)) << chunk;
        }
    }
}

// ---- which are good ----

constexpr auto january_3 = 2020y / 1 / 3;

struct row {
    const char* response;
    cert_errc verdict;
    wall_clock clock = {};
};

std::vector<row> rows() {
    using enum cert_errc;
    const auto in_march = pki::always(2020y / 3 / 1);
    return {
        {"good", none},
        {"good-by-name", none},
        {"good-sha256", none},
        {"good-among-others", none},
        {"good-with-nonce", none},
        {"good-without-end", none, pki::always(january_3)},
        {"good-without-end", revocation_unavailable, in_march},
        {"good", none, in_march},
        {"revoked", revoked},
        {"revoked-expired", revoked},
        {"unknown", revocation_unavailable},
        {"expired", revocation_unavailable},
        {"expired", none, in_march},
        {"future", revocation_unavailable},
        {"critical", revocation_unavailable},
        {"critical-response", revocation_unavailable},
        {"bad-signature", revocation_unavailable},
        {"sha1-signature", revocation_unavailable},
        {"wrong-key", revocation_unavailable},
        {"delegated", none},
        {"delegated-rsa", none},
        {"delegated-ed25519", none},
        {"delegated-no-purpose", revocation_unavailable},
        {"delegated-other-purpose", revocation_unavailable},
        {"delegated-expired", revocation_unavailable},
        {"delegated-expired", none, in_march},
        {"delegated-future", revocation_unavailable},
        {"delegated-by-root", revocation_unavailable},
        {"delegated-wrong-issuer-key", revocation_unavailable},
        {"delegated-not-sent", revocation_unavailable},
        {"stranger", revocation_unavailable},
    };
}

TEST_P(ocsp, must_be_good_where_one_comes) {
    for (const row& it : rows()) {
        for (const auto how : {ocsp_stapling::if_present, ocsp_stapling::required}) {
            auto s = stapling(it.response, how);
            s.client.clock = it.clock;
            const auto got = look(s);
            if (it.verdict == cert_errc::none) {
                EXPECT_TRUE(got.seen.complete()) << it.response << describe(got.seen.client);
                EXPECT_TRUE(got.good) << it.response;
            } else {
                EXPECT_TRUE(refused_for(got.seen.client, it.verdict)) << it.response;
                EXPECT_TRUE(saw_the_refusal(got.seen.server)) << it.response;
                EXPECT_FALSE(got.good);
            }
        }
    }
}

TEST_P(ocsp, is_refused_with_the_alert_for_it) {
    for (const auto* response : {"revoked", "unknown", "critical-response"}) {
        const auto it = look(stapling(response, ocsp_stapling::if_present));
        EXPECT_TRUE(received_alert(it.seen.server, bad_certificate_status_response)) << response;
    }
    constexpr std::uint8_t bad_certificate = 42;
    const bool exact = !is_tls1_3() || backend().supports(feature::certificate_alerts);
    EXPECT_TRUE(received_alert(look(asking(ocsp_stapling::required)).seen.server,
                               exact ? bad_certificate_status_response : bad_certificate));
}

// Those that a server does not load: as bytes, to the same judge.
TEST(ocsp_response, is_judged_without_a_connection_too) {
    const auto chain = pki::identity("server").chain();
    const auto judge = [&](std::vector<std::byte> response, ocsp_stapling how) {
        return verify_chain(
            chain, {.trust = pki::trust(), .verification = {.ocsp = how}, .ocsp_response = std::move(response)});
    };
    for (const auto* response :
         {"try-later", "malformed", "nothing", "other-certificate", "other-issuer", "other-hash"}) {
        EXPECT_TRUE(
            refused_for(judge(bytes_of(response), ocsp_stapling::if_present), cert_errc::revocation_unavailable))
            << response;
    }
    for (const row& it : rows()) {
        if (it.clock) continue;
        const auto verdict = judge(bytes_of(it.response), ocsp_stapling::required);
        EXPECT_EQ(verdict ? cert_errc::none : verdict.error().certificate(), it.verdict) << it.response;
    }
    EXPECT_TRUE(ok(judge({}, ocsp_stapling::if_present)));
    EXPECT_TRUE(refused_for(judge({}, ocsp_stapling::required), cert_errc::revocation_unavailable));
    EXPECT_TRUE(fails_with(judge(bytes_of("good"), ocsp_stapling::off), errc::invalid_argument)) << "nobody would look";
    EXPECT_TRUE(fails_with(judge(bytes_of("good"), ocsp_stapling{9}), errc::invalid_argument));
}

TEST(ocsp_response, of_a_certificate_without_an_issuer_cannot_be_checked) {
    const auto chain = pki::identity("server").chain();
    const std::vector<certificate> leaf = {chain.front()};
    const verify_options itself = {.trust = or_throw(trust_store::load_file(pki::file("server.crt"))),
                                   .verification = {.ocsp = ocsp_stapling::if_present},
                                   .ocsp_response = bytes_of("good")};
    EXPECT_TRUE(refused_for(verify_chain(leaf, itself), cert_errc::revocation_unavailable));
}

// A spoiled response is never better than a whole one, whatever the library reads into it.
TEST(ocsp_response, is_never_mended_by_a_flipped_bit) {
    const auto chain = pki::identity("server").chain();
    for (const auto* response : {"unknown", "good"}) {
        const auto whole = bytes_of(response);
        for (std::size_t bit = 0; bit < whole.size() * 8; bit += 3) {
            auto spoiled = whole;
            spoiled[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
            const auto verdict = verify_chain(
                chain,
                {.trust = pki::trust(), .verification = {.ocsp = ocsp_stapling::if_present}, .ocsp_response = spoiled});
            ASSERT_TRUE(refused_for(verdict, cert_errc::revocation_unavailable)) << response << bit;
        }
    }
}

// ---- resumption ----

TEST_P(ocsp, of_a_session_is_judged_again) {
    auto s = resuming(version());
    s.client.verification.ocsp = ocsp_stapling::required;
    s.server.credentials = {with_staple("expired")};  // ends with 2020
    auto time = std::make_shared<std::chrono::sys_seconds>(std::chrono::sys_days(2020y / 12 / 31) + 23h);
    s.client.clock = [time] { return *time; };
    const contexts made(s);
    EXPECT_TRUE(visit_once(made).client.ocsp_good);
    const auto again = visit_once(made);
    ASSERT_TRUE(again.resumed());
    EXPECT_TRUE(again.client.ocsp_good);
    *time += 1h + 1min;
    const auto late = visit_once(made);
    EXPECT_TRUE(refused_for(late.seen.client, cert_errc::revocation_unavailable)) << "a full handshake, and it is old";
}

TEST_P(ocsp, of_a_session_goes_through_bytes) {
    session_list list;
    auto s = resuming(version());
    s.client.verification.ocsp = ocsp_stapling::required;
    s.client.on_session = list.sink();
    s.server.credentials = {with_staple("good")};
    contexts made(s);
    visit_once(made);
    const auto kept = copied(list.last());
    contexts other(s);
    other.server = made.server;
    const auto again = visit_once(other, kept);
    EXPECT_TRUE(again.resumed());
    EXPECT_TRUE(again.client.ocsp_good);
}

TEST_P(ocsp, of_a_session_does_not_serve_other_settings) {
    session_list list;
    auto s = resuming(version());
    s.client.on_session = list.sink();
    s.server.credentials = {with_staple("good")};
    contexts made(s);
    visit_once(made);
    s.client.verification.ocsp = ocsp_stapling::required;
    contexts strict(s);
    strict.server = made.server;
    EXPECT_FALSE(visit_once(strict, list.last()).resumed()) << "nobody looked at a response then";
}

// ---- settings ----

TEST(ocsp_settings, belong_to_clients_that_verify) {
    setup s;
    s.client.insecure_skip_verification = true;
    s.client.trust.reset();
    s.client.verification.ocsp = ocsp_stapling::if_present;
    EXPECT_TRUE(fails_with(context::client(s.client), errc::invalid_argument));
    setup other;
    other.client.verification.ocsp = ocsp_stapling{3};
    EXPECT_TRUE(fails_with(context::client(other.client), errc::invalid_argument));
    other.server.client_auth = client_auth::optional;
    other.server.client_trust = pki::trust();
    other.server.verification.ocsp = ocsp_stapling::if_present;
    EXPECT_TRUE(fails_with(context::server(other.server), errc::invalid_argument));
}

TEST(ocsp_settings, do_not_let_the_callback_accept) {
    setup s;
    s.server.credentials = {with_staple("unknown")};
    s.client.verification = {.callback = [](const chain_step&) { return true; },
                             .insecure_may_accept = {cert_errc::revocation_unavailable},
                             .ocsp = ocsp_stapling::if_present};
    EXPECT_TRUE(refused_for(look(s).seen.client, cert_errc::revocation_unavailable));
}

TEST(ocsp_settings, report_a_clock_that_throws) {
    setup s;
    s.server.credentials = {with_staple("good")};
    int calls = 0;
    s.client.verification.ocsp = ocsp_stapling::required;
    s.client.clock = [&]() -> std::chrono::sys_seconds {
        if (++calls > 1) throw std::runtime_error("stopped");
        return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    };
    const auto it = look(s);
    EXPECT_TRUE(fails_with(it.seen.client, errc::callback_failed)) << calls;
}

// ---- credentials ----

TEST(ocsp_credentials, carry_a_response_in_a_copy) {
    const auto plain = pki::identity("server");
    const auto stapled = or_throw(plain.with_ocsp_response(bytes_of("good")));
    EXPECT_TRUE(plain.ocsp_response().empty());
    EXPECT_TRUE(std::ranges::equal(stapled.ocsp_response(), bytes_of("good")));
    EXPECT_EQ(stapled.chain(), plain.chain());
    const auto renewed = or_throw(stapled.with_ocsp_response(bytes_of("expired")));
    EXPECT_TRUE(std::ranges::equal(renewed.ocsp_response(), bytes_of("expired"))) << "dates are not looked at";
}

TEST(ocsp_credentials, refuse_what_no_client_could_use) {
    const auto server = pki::identity("server");
    const auto given = [&](std::string_view response) { return server.with_ocsp_response(bytes_of(response)); };
    EXPECT_TRUE(fails_with(given("malformed"), errc::malformed_ocsp_response));
    EXPECT_TRUE(fails_with(server.with_ocsp_response({}), errc::malformed_ocsp_response));
    for (const auto* response : {"try-later", "nothing", "other-certificate", "other-issuer", "other-hash"}) {
        EXPECT_TRUE(fails_with(given(response), errc::invalid_argument)) << response;
    }
    EXPECT_NE(given("try-later").error().message().find("tryLater"), std::string::npos);
    EXPECT_NE(given("other-certificate").error().message().find("CN=server"), std::string::npos);
    EXPECT_TRUE(fails_with(pki::identity("client").with_ocsp_response(bytes_of("good")), errc::invalid_argument));
    EXPECT_TRUE(fails_with(server.with_ocsp_response(std::vector<std::byte>(16381)), errc::too_large));
    EXPECT_TRUE(fails_with(server.load_ocsp_response(pki::file("ocsp/none.der")), errc::file_not_found));
    EXPECT_TRUE(fails_with(server.load_ocsp_response(pki::file("root.crt")), errc::malformed_ocsp_response));
}

TEST(ocsp_credentials, without_the_issuer_are_matched_by_name_and_number) {
    const auto alone = pki::identity("missing-intermediate");
    EXPECT_TRUE(fails_with(alone.with_ocsp_response(bytes_of("good")), errc::invalid_argument));
    const std::vector<certificate> leaf = {pki::identity("server").chain().front()};
    const auto external = or_throw(credentials::with_external_key(
        leaf, [](signature_scheme, std::span<const std::byte>) -> result<std::vector<std::byte>> {
            return std::unexpected(error(errc::unsupported));
        }));
    EXPECT_TRUE(ok(external.with_ocsp_response(bytes_of("good"))));
    EXPECT_TRUE(fails_with(external.with_ocsp_response(bytes_of("other-certificate")), errc::invalid_argument));
}

TEST(ocsp_credentials, of_clients_send_none) {
    setup s;
    s.client.credentials = {with_staple("good")};
    EXPECT_TRUE(fails_with(context::client(s.client), errc::invalid_argument));
}

}  // namespace
