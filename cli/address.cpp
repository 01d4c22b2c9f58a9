// SPDX-License-Identifier: Apache-2.0
#include "cli/address.hpp"

#include <charconv>

namespace cli {
namespace {

std::unexpected<std::string> wrong(std::string_view text, const std::string& reason) {
    return std::unexpected("'" + std::string(text) + "' " + reason);
}

}  // namespace

std::string address::to_string() const {
    return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(port);
}

std::expected<address, std::string> parse_address(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos || text.ends_with(']')) return wrong(text, "has no port: HOST:PORT is wanted");
    std::string_view host = text.substr(0, colon);
    const std::string_view port = text.substr(colon + 1);
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    } else if (host.find_first_of(":[]") != std::string_view::npos) {
        return wrong(text, "is ambiguous: an IPv6 address is written in brackets, as in [::1]:443");
    }
    std::uint16_t number = 0;
    const auto [end, problem] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (problem != std::errc() || end != port.data() + port.size()) {
        return wrong(text, "has the port '" + std::string(port) + "', which is no number from 0 to 65535");
    }
    return address{std::string(host), number};
}

}  // namespace cli
