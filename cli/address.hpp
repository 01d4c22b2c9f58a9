// SPDX-License-Identifier: Apache-2.0
// HOST:PORT as people type it.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace cli {

struct address {
    std::string host;  // without the brackets of an IPv6 address
    std::uint16_t port = 0;
    [[nodiscard]] std::string to_string() const;
};

/// "example.com:443", "192.0.2.1:443", "[2001:db8::1]:443". The host may be empty. The error is a sentence that names
/// the text and what is wrong with it.
[[nodiscard]] std::expected<address, std::string> parse_address(std::string_view text);

}  // namespace cli
