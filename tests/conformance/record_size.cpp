// SPDX-License-Identifier: Apache-2.0
// max_record_size: records on the wire are never longer than the settings let them be, and the data arrives.
#include <algorithm>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/bytes.hpp"
#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

constexpr std::uint8_t application_data = 23;
/// What encryption adds at most: 16 bytes of tag; in TLS 1.2 8 of nonce, in TLS 1.3 one of type.
constexpr std::size_t most_overhead = 24;

/// The longest record of data from here on.
std::size_t longest_behind(const channel& sent, std::size_t start) {
    std::size_t longest = 0;
    for (const auto& record : records_in(std::span(sent.taken()).subspan(start))) {
        if (record.type == application_data) longest = std::max(longest, record.length);
    }
    return longest;
}

class record_size : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, record_size, both_versions(), version_name());

TEST_P(record_size, bounds_the_records_of_either_end) {
    for (const std::size_t size : {512U, 1000U, 4096U, 16384U}) {
        auto s = only(version());
        s.client.max_record_size = size;
        s.server.max_record_size = size;
        auto pair = open_pair(s);
        const auto data = pattern(40000);
        const auto up = pair.to_server.taken().size(), down = pair.to_client.taken().size();
        EXPECT_EQ(carry(pair, pair.client, pair.server, data), data);
        EXPECT_EQ(carry(pair, pair.server, pair.client, data), data);
        for (const auto longest : {longest_behind(pair.to_server, up), longest_behind(pair.to_client, down)}) {
            EXPECT_GT(longest, size) << size;
            EXPECT_LE(longest, size + most_overhead) << size;
        }
        close_both(pair);
    }
}

TEST_P(record_size, is_how_much_one_write_takes) {
    auto s = only(version());
    s.client.max_record_size = 700;
    auto pair = open_pair(s);
    const auto data = pattern(20000);
    EXPECT_EQ(pair.client.write_some(data).value_or(0), 700U);
    EXPECT_EQ(pair.client.write_some(std::span(data).first(699)).value_or(0), 699U);
    EXPECT_EQ(pair.server.write_some(data).value_or(0), 16384U);
    pair.move_all();
    EXPECT_EQ(read_text(pair.server).value_or("").size(), 700U);
    EXPECT_EQ(read_text(pair.server).value_or("").size(), 699U);
}

TEST(record_sizes, outside_512_to_16384_are_refused) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{511}, std::size_t{16385}, unlimited}) {
        EXPECT_TRUE(
            fails_with(context::client({.trust = pki::trust(), .max_record_size = size}), errc::invalid_argument));
        EXPECT_TRUE(fails_with(context::server({.credentials = {pki::identity("server")}, .max_record_size = size}),
                               errc::invalid_argument));
    }
}

TEST(record_sizes, leave_key_updates_alone) {
    setup s;
    s.client.max_record_size = 512;
    auto pair = open_pair(s);
    ASSERT_TRUE(ok(pair.client.key_update(true)));
    const auto data = pattern(5000);
    EXPECT_EQ(carry(pair, pair.client, pair.server, data), data);
    EXPECT_EQ(carry(pair, pair.server, pair.client, data), data);
}

}  // namespace
