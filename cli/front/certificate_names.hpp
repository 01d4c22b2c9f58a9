// SPDX-License-Identifier: Apache-2.0
// The names that a certificate can be made for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cli::front {

struct certificate_name {
    enum class kind { dns, ip } kind = kind::dns;
    std::string text;   ///< in lower case, without the brackets of an IPv6 address
    std::string bytes;  ///< as a certificate holds it: that text, or 4 or 16 bytes
};

/// A host name, "*." and one with two labels at least, or an IP address. Throws usage_error, whose sentence says what
/// is wrong with it.
[[nodiscard]] certificate_name parse_certificate_name(std::string_view text);

/// Each of them once, in their order.
[[nodiscard]] std::vector<certificate_name> parse_certificate_names(const std::vector<std::string>& texts);

/// What a client certificate is for: up to 64 letters, digits and ".-_@". Throws usage_error.
void check_client_name(std::string_view text);

}  // namespace cli::front
