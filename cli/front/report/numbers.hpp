// SPDX-License-Identifier: Apache-2.0
// Numbers as people write them.
#pragma once

#include <optional>
#include <string>

namespace cli::front::report {

/// Three digits that count, thousands parted: "12,300", "4.56", "0.00789".
[[nodiscard]] std::string rounded(double value);

/// "12,300 ± 4 %"; without a spread, or a very small one, only the value.
[[nodiscard]] std::string with_spread(double value, double spread);

/// "3.86 MB", "10.4 KB", "912 bytes": powers of ten, as files are counted.
[[nodiscard]] std::string bytes(double count);

/// "2.4 times", or below twice "12 % above". Both above zero.
[[nodiscard]] std::string how_much_more(double greater, double smaller);

/// The same from the other side: "41 % of".
[[nodiscard]] std::string share(double smaller, double greater);

}  // namespace cli::front::report
