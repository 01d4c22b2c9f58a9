// SPDX-License-Identifier: Apache-2.0
// Dates of certificates against the clock of the settings.
#include <stdexcept>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

using namespace std::chrono_literals;

namespace {

class dates : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, dates, both_versions(), version_name());

outcome handshake_at(setup s, wall_clock clock) {
    s.client.clock = std::move(clock);
    auto pair = new_pair(s);
    return run_handshake(pair);
}

outcome handshake_at(const setup& s, std::chrono::sys_seconds time) { return handshake_at(s, pki::always(time)); }
outcome handshake_at(const setup& s, std::chrono::year_month_day day) { return handshake_at(s, pki::always(day)); }

// VT-003
TEST_P(dates, are_checked_against_the_clock_of_the_settings) {
    const auto s = only(version());
    EXPECT_TRUE(ok(handshake_at(s, 2030y / 6 / 1).client));
    EXPECT_TRUE(refused_for(handshake_at(s, 2019y / 12 / 31).client, cert_errc::not_yet_valid));
    EXPECT_TRUE(refused_for(handshake_at(s, 2070y / 1 / 1).client, cert_errc::expired));
}

TEST_P(dates, of_an_old_certificate_are_good_when_the_clock_says_so) {
    EXPECT_TRUE(ok(handshake_at(only(version(), "expired"), 2020y / 6 / 1).client));
    EXPECT_TRUE(ok(handshake_at(only(version(), "expired-intermediate"), 2020y / 6 / 1).client));
}

// VT-004: later than 2^31 seconds, and in GeneralizedTime.
TEST_P(dates, beyond_2038_and_2050_are_understood) {
    const auto s = only(version(), "not-yet-valid");
    EXPECT_TRUE(ok(handshake_at(s, 2069y / 12 / 15).client));
    EXPECT_TRUE(refused_for(handshake_at(s, 2038y / 1 / 20).client, cert_errc::not_yet_valid));
    EXPECT_TRUE(refused_for(handshake_at(s, 2051y / 1 / 1).client, cert_errc::not_yet_valid));
}

// VT-005
TEST_P(dates, under_a_clock_far_off_give_the_reason_of_the_date) {
    const auto s = only(version());
    EXPECT_TRUE(refused_for(handshake_at(s, 1970y / 1 / 1).client, cert_errc::not_yet_valid));
    EXPECT_TRUE(refused_for(handshake_at(s, 1950y / 1 / 1).client, cert_errc::not_yet_valid));
    EXPECT_TRUE(refused_for(handshake_at(s, 9999y / 12 / 31).client, cert_errc::expired));
}

// VT-002: both ends of the validity are inside (RFC 5280 4.1.2.5).
TEST_P(dates, include_the_first_and_the_last_second) {
    const auto s = only(version(), "expired");
    const auto leaf = s.server.credentials.front().chain().front();
    EXPECT_TRUE(ok(handshake_at(s, leaf.not_after()).client));
    EXPECT_TRUE(refused_for(handshake_at(s, leaf.not_after() + 1s).client, cert_errc::expired));
    EXPECT_TRUE(ok(handshake_at(s, leaf.not_before()).client));
    EXPECT_TRUE(refused_for(handshake_at(s, leaf.not_before() - 1s).client, cert_errc::not_yet_valid));
}

TEST_P(dates, of_the_intermediate_count_to_the_second_too) {
    const auto s = only(version(), "expired-intermediate");
    const auto intermediate = s.server.credentials.front().chain().at(1);
    EXPECT_TRUE(ok(handshake_at(s, intermediate.not_after()).client));
    EXPECT_TRUE(refused_for(handshake_at(s, intermediate.not_after() + 1s).client, cert_errc::expired));
}

TEST_P(dates, of_the_anchor_count_too) {
    auto s = only(version(), "expired-root");
    s.client.trust = pki::trust("expired-root-ca");
    EXPECT_TRUE(ok(handshake_at(s, 2020y / 6 / 1).client));
    EXPECT_TRUE(refused_for(handshake_at(s, 2026y / 6 / 1).client, cert_errc::expired));
}

// ERR-008
TEST_P(dates, cannot_be_checked_by_a_clock_that_throws) {
    const auto seen =
        handshake_at(only(version()), []() -> std::chrono::sys_seconds { throw std::runtime_error("no time"); });
    EXPECT_TRUE(fails_with(seen.client, errc::callback_failed));
    EXPECT_FALSE(seen.server);
}

TEST_P(dates, of_the_server_do_not_matter_to_itself) {
    auto s = only(version(), "expired");
    s.server.clock = pki::always(2070y / 1 / 1);
    EXPECT_TRUE(ok(handshake_at(s, 2020y / 6 / 1).server));
}

}  // namespace
