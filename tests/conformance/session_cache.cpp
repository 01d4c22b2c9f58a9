// SPDX-License-Identifier: Apache-2.0
// Where clients keep sessions: how many, whose, and which go first. RES-013
#include <gtest/gtest.h>

#include <thread>

#include <tlseam/tlseam.hpp>

#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"
#include "tests/support/visits.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

class cache : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, cache, both_versions(), version_name());

setup sharing(protocol_version version, const session_cache& kept) {
    auto s = resuming(version);
    s.client.session_cache = kept;
    return s;
}

TEST_P(cache, is_shared_by_contexts_of_one_scope) {
    const auto kept = or_throw(session_cache::create());
    EXPECT_EQ(kept.size(), 0U);
    const contexts first(sharing(version(), kept));
    contexts second(sharing(version(), kept));
    second.server = first.server;
    EXPECT_FALSE(visit_once(first).resumed());
    EXPECT_EQ(kept.size(), 1U);
    EXPECT_TRUE(visit_once(second).resumed());
    EXPECT_EQ(kept.size(), 1U);  // TLS 1.3: used up, and a new one came

    auto other = sharing(version(), kept);
    other.client.trust = pki::trust("ca-bundle");
    contexts third(other);
    third.server = first.server;
    EXPECT_FALSE(visit_once(third).resumed());
    EXPECT_EQ(kept.size(), 2U);

    kept.clear();
    EXPECT_EQ(kept.size(), 0U);
    EXPECT_FALSE(visit_once(first).resumed());
}

TEST_P(cache, keeps_four_of_one_server) {
    const auto kept = or_throw(session_cache::create());
    const contexts made(sharing(version(), kept));
    std::vector<engine_pair> open;
    for (int i = 0; i < 6; ++i) {
        open.push_back(new_pair(made));
        EXPECT_TRUE(needs_input(open.back().client.handshake()));  // looks into the cache, which is empty
    }
    for (auto& pair : open) {
        ASSERT_TRUE(run_handshake(pair).complete());
        EXPECT_TRUE(fails_with(read_text(pair.client), errc::want_read));
    }
    EXPECT_EQ(kept.size(), 4U);
}

TEST_P(cache, forgets_what_was_not_used_for_the_longest_time) {
    const auto kept = or_throw(session_cache::create(2));
    const contexts made(sharing(version(), kept));
    const auto visit_as = [&](const char* name) {
        contexts other = made;
        other.names = {.server_name = name, .verified_name = "localhost"};
        return visit_once(other).resumed();
    };
    EXPECT_FALSE(visit_as("one.test"));
    EXPECT_FALSE(visit_as("two.test"));
    EXPECT_TRUE(visit_as("one.test"));
    EXPECT_FALSE(visit_as("three.test"));  // two goes
    EXPECT_EQ(kept.size(), 2U);
    EXPECT_TRUE(visit_as("one.test"));
    EXPECT_FALSE(visit_as("two.test"));
}

TEST_P(cache, is_not_used_without_a_name) {
    const auto kept = or_throw(session_cache::create());
    auto s = sharing(version(), kept);
    s.client.insecure_skip_verification = true;
    s.names = {};
    const contexts made(s);
    EXPECT_FALSE(visit_once(made).resumed());
    EXPECT_FALSE(visit_once(made).resumed());
    EXPECT_EQ(kept.size(), 0U);
}

TEST_P(cache, serves_many_threads) {
    const auto kept = or_throw(session_cache::create(8));
    const contexts made(sharing(version(), kept));
    constexpr int visits = 6;
    std::atomic<int> complete = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 3; ++i) {
            threads.emplace_back([&] {
                for (int n = 0; n < visits; ++n) complete += visit_once(made).seen.complete() ? 1 : 0;
            });
        }
        for (int n = 0; n < 100; ++n) {
            EXPECT_LE(kept.size(), 8U);
            if (n % 10 == 0) kept.clear();
        }
    }
    EXPECT_EQ(complete, 3 * visits);
    EXPECT_TRUE(visit_once(made).seen.complete());
}

TEST(session_cache_settings, name_a_capacity_that_is_none) {
    EXPECT_TRUE(fails_with(session_cache::create(0), errc::invalid_argument));
    EXPECT_TRUE(fails_with(session_cache::create(4097), errc::invalid_argument));
    EXPECT_TRUE(ok(session_cache::create(1)));
    EXPECT_TRUE(ok(session_cache::create(4096)));
}

}  // namespace
