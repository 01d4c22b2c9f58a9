// SPDX-License-Identifier: Apache-2.0
// Into how many records data goes, counted where the peer reads: the same on every backend.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>

#include "tests/counts/transfers.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"

namespace {

using namespace tlseam;
using namespace tlseam_test;

constexpr std::size_t small = 256, record = 16384;

class records : public in_each_version {
protected:
    /// After the handshake, of a client with records of at most this size.
    [[nodiscard]] stream_pair pair_with(std::size_t most = record) const {
        setup s = only(version());
        s.client.max_record_size = most;
        return open_streams(s);
    }
};
INSTANTIATE_TEST_SUITE_P(tls, records, both_versions(), version_name());

/// What the client's last call sent, before the server's stream reads it; that one is of no use afterwards.
class sent {
public:
    explicit sent(const stream_pair& pair) {
        constexpr std::size_t most = std::size_t{256} * 1024;
        std::vector<std::byte> bytes(most);
        const ssize_t count = ::recv(pair.server.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
        for (std::size_t at = 0; at + 5 <= bytes.size();) {
            EXPECT_EQ(bytes[at], std::byte{23}) << "not data";
            const auto size =
                std::to_integer<std::size_t>(bytes[at + 3]) << 8 | std::to_integer<std::size_t>(bytes[at + 4]);
            bodies_.push_back(size);
            at += 5 + size;
            EXPECT_LE(at, bytes.size()) << "half a record";
        }
    }
    [[nodiscard]] std::size_t count() const { return bodies_.size(); }
    /// Of ciphertext, header apart. A record of that much plaintext has at most 24 bytes more, and none without a
    /// cipher.
    void expect_full(std::size_t plaintext) const {
        for (const std::size_t body : bodies_) {
            EXPECT_GE(body, plaintext);
            EXPECT_LE(body, plaintext + 24);
        }
    }

private:
    std::vector<std::size_t> bodies_;
};

TEST_P(records, of_a_writer_are_full) {
    for (const std::size_t most : {record, std::size_t{4096}}) {
        auto pair = pair_with(most);
        const auto data = pattern(4 * record);
        stream::writer out(pair.client);
        for (std::size_t at = 0; at < data.size(); at += small) {
            ASSERT_TRUE(ok(out.write(std::span(data).subspan(at, small), soon())));
        }
        EXPECT_EQ(sent(pair).count(), 0U);
        ASSERT_TRUE(ok(out.flush(soon())));
        const sent seen(pair);
        EXPECT_EQ(seen.count(), data.size() / most);
        seen.expect_full(most);
    }
}

TEST_P(records, of_a_writer_begin_anew_with_each_flush) {
    auto pair = pair_with();
    stream::writer out(pair.client);
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(ok(out.write(pattern(small), soon())));
        ASSERT_TRUE(ok(out.write(pattern(small), soon())));
        ASSERT_TRUE(ok(out.flush(soon())));
        const sent seen(pair);
        EXPECT_EQ(seen.count(), 1U);
        seen.expect_full(2 * small);
        ASSERT_TRUE(ok(out.flush(soon())));
        EXPECT_EQ(sent(pair).count(), 0U);
    }
}

TEST_P(records, of_small_writes_are_one_each) {
    auto pair = pair_with();
    const auto data = pattern(small);
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(pair.client.write_some(data, soon()).value_or(0), small);
        EXPECT_EQ(sent(pair).count(), 1U);
        ASSERT_TRUE(ok(pair.client.write_all(data, soon())));
        const sent seen(pair);
        EXPECT_EQ(seen.count(), 1U);
        seen.expect_full(small);
    }
}

TEST_P(records, of_large_writes_are_full_and_what_is_left) {
    auto pair = pair_with();
    ASSERT_TRUE(ok(pair.client.write_all(pattern(4 * record), soon())));
    const sent even(pair);
    EXPECT_EQ(even.count(), 4U);
    even.expect_full(record);
    ASSERT_TRUE(ok(pair.client.write_all(pattern(2 * record + 1), soon())));
    EXPECT_EQ(sent(pair).count(), 3U);
    EXPECT_EQ(pair.client.write_some(pattern(2 * record), soon()).value_or(0), record);
    EXPECT_EQ(sent(pair).count(), 1U);
}

TEST_P(records, of_a_header_and_a_body_are_one) {
    auto pair = pair_with();
    const auto header = pattern(5), body = pattern(1000);
    const std::array<std::span<const std::byte>, 2> pieces = {header, body};
    ASSERT_TRUE(ok(pair.client.write_all(pieces, soon())));
    const sent seen(pair);
    EXPECT_EQ(seen.count(), 1U);
    seen.expect_full(header.size() + body.size());
}

}  // namespace
