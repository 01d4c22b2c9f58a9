// SPDX-License-Identifier: Apache-2.0
// A look at the first ClientHello (RFC 8446 4.1.2) before any library sees it: what core decides from it is the same on
// every backend. Nothing is consumed; the library judges the same bytes again, more strictly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tlseam::seam {

/// The largest ClientHello that is read, with its four bytes of header.
inline constexpr std::size_t max_client_hello = 65536;

enum class peek_status : std::uint8_t { need_more, complete, http, not_tls, malformed, too_large };

struct client_hello {
    std::uint16_t legacy_version = 0;
    std::vector<std::uint16_t> versions;  // supported_versions, else legacy_version alone
    std::string server_name;              // lower case; empty when none was sent
    bool has_alpn = false;
    std::vector<std::string> alpn;  // in the client's order
};

struct peek_result {
    peek_status status = peek_status::need_more;
    std::uint8_t alert = 0;   // what to answer when malformed or too_large
    const char* reason = "";  // static storage
    client_hello hello;
};

/// received: every byte that arrived so far, from the first. Fails at the first byte that cannot be right. Throws
/// std::bad_alloc.
[[nodiscard]] peek_result peek_client_hello(std::span<const std::byte> received);

}  // namespace tlseam::seam
