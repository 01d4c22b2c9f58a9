// SPDX-License-Identifier: Apache-2.0
// Two streams joined by real sockets, and work on a second thread that cannot be forgotten.
#pragma once

#include <functional>
#include <future>
#include <string>
#include <type_traits>
#include <utility>

#include <tlseam/tlseam.hpp>

#include "tests/support/settings.hpp"
#include "tests/support/sockets.hpp"

namespace tlseam_test {

/// The deadline of every call that is expected to succeed.
[[nodiscard]] inline tlseam::wait_options soon() { return tlseam::within(patience); }
/// A deadline that is expected to pass.
[[nodiscard]] inline tlseam::wait_options briefly() { return tlseam::within(std::chrono::milliseconds(30)); }

/// Runs f on another thread. The future waits for it when it goes, and get() passes exceptions on.
template <class F>
[[nodiscard]] auto in_background(F&& f) {
    // As a std::function, so that what std::async needs is compiled once per result and not once per lambda.
    return std::async(std::launch::async, std::function<std::invoke_result_t<F&>()>(std::forward<F>(f)));
}

struct stream_pair {
    tlseam::stream client;
    tlseam::stream server;
};

/// Both roles over the ends, without a handshake: a is the client's. Throws tlseam::exception.
[[nodiscard]] stream_pair wrap_both(socket_ends ends, const contexts& from = contexts());

/// The two handshakes of a pair, one of them on another thread.
struct stream_outcome {
    tlseam::result<void> client;
    tlseam::result<void> server;
};
stream_outcome handshake_both(stream_pair& pair);

/// Both roles over a Unix socket pair, after the handshake. Throws tlseam::exception.
[[nodiscard]] stream_pair open_streams(const contexts& from = contexts());
[[nodiscard]] stream_pair open_streams(const setup& from);
/// The same over TCP.
[[nodiscard]] stream_pair open_tcp_streams(const contexts& from = contexts());

/// What one read gives, with patience.
[[nodiscard]] tlseam::result<std::string> read_text(tlseam::stream& from);
/// Sends text at one end and returns what read_exactly() gives at the other; failures are reported.
std::string carry(tlseam::stream& from, tlseam::stream& to, std::string_view text);

}  // namespace tlseam_test
