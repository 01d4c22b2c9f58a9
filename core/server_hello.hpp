// SPDX-License-Identifier: Apache-2.0
// A client's look at the ServerHello (RFC 8446 4.1.3, RFC 5246 7.4.1.3) before any library sees it: what was not
// offered is refused in the same way on every backend. Nothing is consumed; the library judges the same bytes again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/client_hello.hpp"
#include "core/first_message.hpp"

namespace tlseam::seam {

/// The largest ServerHello that is read, with its four bytes of header.
inline constexpr std::size_t max_server_hello = 16384;
inline constexpr std::size_t max_server_hello_records = 128;

struct answer_verdict {
    flaw problem;
    bool wrong_version = false;  ///< the problem is a version that was not offered
    bool is_retry = false;       ///< sound so far: a HelloRetryRequest, after which a ServerHello is still to come
    bool uses_psk = false;       ///< TLS 1.3: it has pre_shared_key
    bool extended_master_secret = false;  ///< TLS 1.2: it has the extension (RFC 7627)
};

/// Knows what one client offered, and what it was asked for in a HelloRetryRequest.
class answer_judge {
public:
    explicit answer_judge(client_hello offered) noexcept : offered_(std::move(offered)) {}

    /// found: a whole ServerHello. Alerts (RFC 8446 6): protocol_version for an old version, unsupported_extension for
    /// what was not offered, illegal_parameter for values that were not, missing_extension, decode_error for wrong
    /// lengths, handshake_failure for TLS 1.2 without secure renegotiation (RFC 5746 4.1). Throws std::bad_alloc.
    [[nodiscard]] answer_verdict judge(const first_message& found);
    [[nodiscard]] bool retried() const noexcept { return retry_.has_value(); }

private:
    struct server_hello;
    [[nodiscard]] flaw parse(std::span<const std::byte> body, server_hello& hello) const;
    [[nodiscard]] flaw judge_version(const server_hello& hello) const;
    [[nodiscard]] flaw judge_choice(const server_hello& hello) const;
    [[nodiscard]] flaw judge_1_2(const server_hello& hello) const;
    [[nodiscard]] flaw judge_1_3(const server_hello& hello);
    [[nodiscard]] flaw judge_share(const server_hello& hello);
    [[nodiscard]] bool offers(std::uint16_t extension) const noexcept;
    [[nodiscard]] bool offers_tls1_3() const noexcept;

    struct retry {
        std::uint16_t suite = 0;
        std::uint16_t group = 0;  // 0: only a cookie was asked for
    };
    client_hello offered_;
    std::optional<retry> retry_;
};

}  // namespace tlseam::seam
