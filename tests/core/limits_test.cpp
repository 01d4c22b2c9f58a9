// SPDX-License-Identifier: Apache-2.0
// The limits that hold for every backend: floods, overlong handshakes, unsent output, records per key.
#include <gtest/gtest.h>

#include <chrono>

#include "core/tls_connection.hpp"
#include "tests/core/support.hpp"

namespace {

using namespace tlseam;
using namespace core_test;

struct opened : engine_pair {
    explicit opened(protocol_version version = protocol_version::tls1_3) : engine_pair(pair_settings(version)) {
        or_throw(handshake());
    }
};

std::string read_word(engine& e) {
    std::byte scratch[64];
    return word(e.read_some(scratch));
}

void feed_empty_records(engine& e, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(word(e.feed(record(23, {}))), "ok");
}

TEST(Limits, AFloodOfEmptyRecords) {
    opened pair;
    feed_empty_records(pair.client, seam::max_records_without_data);
    EXPECT_EQ(read_word(pair.client), "want_read") << "exactly the limit is fine";
    feed_empty_records(pair.client, 1);
    EXPECT_EQ(read_word(pair.client), "too_large");
    EXPECT_EQ(word(pair.client.write_some(bytes("x"))), "too_large") << "sticky";
}

TEST(Limits, DataResetsTheFloodCounter) {
    opened pair;
    for (int round = 0; round < 3; ++round) {
        feed_empty_records(pair.client, 100);
        EXPECT_EQ(read_word(pair.client), "want_read");
        ASSERT_EQ(word(pair.client.feed(record(23, bytes("x")))), "ok");
        EXPECT_EQ(read_word(pair.client), "ok");
    }
}

TEST(Limits, AFloodIsOneAlsoWhenDataComesAlongWithIt) {
    for (const bool flood : {false, true}) {
        opened pair;
        feed_empty_records(pair.client, seam::max_records_without_data + (flood ? 1 : 0));
        ASSERT_EQ(word(pair.client.feed(record(23, bytes("x")))), "ok");
        EXPECT_EQ(read_word(pair.client), flood ? "too_large" : "ok");
    }
}

TEST(Limits, AFloodOfKeyUpdates) {
    opened pair;
    for (std::size_t i = 0; i <= seam::max_records_without_data; ++i) {
        ASSERT_EQ(word(pair.server.key_update(false)), "ok");
    }
    engine_pair::move_bytes(pair.server, pair.client);
    EXPECT_EQ(read_word(pair.client), "too_large");
}

TEST(Limits, AFloodCountsWhileDataIsDiscardedToo) {
    opened pair(protocol_version::tls1_2);
    ASSERT_EQ(word(pair.client.close_write()), "ok");
    feed_empty_records(pair.client, seam::max_records_without_data + 1);
    EXPECT_EQ(read_word(pair.client), "too_large");
}

TEST(Limits, AHandshakeThatDoesNotEnd) {
    engine_pair pair;
    reach_server_hello(pair);
    buffer first = bytes({11, 0xff, 0xff, 0xff});  // a message of 16 MiB begins
    first.resize(16384);
    std::size_t fed = 0;
    std::string last = "want_read";
    while (last == "want_read" && fed < 2 * seam::max_handshake_bytes) {
        ASSERT_EQ(word(pair.client.feed(record(22, fed == 0 ? first : buffer(16384)))), "ok");
        fed += 16384 + 5;
        last = word(pair.client.handshake());
    }
    EXPECT_EQ(last, "too_large");
    EXPECT_GT(fed, seam::max_handshake_bytes);
    EXPECT_LE(fed, seam::max_handshake_bytes + 2 * 16389);
}

TEST(Limits, AHandshakeInRecordsOfAByte) {
    engine_pair pair;
    reach_server_hello(pair);
    ASSERT_EQ(word(pair.client.feed(record(22, bytes({11, 0, 0xff, 0xff})))), "ok");
    std::size_t fed = 1;
    std::string last = "want_read";
    for (; last == "want_read" && fed < 2 * seam::max_handshake_records; ++fed) {
        ASSERT_EQ(word(pair.client.feed(record(22, buffer(1)))), "ok");
        last = word(pair.client.handshake());
    }
    EXPECT_EQ(last, "too_large");
    EXPECT_GE(fed, seam::max_handshake_records - 2) << "the ServerHello is one of them";
    EXPECT_LE(fed, seam::max_handshake_records + 1);
}

TEST(Limits, AnAnswerThatDoesNotEnd) {
    engine_pair pair;
    ASSERT_EQ(word(pair.client.handshake()), "want_read");
    ASSERT_EQ(word(pair.client.feed(record(22, bytes({2, 0xff, 0xff, 0xff})))), "ok");
    EXPECT_EQ(word(pair.client.handshake()), "too_large");
}

TEST(Limits, UnsentOutputPushesBack) {
    opened pair;
    const buffer block(16384);
    std::size_t taken = 0;
    std::string last;
    for (int i = 0; i < 20; ++i) {
        const auto count = pair.client.write_some(block);
        last = word(count);
        if (!count) break;
        taken += *count;
    }
    EXPECT_EQ(last, "want_write");
    EXPECT_GE(pair.client.output().size(), seam::max_unsent);
    EXPECT_LT(pair.client.output().size(), seam::max_unsent + 16384 + 5);
    EXPECT_EQ(word(pair.client.key_update()), "want_write");
    EXPECT_EQ(word(pair.client.close_write()), "ok") << "the end always fits";
    pair.client.consume_output(pair.client.output().size());
    EXPECT_EQ(taken % 16384, 0U);

    opened other;
    while (other.client.write_some(block)) {
    }
    EXPECT_EQ(word(other.client.write_some(block)), "want_write") << "not sticky, and again";
    other.client.consume_output(16389);
    EXPECT_EQ(other.client.write_some(block).value_or(0), 16384U);
}

TEST(Limits, OneRecordAtMost) {
    opened pair;
    EXPECT_EQ(pair.client.write_some(buffer(50000)).value_or(0), seam::max_record);
    EXPECT_EQ(pair.client.output().size(), seam::max_record + 5);
    engine_pair::move_bytes(pair.client, pair.server);
    buffer into(50000);
    EXPECT_EQ(pair.server.read_some(into).value_or(0), seam::max_record);
}

/// Writes count records of one byte and says before which of them (from 0) a key update was sent; -1: before none.
std::int64_t first_key_update(engine& e, std::uint64_t count) {
    const buffer one = bytes("x");
    std::uint64_t sent = 0;
    while (sent < count) {
        const std::uint64_t batch = std::min<std::uint64_t>(count - sent, 8192);
        for (std::uint64_t i = 0; i < batch; ++i) {
            if (!e.write_some(one)) return -2;
        }
        const view output = e.output();
        for (std::size_t i = 0; i < batch; ++i) {
            if (output[6 * i] != std::byte{23}) return static_cast<std::int64_t>(sent + i);
        }
        sent += batch;
        e.consume_output(output.size());
    }
    return -1;
}

TEST(Limits, KeysAreReplacedInTime) {
    opened pair;
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(first_key_update(pair.client, seam::records_per_key + 1),
              static_cast<std::int64_t>(seam::records_per_key) - 1);
    RecordProperty(
        "milliseconds",
        static_cast<int>(
            std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin).count()));
}

TEST(Limits, Tls12HasNoKeyUpdateToSend) {
    opened pair(protocol_version::tls1_2);
    EXPECT_EQ(first_key_update(pair.client, 20000), -1);
}

TEST(Limits, AnAskedForKeyUpdateIsAnswered) {
    opened pair;
    ASSERT_EQ(word(pair.client.key_update(true)), "ok");
    engine_pair::move_bytes(pair.client, pair.server);
    EXPECT_EQ(read_word(pair.server), "want_read");
    EXPECT_EQ(pair.server.output().size(), 10U) << "one message of one byte, in a record";
    engine_pair::move_bytes(pair.server, pair.client);
    EXPECT_EQ(read_word(pair.client), "want_read");
    EXPECT_TRUE(pair.client.output().empty()) << "no answer to an answer";
}

}  // namespace
