// SPDX-License-Identifier: Apache-2.0
// Sessions over many connections, and over connections that did not end as they should.
#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"
#include "tests/support/visits.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

class session_chains : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, session_chains, both_versions(), version_name());

// In TLS 1.3 each connection resumes the one before it. One library can do that 255 times, and then fails.
TEST_P(session_chains, go_on_for_as_long_as_anybody_likes) {
    constexpr int visits = 300;
    const contexts made(resuming(version()));
    int full = 0;
    for (int i = 0; i < visits; ++i) {
        const auto once = visit_once(made);
        ASSERT_TRUE(once.seen.complete()) << i << describe(once.seen.client) << describe(once.seen.server);
        EXPECT_TRUE(once.client.peer_verified);
        if (!once.resumed()) ++full;
    }
    EXPECT_EQ(full, is_tls1_3() ? 3 : 1);  // the first, and after each 120 resumptions
}

/// The client's session of a connection that never said goodbye.
class cut_off {
public:
    explicit cut_off(protocol_version version) : setup_(resuming(version)) {
        setup_.client.on_session = list_.sink();
        made_.emplace(setup_);
        pair_.emplace(open_pair(*made_));
        EXPECT_EQ(carry(*pair_, pair_->server, pair_->client, "hello"), "hello");
        EXPECT_EQ(list_.size(), 1U);
    }
    [[nodiscard]] engine_pair& pair() { return *pair_; }
    void destroy() { pair_.reset(); }
    [[nodiscard]] visit visit_again() const { return visit_once(*made_, list_.last()); }

private:
    setup setup_;
    session_list list_;
    std::optional<contexts> made_;
    std::optional<engine_pair> pair_;
};

void expect_resumption(const visit& again) {
    EXPECT_TRUE(again.seen.complete()) << describe(again.seen.client) << describe(again.seen.server);
    EXPECT_TRUE(again.resumed());
    EXPECT_TRUE(again.client.peer_verified);
}

// RFC 5246 7.2.1: a connection that was not closed properly is no reason not to resume.
TEST_P(session_chains, begin_with_connections_that_were_destroyed) {
    cut_off c(version());
    c.destroy();
    expect_resumption(c.visit_again());
}

TEST_P(session_chains, begin_with_connections_that_were_cut_off) {
    cut_off c(version());
    c.pair().client.end_of_input();
    EXPECT_TRUE(fails_with(read_text(c.pair().client), errc::truncated));
    c.pair().server.end_of_input();
    EXPECT_TRUE(fails_with(read_text(c.pair().server), errc::truncated));
    c.destroy();
    expect_resumption(c.visit_again());
}

TEST_P(session_chains, begin_with_connections_that_are_still_open) {
    cut_off c(version());
    expect_resumption(c.visit_again());
    EXPECT_EQ(carry(c.pair(), c.pair().client, c.pair().server, "still here"), "still here");
}

}  // namespace
