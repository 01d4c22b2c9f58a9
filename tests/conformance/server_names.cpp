// SPDX-License-Identifier: Apache-2.0
// Contexts by the name that a client asks for: exact names, wildcards, and names that nobody has.
#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

constexpr std::uint8_t missing_extension = 109, unrecognized_name = 112;

context server_with(std::string_view identity, std::vector<std::string> alpn = {}) {
    return or_throw(context::server({.credentials = {pki::identity(identity)}, .alpn = std::move(alpn)}));
}

class server_names : public in_each_version {
protected:
    /// The certificate "server" for everyone, and others for three names.
    [[nodiscard]] static setup with_names() {
        auto s = only(version());
        s.client.insecure_skip_verification = true;
        s.server.names = {{"rsa.tlseam.test", server_with("server-rsa", {"h2"})},
                          {"*.wild.tlseam.test", server_with("wildcard")},
                          {"exact.wild.tlseam.test", server_with("wrong-name")}};
        return s;
    }

    /// The identity that a client gets who asks for this name; null: for none.
    [[nodiscard]] static std::vector<certificate> shown_to(const setup& from, const char* asked) {
        auto s = from;
        s.names = {.server_name = asked != nullptr ? asked : ""};
        return open_pair(s).client.info().peer_certificates;
    }
    [[nodiscard]] static outcome seen_by(const setup& from, const char* asked) {
        auto s = from;
        s.names = {.server_name = asked != nullptr ? asked : ""};
        auto pair = new_pair(s);
        return run_handshake(pair);
    }
    static const std::vector<certificate>& chain(std::string_view identity) {
        static std::map<std::string, credentials, std::less<>> loaded;
        auto found = loaded.find(identity);
        if (found == loaded.end()) found = loaded.emplace(identity, pki::identity(identity)).first;
        return found->second.chain();
    }
};
INSTANTIATE_TEST_SUITE_P(tls, server_names, both_versions(), version_name());

// SNI-005
TEST_P(server_names, choose_the_certificate) {
    const auto s = with_names();
    EXPECT_EQ(shown_to(s, "rsa.tlseam.test"), chain("server-rsa"));
    EXPECT_EQ(shown_to(s, "a.wild.tlseam.test"), chain("wildcard"));
}

TEST_P(server_names, that_stand_there_go_before_a_wildcard) {
    EXPECT_EQ(shown_to(with_names(), "exact.wild.tlseam.test"), chain("wrong-name"));
}

// SNI-010
TEST_P(server_names, do_not_depend_on_upper_and_lower_case) {
    auto s = with_names();
    s.server.names = {{"RSA.tlseam.TEST", server_with("server-rsa")}};
    EXPECT_EQ(shown_to(s, "rsa.TLSEAM.test"), chain("server-rsa"));
}

TEST_P(server_names, of_wildcards_stand_for_one_label) {
    const auto s = with_names();
    EXPECT_EQ(shown_to(s, "wild.tlseam.test"), chain("server"));
    EXPECT_EQ(shown_to(s, "a.b.wild.tlseam.test"), chain("server"));
}

TEST_P(server_names, that_nobody_has_get_the_context_itself) {
    const auto s = with_names();
    EXPECT_EQ(shown_to(s, "unknown.tlseam.test"), chain("server"));
    EXPECT_EQ(shown_to(s, nullptr), chain("server"));
}

TEST_P(server_names, bring_all_settings_of_their_context) {
    auto s = with_names();
    s.client.alpn = {"http/1.1", "h2"};
    s.server.alpn = {"http/1.1"};
    s.names = {.server_name = "rsa.tlseam.test"};
    auto pair = open_pair(s);
    EXPECT_EQ(pair.client.info().alpn, "h2");
    EXPECT_EQ(pair.server.info().alpn, "h2");
    EXPECT_EQ(pair.server.info().server_name, "rsa.tlseam.test");

    s.client.credentials.clear();
    s.server.names = {{"rsa.tlseam.test", or_throw(context::server({.credentials = {pki::identity("server-rsa")},
                                                                    .client_auth = client_auth::required,
                                                                    .client_trust = pki::trust()}))}};
    auto strict = new_pair(s);
    EXPECT_TRUE(fails_with(run_handshake(strict).server, errc::certificate_required));
}

TEST_P(server_names, bring_the_exporter_or_its_absence) {
    auto s = with_names();
    s.client.exporter = true;
    s.names = {.server_name = "rsa.tlseam.test"};
    const auto exports = [&](bool outer, bool inner) {
        s.server.exporter = outer;
        s.server.names = {{"rsa.tlseam.test", or_throw(context::server(
                                                  {.credentials = {pki::identity("server-rsa")}, .exporter = inner}))}};
        auto pair = open_pair(s);
        std::byte theirs[32] = {}, ours[32] = {};
        EXPECT_TRUE(ok(pair.client.export_keying_material(theirs, "EXPERIMENTAL-tlseam-test")));
        auto done = pair.server.export_keying_material(ours, "EXPERIMENTAL-tlseam-test");
        EXPECT_EQ(std::ranges::equal(ours, theirs), done.has_value());
        return done;
    };
    EXPECT_TRUE(ok(exports(false, true)));
    EXPECT_TRUE(fails_with(exports(true, false), errc::misuse));
}

TEST_P(server_names, bring_versions_too) {
    auto s = with_names();
    s.server.names = {{"new.tlseam.test", or_throw(context::server({.credentials = {pki::identity("server")},
                                                                    .min_version = protocol_version::tls1_3}))}};
    const auto seen = seen_by(s, "new.tlseam.test");
    if (version() == protocol_version::tls1_3) {
        EXPECT_TRUE(seen.complete());
    } else {
        EXPECT_TRUE(fails_with(seen.server, errc::no_shared_version));
    }
}

TEST_P(server_names, outlive_the_context_that_holds_them) {
    auto s = with_names();
    s.names = {.server_name = "rsa.tlseam.test"};
    std::optional<contexts> made(s);
    auto pair = new_pair(*made);
    made.reset();
    s.server.names.clear();
    EXPECT_TRUE(run_handshake(pair).complete());
    EXPECT_EQ(carry(pair, pair.client, pair.server, "after"), "after");
}

// ---- names that nobody has ----

// SNI-005
TEST_P(server_names, that_nobody_has_may_be_refused) {
    auto s = with_names();
    s.server.unknown_name = unknown_name::refuse;
    const auto seen = seen_by(s, "unknown.tlseam.test");
    ASSERT_TRUE(fails_with(seen.server, errc::unrecognized_name));
    EXPECT_EQ(seen.server.error().alert(), unrecognized_name);
    EXPECT_EQ(seen.server.error().origin(), error_origin::local);
    EXPECT_NE(seen.server.error().message().find("unknown.tlseam.test"), std::string::npos);
    EXPECT_TRUE(received_alert(seen.client, unrecognized_name));
}

TEST_P(server_names, that_somebody_has_are_not_refused) {
    auto s = with_names();
    s.server.unknown_name = unknown_name::refuse;
    EXPECT_EQ(shown_to(s, "rsa.tlseam.test"), chain("server-rsa"));
    EXPECT_EQ(shown_to(s, "a.wild.tlseam.test"), chain("wildcard"));
    EXPECT_EQ(shown_to(s, "server.tlseam.test"), chain("server")) << "in its own certificate";
    EXPECT_EQ(shown_to(s, nullptr), chain("server"));
}

TEST_P(server_names, may_be_refused_without_any_named_context) {
    auto s = only(version());
    s.client.insecure_skip_verification = true;
    s.server.unknown_name = unknown_name::refuse;
    EXPECT_TRUE(seen_by(s, "localhost").complete());
    EXPECT_TRUE(fails_with(seen_by(s, "other.tlseam.test").server, errc::unrecognized_name));
}

TEST_P(server_names, may_be_required) {
    auto s = with_names();
    s.server.unknown_name = unknown_name::require;
    EXPECT_TRUE(seen_by(s, "localhost").complete());
    EXPECT_TRUE(fails_with(seen_by(s, "unknown.tlseam.test").server, errc::unrecognized_name));
    const auto seen = seen_by(s, nullptr);
    const auto alert = version() == protocol_version::tls1_3 ? missing_extension : unrecognized_name;
    ASSERT_TRUE(fails_with(seen.server, errc::unrecognized_name));
    EXPECT_EQ(seen.server.error().alert(), alert);
    EXPECT_TRUE(received_alert(seen.client, alert));
}

// ---- settings that are refused ----

testing::AssertionResult refused(std::vector<named_context> names, std::string_view word) {
    const auto made = context::server({.credentials = {pki::identity("server")}, .names = std::move(names)});
    if (made) return testing::AssertionFailure() << "accepted";
    if (made.error() != errc::invalid_argument) return fails_with(made, errc::invalid_argument);
    if (made.error().message().find(word) != std::string::npos) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "the sentence does not have '" << word << "': " << made.error().message();
}

TEST(server_names_settings, need_host_names) {
    const auto other = server_with("server-rsa");
    for (const char* name : {"", " ", "*", "*.", "*.test", "a*.tlseam.test", "a.*.tlseam.test", "*.*.tlseam.test",
                             "127.0.0.1", "::1", "b\xc3\xbc", "a..b", "host:443"}) {
        EXPECT_TRUE(refused({{name, other}}, "names: ")) << "'" << name << "'";
    }
}

TEST(server_names_settings, name_what_is_given_twice) {
    const auto other = server_with("server-rsa");
    EXPECT_TRUE(refused({{"a.test", other}, {"A.test", other}}, "'A.test'"));
    EXPECT_TRUE(refused({{"*.a.test", other}, {"*.a.test.", other}}, "'*.a.test.'"));
}

TEST(server_names_settings, need_contexts_of_servers_that_leave_the_choice) {
    const setup s;
    EXPECT_TRUE(refused({{"a.test", or_throw(context::client(s.client))}}, "client"));
    const auto inner = or_throw(
        context::server({.credentials = {pki::identity("server")}, .names = {{"b.test", server_with("server-rsa")}}}));
    EXPECT_TRUE(refused({{"a.test", inner}}, "of its own"));
    const auto picky =
        or_throw(context::server({.credentials = {pki::identity("server")}, .unknown_name = unknown_name::refuse}));
    EXPECT_TRUE(refused({{"a.test", picky}}, "of its own"));
}

}  // namespace
