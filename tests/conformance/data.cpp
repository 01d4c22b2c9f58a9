// SPDX-License-Identifier: Apache-2.0
// Application data through two engines: every size, every portion, in both directions.
#include <tuple>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/bytes.hpp"
#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

constexpr std::size_t max_record = 16384;

// ---- sizes: IO-001 ----

using size_and_chunk = std::tuple<protocol_version, std::size_t, std::size_t>;
class data_of_size : public testing::TestWithParam<size_and_chunk> {};

std::string size_name(const testing::TestParamInfo<size_and_chunk>& info) {
    const auto [version, size, chunk] = info.param;
    return short_name(version) + "_" + std::to_string(size) + "_in_chunks_of_" +
           (chunk == unlimited ? std::string("any_size") : std::to_string(chunk));
}
INSTANTIATE_TEST_SUITE_P(tls, data_of_size,
                         testing::Combine(both_versions(), testing::Values(0U, 1U, 16383U, 16384U, 16385U, 65536U),
                                          testing::Values(7U, unlimited)),
                         size_name);

TEST_P(data_of_size, arrives_as_it_was_sent_both_ways) {
    const auto [version, size, chunk] = GetParam();
    auto pair = open_pair(only(version));
    pair.to_server.dials.chunk = pair.to_client.dials.chunk = chunk;
    const auto data = pattern(size);
    EXPECT_EQ(carry(pair, pair.client, pair.server, data), data);
    EXPECT_EQ(carry(pair, pair.server, pair.client, data), data);
    EXPECT_EQ(carry(pair, pair.client, pair.server, "still there"), "still there");
}

// ---- the rest, in each version ----

class data : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, data, both_versions(), version_name());

TEST_P(data, survives_a_transport_of_single_bytes) {
    auto pair = open_pair(only(version()));
    pair.to_server.dials.chunk = pair.to_client.dials.chunk = 1;
    const auto sent = pattern(20'000);
    EXPECT_EQ(carry(pair, pair.client, pair.server, sent), sent);
}

// IO-002
TEST_P(data, can_be_read_one_byte_at_a_time) {
    auto pair = open_pair(only(version()));
    const auto sent = pattern(40'000);
    EXPECT_EQ(carry(pair, pair.server, pair.client, sent, 1), sent);
}

TEST_P(data, of_a_mebibyte_each_way_arrives_interleaved) {
    auto pair = open_pair(only(version()));
    const auto up = pattern(1 << 20, 1);
    const auto down = pattern(1 << 20, 2);
    std::vector<std::byte> got_up, got_down;
    const std::size_t step = 50'000;
    for (std::size_t at = 0; at < up.size(); at += step) {
        const auto size = std::min(step, up.size() - at);
        const auto a = carry(pair, pair.client, pair.server, std::span(up).subspan(at, size));
        const auto b = carry(pair, pair.server, pair.client, std::span(down).subspan(at, size));
        got_up.insert(got_up.end(), a.begin(), a.end());
        got_down.insert(got_down.end(), b.begin(), b.end());
    }
    EXPECT_EQ(got_up, up);
    EXPECT_EQ(got_down, down);
}

TEST_P(data, may_cross_on_the_way) {
    auto pair = open_pair(only(version()));
    ASSERT_TRUE(ok(pair.client.write_some(as_bytes("ping"))));
    ASSERT_TRUE(ok(pair.server.write_some(as_bytes("pong"))));
    pair.move_all();
    EXPECT_EQ(read_text(pair.client).value_or("failed"), "pong");
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "ping");
}

TEST_P(data, of_one_write_is_one_record_of_at_most_16384_bytes) {
    auto pair = open_pair(only(version()));
    const auto sent = pattern(70'000);
    const auto count = pair.client.write_some(sent);
    ASSERT_TRUE(ok(count));
    EXPECT_EQ(*count, max_record);
    const auto records = records_in(pair.client.output());
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records.front().type, 23);
    EXPECT_EQ(record_header + records.front().length, pair.client.output().size());
    EXPECT_LE(records.front().length, max_record + 256);
}

// REC-011
TEST_P(data, of_one_record_comes_with_one_read) {
    auto pair = open_pair(only(version()));
    for (const std::size_t size : {std::size_t{1}, std::size_t{100}, max_record}) {
        const auto sent = pattern(size);
        ASSERT_EQ(pair.server.write_some(sent).value_or(0), size);
        pair.move_all();
        std::vector<std::byte> buffer(2 * max_record);
        EXPECT_EQ(pair.client.read_some(buffer).value_or(0), size);
    }
}

TEST_P(data, of_two_records_takes_two_reads) {
    auto pair = open_pair(only(version()));
    ASSERT_TRUE(ok(pair.client.write_some(as_bytes("one"))));
    ASSERT_TRUE(ok(pair.client.write_some(as_bytes("two"))));
    pair.move_all();
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "one");
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "two");
    EXPECT_TRUE(fails_with(read_text(pair.server), errc::want_read));
}

// IO-003
TEST_P(data, is_not_touched_by_a_read_into_nothing) {
    auto pair = open_pair(only(version()));
    EXPECT_EQ(pair.server.read_some({}).value_or(99), 0U);
    ASSERT_TRUE(ok(pair.client.write_some(as_bytes("here"))));
    pair.move_all();
    EXPECT_EQ(pair.server.read_some({}).value_or(99), 0U);
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "here");
}

// IO-004
TEST_P(data, of_no_bytes_makes_no_output) {
    auto pair = open_pair(only(version()));
    EXPECT_EQ(pair.client.write_some({}).value_or(99), 0U);
    EXPECT_TRUE(pair.client.output().empty());
}

// IO-007
TEST_P(data, that_waits_decrypted_is_pending) {
    auto pair = open_pair(only(version()));
    EXPECT_EQ(pair.server.pending(), 0U);
    ASSERT_TRUE(ok(pair.client.write_some(as_bytes("0123456789"))));
    pair.move_all();
    std::byte buffer[4];
    ASSERT_EQ(pair.server.read_some(buffer).value_or(0), 4U);
    EXPECT_LE(pair.server.pending(), 6U);
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "456789");
    EXPECT_EQ(pair.server.pending(), 0U);
}

// IO-005: the bytes are copied by the call that takes them.
TEST_P(data, may_be_changed_as_soon_as_it_was_written) {
    auto pair = open_pair(only(version()));
    auto sent = pattern(1000);
    const auto copy = sent;
    ASSERT_EQ(pair.client.write_some(sent).value_or(0), sent.size());
    std::ranges::fill(sent, std::byte{0});
    pair.move_all();
    std::vector<std::byte> buffer(1000);
    ASSERT_EQ(pair.server.read_some(buffer).value_or(0), 1000U);
    EXPECT_EQ(buffer, copy);
}

// NB-003
TEST_P(data, comes_after_any_number_of_reads_that_found_nothing) {
    auto pair = open_pair(only(version()));
    for (int i = 0; i < 1000; ++i) ASSERT_TRUE(fails_with(read_text(pair.server), errc::want_read));
    EXPECT_EQ(carry(pair, pair.client, pair.server, "finally"), "finally");
}

TEST_P(data, of_every_byte_value_arrives) {
    auto pair = open_pair(only(version()));
    std::string all(256, '\0');
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<char>(i);
    EXPECT_EQ(carry(pair, pair.client, pair.server, all), all);
}

TEST_P(data, is_never_sent_in_the_clear) {
    auto pair = open_pair(only(version()));
    const std::string secret = "a sentence that nobody else must read";
    EXPECT_EQ(carry(pair, pair.client, pair.server, secret), secret);
    EXPECT_EQ(to_text(pair.to_server.taken()).find(secret), std::string::npos);
}

}  // namespace
