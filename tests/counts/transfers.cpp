// SPDX-License-Identifier: Apache-2.0
#include "tests/counts/transfers.hpp"

#include <gtest/gtest.h>

#include "tests/support/bytes.hpp"
#include "tests/support/expect.hpp"

namespace counts {

using namespace tlseam;
using namespace tlseam_test;

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;
constexpr std::size_t small = 256;

/// In portions; send is called with each.
template <class Send>
counted transfer(stream_pair& pair, const Send& send) {
    const auto data = pattern(mebibyte);
    std::vector<std::byte> received(portion);
    (void)take();
    for (std::size_t at = 0; at < data.size(); at += portion) {
        const auto part = std::span(data).subspan(at, std::min(portion, data.size() - at));
        send(part);
        const auto room = std::span(received).first(part.size());
        EXPECT_TRUE(pair.server.read_exactly(room, soon()).has_value());
        EXPECT_TRUE(std::ranges::equal(room, part));
    }
    return take();
}

}  // namespace

stream_pair warm_streams() {
    auto pair = open_streams();
    (void)send_mebibyte(pair);
    (void)send_mebibyte_in_small_writes(pair);
    for (int i = 0; i < 10; ++i) (void)go_round(pair);
    return pair;
}

counted send_mebibyte(stream_pair& pair) {
    return transfer(
        pair, [&](std::span<const std::byte> part) { EXPECT_TRUE(pair.client.write_all(part, soon()).has_value()); });
}

counted send_mebibyte_in_small_writes(stream_pair& pair) {
    stream::writer out(pair.client);
    return transfer(pair, [&](std::span<const std::byte> part) {
        for (std::size_t at = 0; at < part.size(); at += small) {
            EXPECT_TRUE(out.write(part.subspan(at, small), soon()).has_value());
        }
        EXPECT_TRUE(out.flush(soon()).has_value());
    });
}

counted go_round(stream_pair& pair) {
    std::byte byte[1] = {std::byte{7}};
    (void)take();
    EXPECT_TRUE(pair.client.write_all(byte, soon()).has_value());
    EXPECT_EQ(pair.server.read_some(byte, soon()).value_or(0), 1U);
    EXPECT_TRUE(pair.server.write_all(byte, soon()).has_value());
    EXPECT_EQ(pair.client.read_some(byte, soon()).value_or(0), 1U);
    return take();
}

}  // namespace counts
