// SPDX-License-Identifier: Apache-2.0
// The name a certificate must carry (RFC 9525).
#include <tuple>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

struct name_case {
    const char* server;
    const char* name;
    bool accepted;
};

const name_case name_cases[] = {
    // VN-001, VN-002
    {"server", "localhost", true},
    {"server", "LocalHost", true},
    {"server", "server.tlseam.test", true},
    {"server", "SERVER.TLSEAM.TEST", true},
    // VN-016
    {"server", "localhost.", true},
    {"server", "server.tlseam.test.", true},
    // VN-003, VN-021
    {"server", "other.tlseam.test", false},
    {"server", "tlseam.test", false},
    {"server", "test", false},
    {"server", "a.server.tlseam.test", false},
    {"server", "xserver.tlseam.test", false},
    {"server", "server.tlseam.test.example", false},
    {"server", "server-tlseam.test", false},
    {"server", "localhos", false},
    {"server", "localhost.localdomain", false},
    // VN-004, VN-005
    {"wildcard", "a.wild.tlseam.test", true},
    {"wildcard", "A.Wild.TLSEAM.test", true},
    {"wildcard", "xn--bcher-kva.wild.tlseam.test", true},
    {"wildcard", "wild.tlseam.test", false},
    {"wildcard", "a.b.wild.tlseam.test", false},
    {"wildcard", "a.mild.tlseam.test", false},
    {"wildcard", "awild.tlseam.test", false},
    // VN-011, VN-012, VN-013
    {"ip", "127.0.0.1", true},
    {"ip", "::1", true},
    {"ip", "0:0:0:0:0:0:0:1", true},
    {"ip", "0000:0000:0000:0000:0000:0000:0000:0001", true},
    {"ip", "127.0.0.2", false},
    {"ip", "::2", false},
    {"ip", "::ffff:127.0.0.1", false},
    {"ip", "localhost", false},
    {"server", "127.0.0.1", false},
    {"server", "::1", false},
    // VN-010
    {"cn-only", "localhost", false},
    {"cn-only", "cn-only", false},
    {"server", "server", false},
};

using version_and_name = std::tuple<protocol_version, name_case>;
class name_check : public testing::TestWithParam<version_and_name> {};

std::string name_case_name(const testing::TestParamInfo<version_and_name>& info) {
    const auto& [version, c] = info.param;
    std::string text = short_name(version) + "_" + std::to_string(info.index) + "_" + c.server + "_for_" + c.name;
    for (auto& character : text) character = std::isalnum(static_cast<unsigned char>(character)) ? character : '_';
    return text;
}
INSTANTIATE_TEST_SUITE_P(tls, name_check, testing::Combine(both_versions(), testing::ValuesIn(name_cases)),
                         name_case_name);

TEST_P(name_check, accepts_the_names_of_the_certificate_and_no_others) {
    const auto& [version, c] = GetParam();
    auto s = only(version, c.server);
    s.names = {.server_name = c.name};
    auto pair = new_pair(s);
    const auto seen = run_handshake(pair);
    if (c.accepted) {
        EXPECT_TRUE(ok(seen.client));
        EXPECT_TRUE(ok(seen.server));
        EXPECT_TRUE(pair.client.info().peer_verified);
    } else {
        EXPECT_TRUE(refused_for(seen.client, cert_errc::name_mismatch));
        EXPECT_TRUE(saw_the_refusal(seen.server));
    }
}

class verified_name : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, verified_name, both_versions(), version_name());

// SNI-004
TEST_P(verified_name, may_differ_from_the_name_that_is_sent) {
    auto s = only(version());
    s.names = {.server_name = "front.example", .verified_name = "localhost"};
    auto pair = new_pair(s);
    ASSERT_TRUE(ok(run_handshake(pair).client));
    EXPECT_EQ(pair.server.info().server_name, "front.example");
}

TEST_P(verified_name, wins_over_the_name_that_is_sent) {
    auto s = only(version());
    s.names = {.server_name = "localhost", .verified_name = "other.tlseam.test"};
    auto pair = new_pair(s);
    EXPECT_TRUE(refused_for(run_handshake(pair).client, cert_errc::name_mismatch));
}

TEST_P(verified_name, is_enough_when_no_name_is_sent) {
    auto s = only(version());
    for (const auto& names : {connect_options{.server_name = "", .verified_name = "localhost"},
                              connect_options{.verified_name = "localhost"}}) {
        s.names = names;
        auto pair = new_pair(s);
        EXPECT_TRUE(ok(run_handshake(pair).client));
        EXPECT_EQ(pair.server.info().server_name, "");
    }
}

TEST_P(verified_name, may_be_an_address_while_a_host_name_is_sent) {
    auto s = only(version(), "ip");
    s.names = {.server_name = "localhost", .verified_name = "127.0.0.1"};
    auto pair = new_pair(s);
    EXPECT_TRUE(ok(run_handshake(pair).client));
    EXPECT_EQ(pair.server.info().server_name, "localhost");
}

// VN-017
TEST_P(verified_name, is_needed_when_the_server_is_verified) {
    const contexts made(only(version()));
    EXPECT_TRUE(fails_with(engine::create(made.client), errc::invalid_argument));
    EXPECT_TRUE(fails_with(engine::create(made.client, {.server_name = ""}), errc::invalid_argument));
    EXPECT_TRUE(
        fails_with(engine::create(made.client, {.server_name = "", .verified_name = ""}), errc::invalid_argument));
}

TEST_P(verified_name, is_not_needed_without_verification) {
    auto s = only(version());
    s.client.insecure_skip_verification = true;
    s.names = {};
    auto pair = new_pair(s);
    EXPECT_TRUE(run_handshake(pair).complete());
    EXPECT_FALSE(pair.client.info().peer_verified);
    EXPECT_EQ(pair.client.info().server_name, "");
    EXPECT_EQ(pair.server.info().server_name, "");
}

}  // namespace
