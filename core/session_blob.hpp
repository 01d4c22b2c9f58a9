// SPDX-License-Identifier: Apache-2.0
// A session as bytes: tlseam's own envelope around what the library needs.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/seam.hpp"
#include "core/secret.hpp"

namespace tlseam::seam {

/// Above this, bytes are no session: a chain may have 100 KiB, a ticket 64 KiB.
inline constexpr std::size_t max_session_blob = 512 * 1024;
inline constexpr std::size_t max_session_chain = 64;

struct session_blob {
    digest scope = {};
    std::string server_name;    // as sent; empty: none
    std::string verified_name;  // as text; empty: nothing was checked
    protocol_version version = protocol_version::none;
    std::uint16_t cipher_suite = 0;
    std::int64_t issued = 0;                    // seconds since 1970
    std::int64_t lifetime = 0;                  // seconds
    std::int64_t authenticated = 0;             // when the server last showed its certificate
    std::uint16_t resumptions = 0;              // since then, each of the session before
    std::vector<std::vector<std::byte>> chain;  // DER, leaf first, as the server sent it
    std::vector<std::byte> staple;              // the OCSP response that came with the chain; empty: none
    std::vector<std::byte> native;              // the library's; wiped in the end

    session_blob() = default;
    session_blob(const session_blob&) = default;
    session_blob(session_blob&&) noexcept = default;
    session_blob& operator=(const session_blob&) = delete;
    session_blob& operator=(session_blob&&) = delete;
    ~session_blob() { wipe(native); }

    friend bool operator==(const session_blob&, const session_blob&) = default;
};

/// Whether all of it is such that sums of its times mean something. What is not sound is no session.
[[nodiscard]] bool is_sound(const session_blob& blob) noexcept;

/// There are servers that number the tickets of one session, whatever connection they are sent on, and fail when they
/// come to 256; some send two at a time. A full handshake begins anew.
inline constexpr std::uint16_t most_resumptions = 120;

/// RFC 8446 4.6.1: nobody keeps a ticket for longer, nor goes on for longer without seeing the certificate again.
inline constexpr std::int64_t longest_session = 7 * 24 * 3600;
/// Seconds since 1970. From then on it is not offered.
[[nodiscard]] std::int64_t expiry_of(const session_blob& blob) noexcept;

/// magic, format, library, its version, the fields, SHA-256 of all that. Throws std::bad_alloc.
[[nodiscard]] std::vector<std::byte> encode_session(const session_blob& blob);

/// Errors: malformed_session, unsupported. Throws std::bad_alloc.
[[nodiscard]] result<session_blob> decode_session(std::span<const std::byte> bytes);

}  // namespace tlseam::seam
