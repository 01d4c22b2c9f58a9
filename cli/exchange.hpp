// SPDX-License-Identifier: Apache-2.0
// Both directions of `connect` at once.
#pragma once

#include <stop_token>

#include <tlseam/stream.hpp>

#include "cli/report.hpp"

namespace cli {

/// Copies standard input to the peer and the peer to standard output, until the peer ends, or standard output is gone.
/// At the end of standard input, close_notify is sent, unless keep_open. Success: the peer said close_notify, or ended
/// after ours, or nobody reads standard output any more.
[[nodiscard]] tlseam::result<void> exchange(tlseam::stream& peer, bool keep_open, traffic& counted);

}  // namespace cli
