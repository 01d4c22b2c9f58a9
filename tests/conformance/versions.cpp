// SPDX-License-Identifier: Apache-2.0
// Which protocol version two ends agree on.
#include <algorithm>
#include <tuple>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/client_hello.hpp"
#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

constexpr std::uint8_t protocol_version_alert = 70;
constexpr auto v2 = protocol_version::tls1_2;
constexpr auto v3 = protocol_version::tls1_3;

struct range {
    protocol_version min;
    protocol_version max;
};
const range ranges[] = {{v2, v2}, {v2, v3}, {v3, v3}};

class version_matrix : public testing::TestWithParam<std::tuple<range, range>> {};

std::string short_range(const range& r) { return short_name(r.min) + "_to_" + short_name(r.max); }
std::string range_names(const testing::TestParamInfo<std::tuple<range, range>>& info) {
    return "client_" + short_range(std::get<0>(info.param)) + "_server_" + short_range(std::get<1>(info.param));
}
INSTANTIATE_TEST_SUITE_P(tls, version_matrix, testing::Combine(testing::ValuesIn(ranges), testing::ValuesIn(ranges)),
                         range_names);

// VER-001, VER-007
TEST_P(version_matrix, gives_the_highest_common_version_or_none) {
    const auto& [client, server] = GetParam();
    setup s;
    s.client.min_version = client.min;
    s.client.max_version = client.max;
    s.server.min_version = server.min;
    s.server.max_version = server.max;
    auto pair = new_pair(s);
    const auto seen = run_handshake(pair);
    const auto highest = std::min(client.max, server.max);
    if (highest >= std::max(client.min, server.min)) {
        EXPECT_TRUE(ok(seen.client));
        EXPECT_TRUE(ok(seen.server));
        EXPECT_EQ(pair.client.info().version, highest);
        EXPECT_EQ(pair.server.info().version, highest);
        return;
    }
    EXPECT_TRUE(fails_with(seen.server, errc::no_shared_version));
    ASSERT_FALSE(seen.server);
    EXPECT_EQ(seen.server.error().alert(), protocol_version_alert);
    EXPECT_TRUE(received_alert(seen.client, protocol_version_alert));
    EXPECT_EQ(pair.client.info().version, protocol_version::none);
    EXPECT_EQ(pair.server.info().version, protocol_version::none);
}

// VER-002
TEST(versions, before_tls1_2_are_refused_by_a_server) {
    for (const std::uint16_t old : {std::uint16_t{0x0300}, std::uint16_t{0x0301}, std::uint16_t{0x0302}}) {
        auto pair = new_pair();
        ASSERT_TRUE(ok(pair.server.feed(old_client_hello(old))));
        const auto done = pair.server.handshake();
        EXPECT_TRUE(fails_with(done, errc::no_shared_version)) << old;
        ASSERT_FALSE(done);
        EXPECT_FALSE(pair.server.output().empty());
        // SSL 3.0 knows no protocol_version.
        if (old > 0x0300) {
            EXPECT_EQ(done.error().alert(), protocol_version_alert) << old;
        }
    }
}

TEST(versions, of_which_the_server_wants_only_the_newest_exclude_old_clients) {
    auto pair = new_pair(only(v3));
    ASSERT_TRUE(ok(pair.server.feed(old_client_hello(0x0303))));
    EXPECT_TRUE(fails_with(pair.server.handshake(), errc::no_shared_version));
}

TEST(versions, are_1_2_and_1_3_by_default) {
    EXPECT_EQ(client_settings{}.min_version, v2);
    EXPECT_EQ(client_settings{}.max_version, v3);
    EXPECT_EQ(server_settings{}.min_version, v2);
    EXPECT_EQ(server_settings{}.max_version, v3);
    EXPECT_EQ(open_pair().client.info().version, v3);
}

// CTX-007
TEST(versions, with_the_minimum_above_the_maximum_are_refused) {
    EXPECT_TRUE(fails_with(context::client({.trust = pki::trust(), .min_version = v3, .max_version = v2}),
                           errc::invalid_argument));
    EXPECT_TRUE(
        fails_with(context::server({.credentials = {pki::identity("server")}, .min_version = v3, .max_version = v2}),
                   errc::invalid_argument));
}

// CTX-008, CTX-010
TEST(versions, that_tlseam_does_not_speak_are_refused) {
    for (const auto bad : {protocol_version::none, protocol_version{0x0302}, protocol_version{0x0305}}) {
        const auto min = std::min(bad, v2);
        const auto max = std::max(bad, v2);
        EXPECT_TRUE(fails_with(context::client({.trust = pki::trust(), .min_version = min, .max_version = max}),
                               errc::invalid_argument));
        EXPECT_TRUE(fails_with(
            context::server({.credentials = {pki::identity("server")}, .min_version = min, .max_version = max}),
            errc::invalid_argument));
    }
}

TEST(versions, have_names) {
    EXPECT_EQ(name(v2), "TLS 1.2");
    EXPECT_EQ(name(v3), "TLS 1.3");
    EXPECT_EQ(name(protocol_version::none), "none");
}

}  // namespace
