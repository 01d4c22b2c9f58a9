// SPDX-License-Identifier: Apache-2.0
// One direction of the in-memory transport.
#include "tests/support/channel.hpp"

#include <algorithm>

#include "tests/support/expect.hpp"

namespace tlseam_test {

bool channel::move(tlseam::engine& from, tlseam::engine& to) {
    const bool took = take(from);
    const bool gave = deliver(to);
    return took || gave;
}

bool channel::take(tlseam::engine& from) {
    const auto output = from.output();
    const std::size_t count = std::min(output.size(), dials.quota - std::min(dials.quota, taken_.size()));
    if (count == 0) return false;
    taken_.insert(taken_.end(), output.begin(), output.begin() + static_cast<std::ptrdiff_t>(count));
    from.consume_output(count);
    return true;
}

bool channel::deliver(tlseam::engine& to) {
    if (ended_) return false;
    const std::size_t limit = std::min({taken_.size(), dials.stall_at, dials.cut_at});
    const std::size_t count = std::min(dials.chunk, limit - std::min(limit, delivered_));
    if (count > 0) {
        std::vector<std::byte> chunk(count);
        std::copy_n(taken_.begin() + static_cast<std::ptrdiff_t>(delivered_), count, chunk.begin());
        if (dials.flip_at >= delivered_ && dials.flip_at < delivered_ + count) {
            chunk[dials.flip_at - delivered_] ^= std::byte{0x10};
        }
        EXPECT_TRUE(ok(to.feed(chunk)));
        delivered_ += count;
    }
    if (delivered_ == dials.cut_at || (hung_up_ && delivered_ == taken_.size())) {
        to.end_of_input();
        ended_ = true;
    }
    return count > 0 || ended_;
}

}  // namespace tlseam_test
