// SPDX-License-Identifier: Apache-2.0
// How often the system is called, which does not depend on the library.
#include <gtest/gtest.h>

#include "tests/counts/transfers.hpp"

namespace {

using namespace counts;

// A native loop needs 192: a write and two reads for each of 64 records.
TEST(SystemCalls, AMebibyteNeedsFew) {
    auto pair = warm_streams();
    const counted bulk = send_mebibyte(pair);
    EXPECT_EQ(bulk.sends, 10U);
    EXPECT_LE(bulk.system_calls(), 28U + 2U) << "28, and the last portion is a small one";
    EXPECT_EQ(bulk.waits, 0U);
}

TEST(SystemCalls, SmallWritesNeedNoMore) {
    auto pair = warm_streams();
    const counted bulk = send_mebibyte(pair), small = send_mebibyte_in_small_writes(pair);
    EXPECT_EQ(small.sends, bulk.sends);
    EXPECT_EQ(small.receives, bulk.receives);
    EXPECT_EQ(small.waits, 0U);
}

TEST(SystemCalls, ARoundTripNeedsOneForEachSendAndReceive) {
    auto pair = warm_streams();
    for (int i = 0; i < 10; ++i) {
        const counted once = go_round(pair);
        EXPECT_EQ(once.sends, 2U);
        EXPECT_EQ(once.receives, 2U);
        EXPECT_EQ(once.waits, 0U);
    }
}

}  // namespace
