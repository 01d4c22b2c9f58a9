// SPDX-License-Identifier: Apache-2.0
// The same over sockets: a server's call that waits until it knows who its client is.
#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/bytes.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/stream_pair.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

class later_certificate_stream : public testing::Test {
protected:
    later_certificate_stream() {
        s.server.client_auth = client_auth::on_request;
        s.server.client_trust = pki::trust();
        s.client.post_handshake_auth = true;
        s.client.credentials = {pki::identity("client")};
    }
    /// Where the library has none, settings are refused: that is all there is to see.
    [[nodiscard]] bool refused() const {
        if (backend().supports(feature::post_handshake_auth)) return false;
        EXPECT_TRUE(fails_with(context::server(s.server), errc::unsupported));
        return true;
    }
    setup s;
};

TEST_F(later_certificate_stream, call_returns_when_the_client_is_known) {
    if (refused()) return;
    auto pair = open_streams(s);
    auto client = in_background([&] { return read_text(pair.client); });
    EXPECT_FALSE(pair.server.info().peer_verified);
    EXPECT_TRUE(ok(pair.server.request_certificate(client_auth::required, soon())));
    EXPECT_TRUE(pair.server.info().peer_verified);
    EXPECT_FALSE(pair.server.certificate_requested());
    ASSERT_TRUE(ok(pair.server.write_all(as_bytes("welcome"), soon())));
    EXPECT_EQ(client.get().value_or("failed"), "welcome");
    EXPECT_EQ(pair.client.info().local_certificates, s.client.credentials.front().chain());
    EXPECT_EQ(carry(pair.client, pair.server, "hello"), "hello");
}

TEST_F(later_certificate_stream, call_fails_when_the_client_is_refused) {
    if (refused()) return;
    s.server.client_trust = pki::trust("other-root");
    auto pair = open_streams(s);
    auto client = in_background([&] { return read_text(pair.client); });
    const auto asked = pair.server.request_certificate(client_auth::optional, soon());
    EXPECT_TRUE(refused_for(asked, cert_errc::unknown_ca));
    EXPECT_FALSE(pair.server.info().peer_verified);
    ASSERT_FALSE(asked);
    ASSERT_TRUE(asked.error().alert().has_value());
    EXPECT_TRUE(received_alert(client.get(), *asked.error().alert()));
}

TEST_F(later_certificate_stream, call_keeps_what_the_client_sent_before_its_answer) {
    if (refused()) return;
    auto pair = open_streams(s);
    const auto early = pattern(50'000);
    ASSERT_TRUE(ok(pair.client.write_all(early, soon())));
    auto client = in_background([&] { return read_text(pair.client); });
    ASSERT_TRUE(ok(pair.server.request_certificate(client_auth::required, soon())));
    std::vector<std::byte> received(early.size());
    EXPECT_EQ(pair.server.pending(), early.size());
    ASSERT_TRUE(ok(pair.server.read_exactly(received, soon())));
    EXPECT_EQ(received, early);
    ASSERT_TRUE(ok(pair.server.write_all(as_bytes("done"), soon())));
    EXPECT_EQ(client.get().value_or("failed"), "done");
}

TEST_F(later_certificate_stream, call_keeps_64_kib_and_goes_on_when_they_were_read) {
    if (refused()) return;
    auto pair = open_streams(s);
    const auto early = pattern(300'000);
    auto client = in_background([&]() -> result<std::string> {
        if (auto sent = pair.client.write_all(early, soon()); !sent) return std::unexpected(sent.error());
        return read_text(pair.client);
    });
    std::vector<std::byte> received;
    result<void> asked;
    for (int rounds = 0; rounds < 20; ++rounds) {
        asked = pair.server.request_certificate(client_auth::required, soon());
        EXPECT_LE(pair.server.pending(), std::size_t{100'000});
        if (asked) break;
        ASSERT_TRUE(fails_with(asked, errc::too_large));
        EXPECT_TRUE(pair.server.certificate_requested());
        EXPECT_FALSE(pair.server.info().peer_verified);
        std::vector<std::byte> part(pair.server.pending());
        ASSERT_TRUE(ok(pair.server.read_exactly(part, soon())));
        received.insert(received.end(), part.begin(), part.end());
    }
    ASSERT_TRUE(ok(asked));
    EXPECT_TRUE(pair.server.info().peer_verified);
    const auto had = received.size();
    received.resize(early.size());
    ASSERT_TRUE(ok(pair.server.read_exactly(std::span(received).subspan(had), soon())));
    EXPECT_EQ(received, early);
    ASSERT_TRUE(ok(pair.server.write_all(as_bytes("done"), soon())));
    EXPECT_EQ(client.get().value_or("failed"), "done");
}

TEST_F(later_certificate_stream, call_may_follow_a_key_update) {
    if (refused()) return;
    auto pair = open_streams(s);
    auto client = in_background([&] { return read_text(pair.client); });
    ASSERT_TRUE(ok(pair.server.key_update(true, soon())));
    EXPECT_TRUE(ok(pair.server.request_certificate(client_auth::required, soon())));
    EXPECT_TRUE(pair.server.info().peer_verified);
    ASSERT_TRUE(ok(pair.server.write_all(as_bytes("done"), soon())));
    EXPECT_EQ(client.get().value_or("failed"), "done");
}

TEST_F(later_certificate_stream, call_may_be_ended_and_made_again) {
    if (refused()) return;
    auto pair = open_streams(s);
    EXPECT_TRUE(fails_with(pair.server.request_certificate(client_auth::required, briefly()), errc::timed_out));
    EXPECT_TRUE(pair.server.certificate_requested());
    EXPECT_FALSE(pair.server.info().peer_verified);
    EXPECT_EQ(carry(pair.server, pair.client, "meanwhile"), "meanwhile");  // the client answers as it reads
    EXPECT_TRUE(ok(pair.server.request_certificate(client_auth::required, soon())));
    EXPECT_TRUE(pair.server.info().peer_verified);
}

TEST_F(later_certificate_stream, answer_may_also_be_taken_by_reading) {
    if (refused()) return;
    auto pair = open_streams(s);
    pair.server.set_blocking(false);
    EXPECT_TRUE(fails_with(pair.server.request_certificate(), errc::want_read));
    EXPECT_TRUE(fails_with(pair.server.request_certificate(), errc::want_read));
    pair.server.set_blocking(true);
    EXPECT_EQ(carry(pair.server, pair.client, "meanwhile"), "meanwhile");
    EXPECT_EQ(carry(pair.client, pair.server, "behind the answer"), "behind the answer");
    EXPECT_FALSE(pair.server.certificate_requested());
    EXPECT_TRUE(pair.server.info().peer_verified);
}

TEST_F(later_certificate_stream, call_meets_a_client_that_leaves) {
    if (refused()) return;
    auto pair = open_streams(s);
    ASSERT_TRUE(ok(pair.client.close_write(soon())));
    EXPECT_TRUE(fails_with(pair.server.request_certificate(client_auth::required, soon()), errc::closed));
    EXPECT_FALSE(pair.server.info().peer_verified);
    EXPECT_TRUE(fails_with(pair.client.request_certificate(client_auth::required, soon()), errc::misuse));
}

TEST_F(later_certificate_stream, call_counts_as_reading_and_writing) {
    if (refused()) return;
    auto pair = open_streams(s);
    auto asking = in_background([&] { return pair.server.request_certificate(client_auth::required, soon()); });
    const auto limit = std::chrono::steady_clock::now() + patience;
    while (!pair.server.certificate_requested() && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
    std::byte buffer[16];
    EXPECT_TRUE(fails_with(pair.server.read_some(buffer, briefly()), errc::misuse));
    EXPECT_TRUE(fails_with(pair.server.write_all(as_bytes("x"), briefly()), errc::misuse));
    pair.server.cancel();
    EXPECT_TRUE(fails_with(asking.get(), errc::cancelled));
}

}  // namespace
