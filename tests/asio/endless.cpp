// SPDX-License-Identifier: Apache-2.0
// Peers that never stop, and peers that never read.
#include <chrono>
#include <vector>

#include "tests/asio/ends.hpp"
#include "tests/support/bytes.hpp"

namespace tlseam_test {
namespace {

using tlseam::errc;

/// Writes data again and again, until told to stop or the other end is gone.
class flood {
public:
    explicit flood(local_stream& from) : from_(from), data_(pattern(65536)) { write(); }
    void stop() { over_ = true; }
    [[nodiscard]] bool over() const { return ended_; }

private:
    void write() {
        from_.async_write_some(view(std::span<const std::byte>(data_)), [this](net_error ec, std::size_t) {
            ended_ = over_ || ec;
            if (!ended_) write();
        });
    }

    local_stream& from_;
    std::vector<std::byte> data_;
    bool over_ = false, ended_ = false;
};

ASIO_TEST(asio_endless, does_not_keep_shutdown_beyond_its_limit) {
    ends e;
    ASSERT_TRUE(e.shake_hands());
    flood sent(e.server);
    outcome ended;
    e.client.shutdown_limit(std::chrono::milliseconds(100));
    const auto begin = std::chrono::steady_clock::now();
    e.client.async_shutdown(ended.handler());
    ASSERT_TRUE(e.until(ended));
    EXPECT_TRUE(*ended.ec == errc::timed_out);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
    sent.stop();
    { const auto gone = std::move(e.client); }
    EXPECT_TRUE(e.until([&] { return sent.over(); }));
}

ASIO_TEST(asio_endless, for_a_peer_that_reads_nothing_is_not_taken) {
    ends e;
    ASSERT_TRUE(e.shake_hands());
    const auto data = pattern(16'000'000);
    std::size_t taken = 0;
    outcome written;
    const auto write = [&] {
        written = {};
        e.server.async_write_some(view(std::span<const std::byte>(data).subspan(taken)), written.handler());
    };
    write();
    for (e.io.restart(); e.io.poll() != 0; e.io.restart()) {  // until nothing moves
        if (!written.done()) continue;
        ASSERT_TRUE(written.good());
        taken += written.count;
        ASSERT_LT(taken, data.size());
        write();
    }
    EXPECT_FALSE(written.done());
    EXPECT_LT(taken, std::size_t{8} << 20U);
    EXPECT_LT(e.server.tls().output().size(), std::size_t{256} << 10U);
}

}  // namespace
}  // namespace tlseam_test
