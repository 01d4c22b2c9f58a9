// SPDX-License-Identifier: Apache-2.0
// What happens to one connection, or to a file being loaded, is never felt by another connection. ERR-006
#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/bytes.hpp"
#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

class isolation : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, isolation, both_versions(), version_name());

/// Failures of many kinds that leave traces in a library's per-thread error queue, if anything does.
void fail_in_many_ways(protocol_version version) {
    auto refused = new_pair(only(version, "expired"));
    EXPECT_FALSE(run_handshake(refused).complete());

    auto corrupted = open_pair(only(version));
    EXPECT_TRUE(ok(corrupted.server.feed(pattern(500))));
    EXPECT_TRUE(failed_for_good(read_text(corrupted.server)));

    EXPECT_FALSE(credentials::load_cert_chain(pki::file("server.crt"), pki::file("client.key")));
    EXPECT_FALSE(credentials::load_cert_chain(pki::file("server.crt"), pki::file("server-encrypted.key"), "wrong"));
    EXPECT_FALSE(trust_store::parse("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"));
}

TEST_P(isolation, keeps_failures_of_others_from_an_open_connection) {
    auto pair = open_pair(only(version()));
    fail_in_many_ways(version());
    EXPECT_TRUE(fails_with(read_text(pair.client), errc::want_read));
    fail_in_many_ways(version());
    EXPECT_EQ(carry(pair, pair.client, pair.server, "hello"), "hello");
    fail_in_many_ways(version());
    EXPECT_EQ(carry(pair, pair.server, pair.client, "world"), "world");
    fail_in_many_ways(version());
    close_both(pair);
}

TEST_P(isolation, keeps_failures_of_others_from_every_step_of_a_handshake) {
    const contexts shared(only(version()));
    auto pair = new_pair(shared);
    for (int turn = 0; turn < 20; ++turn) {
        fail_in_many_ways(version());
        EXPECT_FALSE(failed_for_good(pair.client.handshake()));
        fail_in_many_ways(version());
        EXPECT_FALSE(failed_for_good(pair.server.handshake()));
        if (!pair.move()) break;
    }
    EXPECT_TRUE(run_handshake(pair).complete());
}

TEST_P(isolation, keeps_the_error_of_each_connection_its_own) {
    auto expired = new_pair(only(version(), "expired"));
    auto wrong_name = new_pair(only(version(), "wrong-name"));
    for (int turn = 0; turn < 20; ++turn) {
        for (auto* pair : {&expired, &wrong_name}) {
            (void)pair->client.handshake();
            (void)pair->server.handshake();
            pair->move();
        }
    }
    EXPECT_TRUE(refused_for(expired.client.handshake(), cert_errc::expired));
    EXPECT_TRUE(refused_for(wrong_name.client.handshake(), cert_errc::name_mismatch));
    EXPECT_TRUE(refused_for(expired.client.handshake(), cert_errc::expired));
}

TEST_P(isolation, keeps_a_failed_connection_from_spoiling_its_context) {
    const contexts shared(only(version()));
    for (int i = 0; i < 5; ++i) {
        auto bad = new_pair(shared);
        ASSERT_TRUE(ok(bad.server.feed(as_bytes("GET / HTTP/1.1\r\n\r\n"))));
        EXPECT_TRUE(fails_with(bad.server.handshake(), errc::plaintext_http));
        auto good = open_pair(shared);
        EXPECT_EQ(carry(good, good.client, good.server, "hello"), "hello");
    }
}

// ERR-007, HS-027
TEST_P(isolation, makes_an_error_stay_the_same_however_often_it_is_asked_for) {
    auto pair = new_pair(only(version(), "expired"));
    const auto seen = run_handshake(pair);
    ASSERT_FALSE(seen.client);
    ASSERT_FALSE(seen.server);
    fail_in_many_ways(version());
    for (int i = 0; i < 3; ++i) {
        const auto client = pair.client.handshake();
        const auto server = read_text(pair.server);
        ASSERT_FALSE(client);
        ASSERT_FALSE(server);
        EXPECT_EQ(describe(client.error()), describe(seen.client.error()));
        EXPECT_EQ(describe(server.error()), describe(seen.server.error()));
    }
}

TEST_P(isolation, makes_a_failed_engine_send_its_alert_once) {
    auto pair = new_pair(only(version(), "expired"));
    ASSERT_FALSE(run_handshake(pair).complete());
    const auto sent = pair.to_server.taken().size();
    for (int i = 0; i < 3; ++i) {
        EXPECT_FALSE(pair.client.handshake());
        EXPECT_FALSE(read_text(pair.client));
        pair.move_all();
    }
    EXPECT_EQ(pair.to_server.taken().size(), sent);
}

}  // namespace
