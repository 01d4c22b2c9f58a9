// SPDX-License-Identifier: Apache-2.0
// Points in time as text (RFC 3339).
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace cli {

/// "2030-01-31T12:00:00Z".
[[nodiscard]] std::string time_text(std::chrono::sys_seconds time);

/// The same, also with a fraction, which is dropped, with an offset ("+01:00"), and with "t" and "z".
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_time(const std::string& text);

}  // namespace cli
