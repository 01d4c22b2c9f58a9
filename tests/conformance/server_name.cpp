// SPDX-License-Identifier: Apache-2.0
// The name that a client asks for (RFC 6066 3).
#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

class server_name : public in_each_version {
protected:
    /// What both ends report; "disagree" when they do not.
    [[nodiscard]] static std::string reported(const char* asked) {
        auto s = only(version());
        s.client.insecure_skip_verification = true;
        s.names = {.server_name = asked};
        auto pair = open_pair(s);
        if (pair.client.info().server_name != pair.server.info().server_name) return "disagree";
        return pair.server.info().server_name;
    }
};
INSTANTIATE_TEST_SUITE_P(tls, server_name, both_versions(), version_name());

// SNI-001, SNI-009
TEST_P(server_name, is_reported_on_both_sides) { EXPECT_EQ(reported("server.tlseam.test"), "server.tlseam.test"); }

// SNI-001, SNI-010
TEST_P(server_name, is_sent_in_lower_case) { EXPECT_EQ(reported("Server.TLSeam.TEST"), "server.tlseam.test"); }

// SNI-001
TEST_P(server_name, is_sent_without_the_trailing_dot) {
    EXPECT_EQ(reported("server.tlseam.test."), "server.tlseam.test");
}

// SNI-002
TEST_P(server_name, is_not_sent_when_it_is_an_address) {
    EXPECT_EQ(reported("127.0.0.1"), "");
    EXPECT_EQ(reported("::1"), "");
    EXPECT_EQ(reported("2001:db8::1"), "");
}

// SNI-003
TEST_P(server_name, may_be_an_a_label) { EXPECT_EQ(reported("xn--bcher-kva.example"), "xn--bcher-kva.example"); }

TEST_P(server_name, may_be_one_label_or_as_long_as_names_get) {
    EXPECT_EQ(reported("x"), "x");
    const std::string label(63, 'a');
    const std::string longest = label + "." + label + "." + label + "." + std::string(61, 'b');
    ASSERT_EQ(longest.size(), 253U);
    EXPECT_EQ(reported(longest.c_str()), longest);
}

// SNI-004
TEST_P(server_name, is_not_sent_when_it_is_empty) { EXPECT_EQ(reported(""), ""); }

TEST_P(server_name, is_not_readable_from_info_before_the_handshake) {
    auto pair = new_pair(only(version()));
    EXPECT_EQ(pair.client.info().server_name, "");
    EXPECT_EQ(pair.server.info().server_name, "");
}

// CTX-022, SNI-003, SNI-007
TEST(server_name_option, that_is_no_host_name_is_refused) {
    const contexts made;
    const std::string with_nul("local\0host", 10);
    const std::string names[] = {
        " ",
        "local host",
        " localhost",
        "localhost ",
        "local\nhost",
        with_nul,
        "b\xc3\xbc"
        "cher.example",
        "\xff",
        ".",
        "..",
        ".localhost",
        "a..b",
        "localhost..",
        "localhost:443",
        "user@localhost",
        "https://localhost",
        "a/b",
        std::string(64, 'a') + ".example",
        std::string(63, 'a') + "." + std::string(63, 'a') + "." + std::string(63, 'a') + "." + std::string(63, 'a'),
    };
    for (const auto& name : names) {
        EXPECT_TRUE(fails_with(engine::create(made.client, {.server_name = name}), errc::invalid_argument))
            << "'" << name << "'";
        EXPECT_TRUE(fails_with(engine::create(made.client, {.server_name = "localhost", .verified_name = name}),
                               errc::invalid_argument))
            << "'" << name << "'";
    }
}

TEST(server_name_option, of_a_server_is_misuse) {
    const contexts made;
    EXPECT_TRUE(fails_with(engine::create(made.server, {.server_name = "localhost"}), errc::misuse));
    EXPECT_TRUE(fails_with(engine::create(made.server, {.verified_name = "localhost"}), errc::misuse));
    EXPECT_TRUE(fails_with(engine::create(made.server, {.server_name = ""}), errc::misuse));
}

}  // namespace
