// SPDX-License-Identifier: Apache-2.0
// The first message of a peer, before any library sees it: one handshake message (RFC 8446 4) in the clear, in as many
// records as the peer likes. Nothing is consumed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tlseam::seam {

/// Reads big-endian numbers and vectors with a length in front (RFC 8446 3).
class cursor {
public:
    explicit cursor(std::span<const std::byte> input) noexcept : rest_(input) {}
    [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
    [[nodiscard]] std::optional<std::span<const std::byte>> take(std::size_t count) noexcept;
    [[nodiscard]] std::optional<std::size_t> number(std::size_t size) noexcept;
    [[nodiscard]] std::optional<std::span<const std::byte>> vector(std::size_t length_size) noexcept;

private:
    std::span<const std::byte> rest_;
};

/// Two-byte numbers, one behind the other.
[[nodiscard]] std::vector<std::uint16_t> to_numbers(std::span<const std::byte> list);

/// What is wrong with a message, and the alert that says so (RFC 8446 6.2).
struct flaw {
    std::uint8_t alert = 0;   ///< none: all is well
    const char* reason = "";  ///< static storage
};

enum class first_status : std::uint8_t { need_more, complete, not_tls, alert, malformed, too_large };

struct first_message {
    first_status status = first_status::need_more;
    flaw problem;                      ///< malformed, too_large
    std::uint8_t level = 0, code = 0;  ///< alert: what the peer says instead
    std::vector<std::byte> body;       ///< complete: without the message's header
    std::size_t records_size = 0;      ///< complete, alert: the records it came in, with their headers
    bool more_in_record = false;       ///< complete: something follows it in its last record (when that is allowed)
};

struct first_message_rules {
    std::uint8_t type;         ///< of the message
    std::size_t largest;       ///< the message, with its four bytes of header
    std::size_t most_records;  ///< how many it may come in: each look walks over their headers again, and the peer
                               ///< decides how often we look
    bool alone;                ///< nothing may follow it in its last record
};

/// received: every byte that arrived so far, from the first. Fails at the first byte that cannot be right. need_more
/// costs one step per record and copies nothing, so that it may be called for every byte that arrives. not_tls: the
/// first byte is of no record that may come first. Throws std::bad_alloc.
[[nodiscard]] first_message read_first_message(std::span<const std::byte> received, const first_message_rules& rules);

}  // namespace tlseam::seam
