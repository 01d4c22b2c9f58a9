// SPDX-License-Identifier: Apache-2.0
// Application protocols (RFC 7301).
#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

constexpr std::uint8_t no_application_protocol_alert = 120;

setup offering(protocol_version version, std::vector<std::string> client, std::vector<std::string> server) {
    auto s = only(version);
    s.client.alpn = std::move(client);
    s.server.alpn = std::move(server);
    return s;
}

/// What both ends agree on; "disagree" when they do not.
std::string agreed(const setup& s) {
    auto pair = open_pair(s);
    if (pair.client.info().alpn != pair.server.info().alpn) return "disagree";
    return pair.client.info().alpn;
}

class alpn : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, alpn, both_versions(), version_name());

// ALP-001
TEST_P(alpn, is_what_both_sides_have) {
    EXPECT_EQ(agreed(offering(version(), {"h2"}, {"h2"})), "h2");
    EXPECT_EQ(agreed(offering(version(), {"h2", "http/1.1"}, {"http/1.1"})), "http/1.1");
    EXPECT_EQ(agreed(offering(version(), {"http/1.1"}, {"h2", "http/1.1"})), "http/1.1");
}

// ALP-001
TEST_P(alpn, is_decided_by_the_order_of_the_server) {
    EXPECT_EQ(agreed(offering(version(), {"h2", "http/1.1"}, {"http/1.1", "h2"})), "http/1.1");
    EXPECT_EQ(agreed(offering(version(), {"http/1.1", "h2"}, {"h2", "http/1.1"})), "h2");
    EXPECT_EQ(agreed(offering(version(), {"a", "b", "c", "d"}, {"x", "d", "b"})), "d");
}

// ALP-002
TEST_P(alpn, in_common_is_needed_when_both_sides_want_one) {
    auto pair = new_pair(offering(version(), {"h2"}, {"http/1.1"}));
    const auto seen = run_handshake(pair);
    EXPECT_TRUE(fails_with(seen.server, errc::no_application_protocol));
    ASSERT_FALSE(seen.server);
    EXPECT_EQ(seen.server.error().alert(), no_application_protocol_alert);
    EXPECT_EQ(seen.server.error().origin(), error_origin::local);
    EXPECT_TRUE(received_alert(seen.client, no_application_protocol_alert));
}

// ALP-003
TEST_P(alpn, is_empty_when_only_one_side_or_none_wants_it) {
    EXPECT_EQ(agreed(offering(version(), {"h2"}, {})), "");
    EXPECT_EQ(agreed(offering(version(), {}, {"h2"})), "");
    EXPECT_EQ(agreed(offering(version(), {}, {})), "");
}

// ALP-006
TEST_P(alpn, names_may_be_any_bytes) {
    const std::string high("\xff\xfe\x80"), grease("\x0a\x0a"), quoted("\"\\\n");
    for (const auto& name : {high, grease, quoted}) {
        EXPECT_EQ(agreed(offering(version(), {"other", name}, {name})), name);
    }
    const std::string zeroes("\0\x01\0", 3), commas("a,b,");
    for (const auto& name : {zeroes, commas}) {
        const auto s = offering(version(), {"other", name}, {name});
        if (backend().supports(feature::alpn_any_bytes)) {
            EXPECT_EQ(agreed(s), name);
        } else {
            EXPECT_TRUE(fails_with(context::client(s.client), errc::unsupported));
            EXPECT_TRUE(fails_with(context::server(s.server), errc::unsupported));
        }
    }
}

TEST_P(alpn, names_match_byte_for_byte) {
    auto pair = new_pair(offering(version(), {"H2", "h2 ", "h"}, {"h2"}));
    EXPECT_TRUE(fails_with(run_handshake(pair).server, errc::no_application_protocol));
}

TEST_P(alpn, names_may_have_1_to_255_bytes) {
    const std::string longest(255, 'x');
    EXPECT_EQ(agreed(offering(version(), {"a", longest}, {longest})), longest);
    EXPECT_EQ(agreed(offering(version(), {"a", longest}, {"a"})), "a");
}

TEST_P(alpn, lists_may_be_long) {
    std::vector<std::string> many;
    for (int i = 0; i < 200; ++i) many.push_back("protocol-" + std::to_string(i));
    EXPECT_EQ(agreed(offering(version(), many, {"protocol-199"})), "protocol-199");
    EXPECT_EQ(agreed(offering(version(), {"protocol-0"}, many)), "protocol-0");
}

// HS-008: a hello in several records.
TEST_P(alpn, lists_may_be_longer_than_a_record) {
    std::vector<std::string> many;
    for (int i = 0; i < 200; ++i) many.push_back(std::string(200, 'x') + std::to_string(i));
    EXPECT_EQ(agreed(offering(version(), many, {many.back()})), many.back());
}

// ---- settings: ALP-005, CTX-021 ----

void expect_refused(const std::vector<std::string>& names) {
    const auto server = pki::identity("server");
    EXPECT_TRUE(fails_with(context::client({.trust = pki::trust(), .alpn = names}), errc::invalid_argument));
    EXPECT_TRUE(fails_with(context::server({.credentials = {server}, .alpn = names}), errc::invalid_argument));
}

TEST(alpn_settings, with_an_empty_name_are_refused) { expect_refused({"h2", ""}); }

TEST(alpn_settings, with_a_name_of_256_bytes_are_refused) { expect_refused({std::string(256, 'x')}); }

TEST(alpn_settings, with_the_same_name_twice_are_refused) { expect_refused({"h2", "http/1.1", "h2"}); }

TEST(alpn_settings, of_more_than_65535_bytes_are_refused) {
    std::vector<std::string> names;
    for (int i = 0; i < 300; ++i) names.push_back(std::string(250, 'x') + std::to_string(i));
    expect_refused(names);
}

}  // namespace
