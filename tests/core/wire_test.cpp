// SPDX-License-Identifier: Apache-2.0
// Ciphertext on its way: order, contiguity, memory given back, records counted however they are cut.
#include "core/wire.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <thread>
#include <vector>

#include "core/buffer_pool.hpp"
#include "tests/core/support.hpp"

namespace {

using namespace tlseam::seam;
using namespace core_test;

TEST(ByteQueue, KeepsOrder) {
    byte_queue q;
    EXPECT_TRUE(q.empty());
    ASSERT_TRUE(q.append(bytes("abc")));
    ASSERT_TRUE(q.append(bytes("def")));
    EXPECT_EQ(text(q.bytes()), "abcdef");
    q.consume(2);
    EXPECT_EQ(text(q.bytes()), "cdef");
    ASSERT_TRUE(q.append({}));
    EXPECT_EQ(q.size(), 4U);
    q.consume(100);
    EXPECT_TRUE(q.empty());
    EXPECT_EQ(q.bytes().data(), nullptr) << "an empty queue holds no memory";
}

TEST(ByteQueue, PrepareAndCommit) {
    byte_queue q;
    auto room = q.prepare(10);
    ASSERT_GE(room.size(), 10U);
    std::ranges::fill(room.first(4), std::byte{'x'});
    EXPECT_TRUE(q.empty());
    q.commit(4);
    EXPECT_EQ(text(q.bytes()), "xxxx");
    room = q.prepare(5000);
    ASSERT_GE(room.size(), 5000U);
    EXPECT_EQ(text(q.bytes()), "xxxx");
    q.commit(0);
    EXPECT_EQ(q.size(), 4U);
}

TEST(ByteQueue, CommitOfNothingGivesMemoryBack) {
    byte_queue q;
    ASSERT_GE(q.prepare(10).size(), 10U);
    q.commit(0);
    EXPECT_EQ(q.bytes().data(), nullptr);
}

TEST(ByteQueue, TruncateKeepsTheBeginning) {
    byte_queue queue;
    const std::array<std::byte, 5> five = {std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}, std::byte{5}};
    ASSERT_TRUE(queue.append(five));
    queue.consume(1);
    queue.truncate(9);
    EXPECT_EQ(queue.size(), 4U);
    queue.truncate(2);
    ASSERT_EQ(queue.size(), 2U);
    EXPECT_EQ(queue.bytes()[0], std::byte{2});
    EXPECT_EQ(queue.bytes()[1], std::byte{3});
    ASSERT_TRUE(queue.append(five));
    EXPECT_EQ(queue.bytes()[2], std::byte{1});
    queue.truncate(0);
    EXPECT_TRUE(queue.empty());
}

TEST(ByteQueue, LargeOnesShareTheThreadsBuffers) {
    const std::byte* first = nullptr;
    for (int i = 0; i < 3; ++i) {
        byte_queue q;
        ASSERT_TRUE(q.append(std::vector<std::byte>(10'000)));
        if (i == 0) first = q.bytes().data();
        EXPECT_EQ(q.bytes().data(), first) << i;
        EXPECT_EQ(q.prepare(1).size(), buffer_pool::large_size - 10'000);
    }
    std::vector<byte_queue> many(2 * buffer_pool::most_kept);  // more than are kept
    for (auto& q : many) ASSERT_TRUE(q.append(std::vector<std::byte>(buffer_pool::large_size)));
    ASSERT_TRUE(many.front().append(std::vector<std::byte>(1)));  // more than one holds
    EXPECT_EQ(many.front().size(), buffer_pool::large_size + 1);
}

TEST(ByteQueue, WhatIsLeftOverIsKeptInLittleMemory) {
    byte_queue q;
    ASSERT_TRUE(q.append(std::vector<std::byte>(100'000)));
    ASSERT_TRUE(q.append(bytes("the rest")));
    q.shrink();
    EXPECT_EQ(q.size(), 100'008U) << "much";
    q.consume(100'000);
    const auto* const large = q.bytes().data();
    q.shrink();
    EXPECT_EQ(text(q.bytes()), "the rest");
    EXPECT_NE(q.bytes().data(), large);
    ASSERT_TRUE(q.append(bytes(", and more")));
    EXPECT_EQ(text(q.bytes()), "the rest, and more");
    q.consume(q.size());
    q.shrink();
    EXPECT_EQ(q.bytes().data(), nullptr);
}

TEST(ByteQueue, BuffersAreGoodOnEveryThread) {
    byte_queue q;
    std::thread([&] { ASSERT_TRUE(q.append(std::vector<std::byte>(50'000, std::byte{7}))); }).join();
    EXPECT_EQ(q.bytes()[49'999], std::byte{7});
    std::thread([&] { q.consume(50'000); }).join();
    EXPECT_TRUE(q.empty());
}

TEST(ByteQueue, AbsurdSizesAreNoMemory) {
    byte_queue q;
    ASSERT_TRUE(q.append(bytes("abc")));
    EXPECT_TRUE(q.prepare(std::numeric_limits<std::size_t>::max()).empty());
    EXPECT_TRUE(q.prepare(std::numeric_limits<std::size_t>::max() - 2).empty());
    EXPECT_EQ(text(q.bytes()), "abc");
}

TEST(ByteQueue, BehavesLikeADequeOverManySteps) {
    generator random(7);
    byte_queue q;
    std::string model;
    unsigned next = 0;
    for (int step = 0; step < 20000; ++step) {
        if (random.below(2) == 0) {
            std::string more(random.below(900), '\0');
            for (char& c : more) c = static_cast<char>(next++);
            ASSERT_TRUE(q.append(bytes(more)));
            model += more;
        } else {
            const std::size_t count = random.below(1000);
            q.consume(count);
            model.erase(0, count);
        }
        ASSERT_EQ(q.size(), model.size());
        ASSERT_EQ(text(q.bytes()), model);
    }
}

TEST(RecordCounter, CountsWhateverTheCuts) {
    buffer stream;
    for (const std::size_t size : {0U, 1U, 255U, 256U, 16384U}) append(stream, record(23, buffer(size)));
    for (const std::size_t step : {1U, 2U, 3U, 5U, 7U, 300U, 20000U}) {
        record_counter counter;
        for (std::size_t at = 0; at < stream.size(); at += step) {
            counter.pass(view(stream).subspan(at, std::min(step, stream.size() - at)));
        }
        EXPECT_EQ(counter.records(), 5U) << "in steps of " << step;
    }
}

TEST(RecordCounter, ARecordCountsWhenItBegins) {
    record_counter counter;
    counter.pass({});
    EXPECT_EQ(counter.records(), 0U);
    const auto one = record(22, bytes("abc"));
    counter.pass(view(one).first(1));
    EXPECT_EQ(counter.records(), 1U);
    counter.reset();  // in the middle: the rest is no new record
    counter.pass(view(one).subspan(1));
    EXPECT_EQ(counter.records(), 0U);
    counter.pass(one);
    EXPECT_EQ(counter.records(), 1U);
}

TEST(Wire, CountsWhatPasses) {
    wire w;
    const auto two = [] {
        buffer b = record(22, bytes("abc"));
        append(b, record(23, bytes("defg")));
        return b;
    }();
    ASSERT_TRUE(w.in().append(two));
    w.consume(8);
    EXPECT_EQ(w.consumed_records().records(), 1U);
    EXPECT_EQ(w.consumed_bytes(), 8U);
    EXPECT_EQ(w.arrived().size(), two.size() - 8);
    w.consume(1000);
    EXPECT_EQ(w.consumed_bytes(), two.size()) << "more than there is counts as all";
    w.send(bytes("out"));
    EXPECT_EQ(text(w.out().bytes()), "out");
    EXPECT_EQ(w.sent_bytes(), 3U);
    EXPECT_FALSE(w.exhausted());
}

}  // namespace
