// SPDX-License-Identifier: Apache-2.0
// Engines that are moved, outlive their contexts, or end in the middle of things. Worth most under a sanitizer.
#include <memory>
#include <optional>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/bytes.hpp"
#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

class lifetime : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, lifetime, both_versions(), version_name());

// CTX-006
TEST_P(lifetime, of_a_context_may_be_shorter_than_that_of_its_connections) {
    auto s = std::make_unique<setup>(only(version()));
    auto made = std::make_unique<contexts>(*s);
    auto pair = new_pair(*made);
    s.reset();
    made.reset();
    EXPECT_TRUE(run_handshake(pair).complete());
    EXPECT_EQ(carry(pair, pair.client, pair.server, "hello"), "hello");
    EXPECT_EQ(carry(pair, pair.server, pair.client, "world"), "world");
    close_both(pair);
}

TEST_P(lifetime, of_names_ends_with_create) {
    const contexts made(only(version()));
    auto names = std::make_unique<connect_options>(connect_options{.server_name = "localhost"});
    engine_pair pair{.client = or_throw(engine::create(made.client, *names)),
                     .server = or_throw(engine::create(made.server))};
    names.reset();
    EXPECT_TRUE(run_handshake(pair).complete());
    EXPECT_EQ(pair.server.info().server_name, "localhost");
}

// CLS-010
TEST_P(lifetime, may_end_at_any_step_of_the_handshake) {
    const contexts shared(only(version()));
    for (int steps = 0; steps < 12; ++steps) {
        for (const bool client_first : {true, false}) {
            std::optional<engine> client = or_throw(engine::create(shared.client, shared.names));
            std::optional<engine> server = or_throw(engine::create(shared.server));
            channel up, down;
            for (int i = 0; i < steps; ++i) {
                (void)(i % 2 == 0 ? client->handshake() : server->handshake());
                up.move(*client, *server);
                down.move(*server, *client);
            }
            auto& survivor = client_first ? server : client;
            (client_first ? client : server).reset();
            survivor->end_of_input();
            const auto read = read_text(*survivor);
            EXPECT_TRUE(fails_with(read, errc::truncated)) << steps;
        }
    }
}

TEST_P(lifetime, may_move_to_a_new_object_at_every_step) {
    auto pair = new_pair(only(version()));
    for (int turn = 0; turn < 30; ++turn) {
        EXPECT_FALSE(failed_for_good(pair.client.handshake()));
        engine client(std::move(pair.client));
        pair.client = std::move(client);
        EXPECT_FALSE(failed_for_good(pair.server.handshake()));
        engine server(std::move(pair.server));
        pair.server = std::move(server);
        if (!pair.move()) break;
    }
    ASSERT_TRUE(ok(pair.client.handshake()));
    ASSERT_TRUE(ok(pair.server.handshake()));
    engine client(std::move(pair.client));
    ASSERT_TRUE(ok(client.write_some(as_bytes("moved"))));
    ASSERT_TRUE(ok(pair.server.feed(client.output())));
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "moved");
}

TEST_P(lifetime, of_output_and_info_goes_along_when_an_engine_moves) {
    auto pair = open_pair(only(version()));
    ASSERT_TRUE(ok(pair.client.write_some(as_bytes("on its way"))));
    const std::vector<std::byte> before(pair.client.output().begin(), pair.client.output().end());
    const auto* info = &pair.client.info();
    engine moved(std::move(pair.client));
    EXPECT_EQ(std::vector<std::byte>(moved.output().begin(), moved.output().end()), before);
    EXPECT_EQ(&moved.info(), info);
    EXPECT_EQ(moved.info().version, version());
}

// THR-004
TEST_P(lifetime, of_a_moved_from_engine_may_go_on_by_assignment) {
    const contexts shared(only(version()));
    auto one = open_pair(shared);
    auto two = open_pair(shared);
    engine taken(std::move(one.client));
    one.client = std::move(two.client);
    one.server = std::move(two.server);
    EXPECT_EQ(carry(one, one.client, one.server, "second life"), "second life");
}

TEST_P(lifetime, of_a_failed_engine_may_move_too) {
    auto pair = new_pair(only(version(), "expired"));
    ASSERT_FALSE(run_handshake(pair).complete());
    engine moved(std::move(pair.client));
    EXPECT_TRUE(refused_for(moved.handshake(), cert_errc::expired));
}

TEST_P(lifetime, of_an_error_may_be_longer_than_that_of_its_engine) {
    std::optional<error> kept;
    {
        auto pair = new_pair(only(version(), "expired"));
        const auto seen = run_handshake(pair);
        ASSERT_FALSE(seen.client);
        kept = seen.client.error();
    }
    EXPECT_EQ(kept->certificate(), cert_errc::expired);
    EXPECT_FALSE(kept->message().empty());
}

TEST_P(lifetime, of_certificates_may_be_longer_than_that_of_their_connection) {
    std::vector<certificate> kept;
    {
        auto pair = open_pair(only(version()));
        kept = pair.client.info().peer_certificates;
    }
    EXPECT_EQ(kept, pki::identity("server").chain());
}

}  // namespace
