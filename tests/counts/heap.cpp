// SPDX-License-Identifier: Apache-2.0
// On the null backend, which allocates nothing for data: what is counted is ours.
#include <gtest/gtest.h>

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

}  // namespace
