// SPDX-License-Identifier: Apache-2.0
// Peers that always have more to say: what ends a call is looked at all the same, and not only when nothing is left. The
// system hands out single bytes here, so that a few KiB are more than any call may take without a look.
#include <sys/ioctl.h>

#include <stop_token>

#include <gtest/gtest.h>

#include "tests/fault_injection/injector.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/stream_pair.hpp"
#include "tests/support/versions.hpp"

namespace faults {
namespace {

using namespace tlseam;
using namespace tlseam_test;
using interposed::call;

constexpr std::size_t much = 8192;

/// A client whose peer has said much that nobody has read.
class endless : public in_each_version {
protected:
    endless() : pair_(open_streams(only(GetParam()))) {}

    void flood() { or_throw(pair_.server.write_all(pattern(much), soon())); }
    stream& client() { return pair_.client; }

    /// Not all was taken: somebody has looked before.
    [[nodiscard]] bool something_is_left() {
        int count = 0;
        return ::ioctl(client().native_handle(), FIONREAD, &count) == 0 && count > 0;
    }
    static call_fault byte_by_byte() {
        return {.which = call::receive, .verdict = {.most = 1}, .and_all_later = true};
    }
    static wait_options already_over() { return within(std::chrono::milliseconds(0)); }

private:
    stream_pair pair_;
};
INSTANTIATE_TEST_SUITE_P(tls, endless, both_versions(), version_name());
class endless_in_tls1_2 : public endless {};  // TLS 1.3 closes one direction only, and gives the data
INSTANTIATE_TEST_SUITE_P(tls, endless_in_tls1_2, testing::Values(protocol_version::tls1_2), version_name());

TEST_P(endless, peers_do_not_keep_shutdown_beyond_its_deadline) {
    flood();
    const failing_call drop_by_drop(byte_by_byte());
    EXPECT_TRUE(fails_with(client().shutdown(already_over()), errc::timed_out));
    EXPECT_TRUE(something_is_left());
}

TEST_P(endless, peers_do_not_keep_shutdown_from_being_stopped) {
    flood();
    std::stop_source source;
    source.request_stop();
    const failing_call drop_by_drop(byte_by_byte());
    EXPECT_TRUE(fails_with(client().shutdown(within(patience, source.get_token())), errc::cancelled));
    EXPECT_TRUE(something_is_left());
}

TEST_P(endless, peers_leave_a_program_that_does_not_wait_its_turn) {
    flood();
    client().set_blocking(false);
    const failing_call drop_by_drop(byte_by_byte());
    EXPECT_TRUE(fails_with(client().shutdown(), errc::want_read));
    EXPECT_TRUE(something_is_left());
}

// RFC 5246 7.2.1: after our close_notify, what comes is thrown away.
TEST_P(endless_in_tls1_2, peers_do_not_keep_a_read_behind_our_close_beyond_its_deadline) {
    or_throw(client().close_write(soon()));
    flood();
    std::byte buffer[16];
    const failing_call drop_by_drop(byte_by_byte());
    EXPECT_TRUE(fails_with(client().read_some(buffer, already_over()), errc::timed_out));
    EXPECT_TRUE(something_is_left());
}

}  // namespace
}  // namespace faults
