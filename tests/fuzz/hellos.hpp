// SPDX-License-Identifier: Apache-2.0
// ClientHellos and ServerHellos by hand, for seeds.
#pragma once

#include <utility>

#include "tests/fuzz/fuzz.hpp"

namespace tlseam_fuzz {

[[nodiscard]] buffer number(std::size_t value, unsigned size);
/// With a length of so many bytes in front.
[[nodiscard]] buffer vector(unsigned length_size, bytes content);
[[nodiscard]] buffer extension(unsigned type, bytes content);
[[nodiscard]] buffer record(unsigned type, bytes body);
[[nodiscard]] buffer handshake_message(unsigned type, bytes body);
/// The message in records of at most so many bytes.
[[nodiscard]] buffer in_records(bytes message, std::size_t size);

/// The body of a ClientHello.
[[nodiscard]] buffer client_hello_body(bytes suites, bytes extensions, bytes session_id = {});
/// Extensions that every parser of ours looks into: names, ALPN, groups, schemes, versions, shares, modes.
[[nodiscard]] buffer usual_extensions(bool tls1_3 = true);
/// pre_shared_key with identities and binders of 32 bytes.
[[nodiscard]] buffer pre_shared_key(std::initializer_list<std::string_view> identities);

/// The body of a ServerHello.
[[nodiscard]] buffer server_hello_body(std::size_t suite, bytes extensions, bool retry = false, bytes session_id = {});

}  // namespace tlseam_fuzz
