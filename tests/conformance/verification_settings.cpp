// SPDX-License-Identifier: Apache-2.0
// Checks beyond the defaults, in handshakes: revocation lists, pins, the callback. tests/chains has the verdicts
// themselves; here it is that both roles and both versions ask for them.
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

class verification : public testing::TestWithParam<protocol_version> {
protected:
    [[nodiscard]] static setup with_server(std::string_view name) { return only(GetParam(), name); }
    [[nodiscard]] static setup with_client(std::string_view name) {
        auto s = only(GetParam());
        s.client.credentials = {pki::identity(name)};
        s.server.client_auth = client_auth::required;
        s.server.client_trust = pki::trust();
        return s;
    }
    [[nodiscard]] static outcome handshake(const setup& s) {
        auto pair = new_pair(s);
        return run_handshake(pair);
    }
};
INSTANTIATE_TEST_SUITE_P(tls, verification, both_versions(), version_name());

crl_store lists(const std::vector<const char*>& names) {
    std::vector<std::filesystem::path> files;
    for (const char* name : names) files.push_back(pki::file(name));
    return or_throw(crl_store::load_files(files));
}

/// tests/chains has pins that fit; certs/ is made anew now and then, and with it the hashes of its keys.
constexpr auto nobodys_pin = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

// ---- revocation: VR-001, VR-002, VR-003, MTL-012 ----

TEST_P(verification, with_lists_accepts_what_they_do_not_list) {
    auto s = with_server("server");
    s.client.verification.crls = lists({"crl.pem", "root.crl.pem"});
    EXPECT_TRUE(handshake(s).complete());
}

TEST_P(verification, with_lists_refuses_a_server_that_they_list) {
    auto s = with_server("revoked");
    s.client.verification.crls = lists({"root.crl.pem", "crl.pem"});
    const auto seen = handshake(s);
    EXPECT_TRUE(refused_for(seen.client, cert_errc::revoked));
    EXPECT_TRUE(received_alert(seen.server, backend().supports(feature::certificate_alerts) ? 44 : 42));
}

TEST_P(verification, with_lists_refuses_an_issuer_that_they_list) {
    auto s = with_server("revoked-intermediate");
    s.client.verification.crls = lists({"revoked-intermediate.crl.pem", "root.crl.pem"});
    EXPECT_TRUE(refused_for(handshake(s).client, cert_errc::revoked));
    s.client.verification.crl_scope = crl_scope::leaf;
    EXPECT_TRUE(handshake(s).complete());
}

TEST_P(verification, with_lists_refuses_what_none_of_them_is_about) {
    auto s = with_server("server");
    s.client.verification.crls = lists({"crl.pem"});
    EXPECT_TRUE(refused_for(handshake(s).client, cert_errc::revocation_unavailable)) << "the root's list is missing";
    s.client.verification.crl_scope = crl_scope::leaf;
    EXPECT_TRUE(handshake(s).complete());
    s.client.verification.crls = lists({"root.crl.pem"});
    EXPECT_TRUE(refused_for(handshake(s).client, cert_errc::revocation_unavailable));
    s.client.verification.crls = lists({"expired.crl.pem"});
    EXPECT_TRUE(refused_for(handshake(s).client, cert_errc::revocation_unavailable)) << "it ended in 2021";
}

TEST_P(verification, with_lists_looks_at_clients_too) {
    auto s = with_client("client");
    s.server.verification.crls = lists({"crl.pem", "root.crl.pem"});
    EXPECT_TRUE(handshake(s).complete());
    s.server.verification.crls = lists({"expired.crl.pem", "root.crl.pem"});
    EXPECT_TRUE(refused_for(handshake(s).server, cert_errc::revocation_unavailable));
}

// ---- pins: VC-029 ----

TEST_P(verification, with_a_pin_refuses_every_other_key) {
    auto s = with_server("server");
    s.client.verification.pins = {nobodys_pin};
    EXPECT_TRUE(refused_for(handshake(s).client, cert_errc::pin_mismatch));
    auto c = with_client("client");
    c.server.verification.pins = {nobodys_pin};
    EXPECT_TRUE(refused_for(handshake(c).server, cert_errc::pin_mismatch));
}

// ---- the callback: VC-027 ----

struct step {
    int depth;
    cert_errc defect;
    std::string subject;
    friend bool operator==(const step&, const step&) = default;
};

TEST_P(verification, shows_the_callback_every_certificate_from_the_anchor_down) {
    std::vector<step> steps;
    auto s = with_server("server");
    s.client.verification.callback = [&](const chain_step& it) {
        steps.push_back({it.depth, it.defect, it.certificate.subject()});
        return true;
    };
    EXPECT_TRUE(handshake(s).complete());
    const std::vector<step> expected = {{2, cert_errc::none, "CN=tlseam test root"},
                                        {1, cert_errc::none, "CN=tlseam test intermediate"},
                                        {0, cert_errc::none, "CN=server"}};
    EXPECT_EQ(steps, expected);
}

TEST_P(verification, shows_the_callback_each_defect) {
    std::vector<cert_errc> defects;
    auto s = with_server("expired");
    s.names.verified_name = "other.tlseam.test";
    s.client.verification.callback = [&](const chain_step& it) {
        if (it.depth == 0) defects.push_back(it.defect);
        return true;
    };
    EXPECT_TRUE(refused_for(handshake(s).client, cert_errc::expired)) << "agreeing is not enough";
    EXPECT_EQ(defects, (std::vector{cert_errc::expired, cert_errc::name_mismatch}));
}

TEST_P(verification, lets_the_callback_refuse) {
    auto s = with_server("server");
    s.client.verification.callback = [](const chain_step& it) { return it.depth != 1; };
    EXPECT_TRUE(refused_for(handshake(s).client, cert_errc::rejected));
    auto c = with_client("client");
    c.server.verification.callback = [](const chain_step&) { return false; };
    EXPECT_TRUE(refused_for(handshake(c).server, cert_errc::rejected));
}

TEST_P(verification, lets_the_callback_accept_only_what_it_has_power_over) {
    auto s = with_server("expired");
    s.client.verification.callback = [](const chain_step&) { return true; };
    s.client.verification.insecure_may_accept = {cert_errc::name_mismatch};
    EXPECT_TRUE(refused_for(handshake(s).client, cert_errc::expired));
    s.client.verification.insecure_may_accept = {cert_errc::expired};
    EXPECT_TRUE(handshake(s).complete());
    s.names.verified_name = "other.tlseam.test";
    EXPECT_TRUE(refused_for(handshake(s).client, cert_errc::name_mismatch));
    s.client.verification.insecure_may_accept = {cert_errc::expired, cert_errc::name_mismatch};
    EXPECT_TRUE(handshake(s).complete());
    s.client.verification.callback = [](const chain_step& it) { return it.defect == cert_errc::none; };
    EXPECT_TRUE(refused_for(handshake(s).client, cert_errc::expired)) << "power that it does not use";
}

TEST_P(verification, fails_with_a_callback_that_throws) {
    auto s = with_server("server");
    s.client.verification.callback = [](const chain_step&) -> bool { throw std::runtime_error("no"); };
    EXPECT_TRUE(fails_with(handshake(s).client, errc::callback_failed));
}

// ---- misuse: nothing is ignored ----

TEST(verification_settings, are_refused_where_nobody_would_look_at_them) {
    setup s;
    s.client.insecure_skip_verification = true;
    s.client.verification.pins = {nobodys_pin};
    EXPECT_TRUE(fails_with(context::client(s.client), errc::invalid_argument));
    s.client.verification = {.crls = lists({"crl.pem"})};
    EXPECT_TRUE(fails_with(context::client(s.client), errc::invalid_argument));
    s.client.verification = {.callback = [](const chain_step&) { return true; }};
    EXPECT_TRUE(fails_with(context::client(s.client), errc::invalid_argument));
    s.server.verification = {.crls = lists({"crl.pem"})};
    EXPECT_TRUE(fails_with(context::server(s.server), errc::invalid_argument));
}

TEST(verification_settings, are_refused_when_they_make_no_sense) {
    setup s;
    for (const auto* pin :
         {"", "sha256//",
          "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
          "sha1//AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=",
          "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA-_A="}) {
        s.client.verification = {.pins = {pin}};
        EXPECT_TRUE(fails_with(context::client(s.client), errc::invalid_argument)) << pin;
    }
    s.client.verification = {.insecure_may_accept = {cert_errc::expired}};
    EXPECT_TRUE(fails_with(context::client(s.client), errc::invalid_argument)) << "no callback";
    s.client.verification = {.callback = [](const chain_step&) { return true; },
                             .insecure_may_accept = {cert_errc::none}};
    EXPECT_TRUE(fails_with(context::client(s.client), errc::invalid_argument));
    s.client.verification.insecure_may_accept = {cert_errc::expired, cert_errc::weak_signature};
    EXPECT_TRUE(fails_with(context::client(s.client), errc::invalid_argument)) << "nobody looks at such a signature";
}

TEST(verification_settings, still_ask_for_lists_where_an_unknown_authority_is_accepted) {
    const auto chain = or_throw(certificate::load_all(pki::file("unknown-ca.crt")));
    verify_options options{.trust = pki::trust()};
    options.verification = {.callback = [](const chain_step&) { return true; },
                            .insecure_may_accept = {cert_errc::unknown_ca}};
    EXPECT_TRUE(ok(verify_chain(chain, options)));
    options.verification.crls = lists({"crl.pem", "root.crl.pem"});
    EXPECT_TRUE(refused_for(verify_chain(chain, options), cert_errc::revocation_unavailable));
}

// ---- the same without a connection ----

TEST(verify_chain, gives_the_chain_up_to_the_anchor) {
    const auto chain = or_throw(certificate::load_all(pki::file("server.crt")));
    const auto path = verify_chain(chain, {.trust = pki::trust(), .name = "localhost"});
    ASSERT_TRUE(ok(path));
    ASSERT_EQ(path->size(), 3U);
    EXPECT_EQ((*path)[0], chain[0]);
    EXPECT_EQ((*path)[2].subject(), "CN=tlseam test root");
}

TEST(verify_chain, refuses_as_a_handshake_would) {
    const auto verdict = [](const char* name, const verify_options& options) {
        return verify_chain(or_throw(certificate::load_all(pki::file(std::string(name) + ".crt"))), options);
    };
    const auto root = pki::trust();
    EXPECT_TRUE(refused_for(verdict("expired", {.trust = root}), cert_errc::expired));
    EXPECT_TRUE(refused_for(verdict("server", {.trust = root, .name = "example.com"}), cert_errc::name_mismatch));
    EXPECT_TRUE(refused_for(verdict("server", {.trust = root, .peer = role::client}), cert_errc::wrong_purpose));
    EXPECT_TRUE(ok(verdict("client", {.trust = root, .peer = role::client})));
    EXPECT_TRUE(refused_for(verdict("server", {.trust = pki::no_trust()}), cert_errc::unknown_ca));
    EXPECT_TRUE(refused_for(verdict("weak-key", {.trust = root}), cert_errc::weak_key));
    EXPECT_TRUE(ok(verdict("server", {.trust = root}))) << "without a name, names are not looked at";
    const auto refused = verdict("expired", {.trust = root});
    EXPECT_NE(refused.error().message().find("CN=expired"), std::string::npos) << refused.error().message();
}

TEST(verify_chain, needs_a_certificate_and_a_name_that_is_one) {
    EXPECT_TRUE(fails_with(verify_chain({}, {.trust = pki::trust()}), errc::invalid_argument));
    const auto chain = or_throw(certificate::load_all(pki::file("server.crt")));
    EXPECT_TRUE(fails_with(verify_chain(chain, {.trust = pki::trust(), .name = "a b"}), errc::invalid_argument));
    EXPECT_TRUE(fails_with(verify_chain(chain, {.trust = pki::trust(), .name = ""}), errc::invalid_argument));
}

// ---- loading lists ----

TEST(crl_store, loads_pem_and_der_and_counts) {
    EXPECT_EQ(lists({"crl.pem"}).size(), 1U);
    EXPECT_EQ(lists({"crl.pem", "root.crl.pem"}).size(), 2U);
    EXPECT_EQ(or_throw(crl_store::parse(pki::bytes("crl.pem") + pki::bytes("server.crt"))).size(), 1U);
}

TEST(crl_store, names_what_is_wrong) {
    const auto file = pki::file("server.crt");
    const auto none = crl_store::load_file(file);
    ASSERT_TRUE(fails_with(none, errc::no_crl));
    EXPECT_NE(none.error().message().find("server.crt"), std::string::npos);
    EXPECT_TRUE(fails_with(crl_store::load_file(pki::file("nowhere.pem")), errc::file_not_found));
    EXPECT_TRUE(fails_with(crl_store::load_files({}), errc::invalid_argument));
    EXPECT_TRUE(fails_with(crl_store::parse(""), errc::no_crl));
    EXPECT_TRUE(
        fails_with(crl_store::parse("-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n"), errc::malformed_crl));
    EXPECT_TRUE(fails_with(crl_store::parse(std::string("\x30\x03", 2)), errc::malformed_crl));
}

TEST(certificate_files, hold_one_or_many) {
    EXPECT_EQ(or_throw(certificate::load_all(pki::file("server.crt"))).size(), 2U);
    EXPECT_EQ(or_throw(certificate::load_all(pki::file("server-leaf.der"))).size(), 1U);
    EXPECT_TRUE(fails_with(certificate::load_all(pki::file("server.key")), errc::no_certificate));
    EXPECT_TRUE(fails_with(certificate::load_all(pki::file("nowhere.crt")), errc::file_not_found));
    EXPECT_TRUE(fails_with(certificate::parse_all("junk"), errc::no_certificate));
}

}  // namespace
