// SPDX-License-Identifier: Apache-2.0
// On the null backend, which allocates nothing for data: what is counted is ours.
#include <gtest/gtest.h>

#include "tests/counts/idle.hpp"
#include "tests/counts/transfers.hpp"

namespace {

using namespace counts;

TEST(Heap, IsNotAskedForRecords) {
    auto pair = warm_streams();
    EXPECT_EQ(send_mebibyte(pair).mallocs, 0U);
    EXPECT_EQ(send_mebibyte_in_small_writes(pair).mallocs, 0U);
}

TEST(Heap, IsNotAskedForRoundTrips) {
    auto pair = warm_streams();
    for (int i = 0; i < 10; ++i) EXPECT_EQ(go_round(pair).mallocs, 0U);
}

TEST(Heap, IsAskedOnceForAConnectionWithItsEngine) {
    const tlseam_test::contexts made(tlseam_test::setup{});
    auto ends = tlseam_test::socket_pair();
    (void)take();
    const auto server = tlseam::stream::wrap(made.server, ends.b.get());
    EXPECT_EQ(take().mallocs, 1U);
    const auto client = tlseam::stream::wrap(made.client, ends.a.get(), made.names);
    EXPECT_LE(take().mallocs, 3U);  // and for the names
    (void)ends.a.release();
    (void)ends.b.release();
}

// A handshake: messages and certificates, taken apart at both ends, and what the test double does in its simple way.
TEST(Heap, IsAskedFewTimesForAHandshakeAndGetsAllBack) {
    const tlseam_test::contexts made(tlseam_test::setup{});
    (void)connected(made);  // fills the thread's pool
    const std::size_t before = heap_in_use();
    (void)take();
    counted first;
    {
        const auto pair = connected(made);
        first = take();
    }
    const counted last = take();
    EXPECT_LE(first.mallocs, 250U);
    EXPECT_EQ(first.mallocs + last.mallocs, first.frees + last.frees);
    EXPECT_EQ(heap_in_use(), before);
}

// Ours alone, as the test double has next to nothing: the client with the server's certificates and the anchor.
TEST(Heap, OfAnIdleConnectionIsSmall) {
    const idle_heap held = measure_idle({});
    EXPECT_EQ(held.growth, 0);
    EXPECT_LE(held.client, 5200);
    EXPECT_LE(held.server, 1800);
    EXPECT_EQ(held.left, 0);
}

}  // namespace
