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
/// The most records it may come in. Each look walks over their headers again, and a client decides how often we look.
inline constexpr std::size_t max_client_hello_records = 2048;
/// The most key shares. Each is looked up among the groups, by us and by some libraries, and a hello has room for
/// thousands of both: that would be a hundred million comparisons for 64 KiB.
inline constexpr std::size_t max_key_shares = 64;

/// alert: a fatal one came instead, closed: close_notify did.
enum class peek_status : std::uint8_t { need_more, complete, http, not_tls, alert, closed, malformed, too_large };

/// Lists are in the client's order, with whatever numbers it sent, GREASE (RFC 8701) included.
struct client_hello {
    std::uint16_t legacy_version = 0;
    std::vector<std::uint16_t> versions;  // supported_versions, else legacy_version alone
    std::vector<std::uint16_t> cipher_suites;
    std::vector<std::uint16_t> groups;             // supported_groups; empty when it was not sent
    std::vector<std::uint16_t> signature_schemes;  // signature_algorithms; empty when it was not sent
    bool has_server_name = false;  // a host name, not an address
    std::string server_name;       // lower case; empty when none was sent
    bool has_alpn = false;
    std::vector<std::string> alpn;
    bool has_pre_shared_key = false;        // it wants to resume, or has another key (TLS 1.3)
    bool resumes_with_new_keys = false;     // psk_key_exchange_modes has psk_dhe_ke
    std::vector<std::uint16_t> key_shares;  // the groups they are of
    std::vector<std::uint16_t> extensions;  // their types
    std::vector<std::byte> session_id;
    bool offers_compression = false;          // beside none
    std::vector<std::string> psk_identities;  // of pre_shared_key, as far as they can be read
};

struct peek_result {
    peek_status status = peek_status::need_more;
    std::uint8_t alert = 0;   // what to answer when malformed or too_large; the alert that came
    const char* reason = "";  // static storage
    std::size_t records_size = 0;  // complete: what it came in
    client_hello hello;
};

/// received: every byte that arrived so far, from the first. Fails at the first byte that cannot be right. need_more
/// costs one step per record and copies nothing, so that it may be called for every byte that arrives.
///
/// A server_name that is an address counts as none: RFC 6066 3 does not permit it, many clients send it all the same
/// when they connect to one, and no server is chosen by it.
///
/// Alerts (RFC 8446 6): decode_error for wrong lengths, illegal_parameter for an extension that comes twice and for a
/// server_name that is neither host name nor address (a trailing dot, anything but ASCII letters, digits, hyphens and
/// underscores: RFC 6066 3), unexpected_message for anything but one ClientHello in handshake records, record_overflow
/// for a record above 2^14 bytes. There is none for "too large"; illegal_parameter comes closest. Throws
/// std::bad_alloc.
[[nodiscard]] peek_result peek_client_hello(std::span<const std::byte> received);

}  // namespace tlseam::seam
