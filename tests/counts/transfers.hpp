// SPDX-License-Identifier: Apache-2.0
// Transfers between two streams on one thread: nothing depends on who is quicker.
#pragma once

#include <cstddef>

#include "tests/counts/counted.hpp"
#include "tests/support/stream_pair.hpp"

namespace counts {

/// As much as goes in one send, so that it fits the socket whatever the system's default is.
inline constexpr std::size_t portion = std::size_t{112} * 1024;

/// A pair after the handshake and one exchange of everything, so that buffers are there and tickets have been read.
[[nodiscard]] tlseam_test::stream_pair warm_streams();

/// A mebibyte by write_all(), portion by portion, each read before the next.
counted send_mebibyte(tlseam_test::stream_pair& pair);
/// A mebibyte through a writer, 256 bytes at a time, flushed with each portion.
counted send_mebibyte_in_small_writes(tlseam_test::stream_pair& pair);
/// A byte there and a byte back.
counted go_round(tlseam_test::stream_pair& pair);

}  // namespace counts
