// SPDX-License-Identifier: Apache-2.0
// Which call is legal when, and what it does then: one table, used by the code, the tests and docs/states.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace tlseam::seam {

enum class state : std::uint8_t {
    fresh,        // nothing was exchanged
    handshaking,  // something was, and the handshake is not complete
    open,         // data flows both ways
    peer_closed,  // the peer's close_notify came
    closing,      // ours went out
    closed,       // both
    failed,       // a fatal error, which every later call gives again
};
inline constexpr std::size_t state_count = 7;

enum class verb : std::uint8_t { handshake, read, write, close, key_update, export_keys };
inline constexpr std::size_t verb_count = 6;

enum class action : std::uint8_t {
    run,              // do it
    handshake_first,  // complete the handshake, then look again
    discard,          // read, but throw the data away until the peer's close_notify
    done,             // success, nothing to do
    end_of_stream,    // 0 bytes: the peer's close_notify came
    closed,           // errc::closed
    misuse,           // errc::misuse
    fail_again,       // the sticky error
};

namespace table {
using row = std::array<action, verb_count>;
using enum action;

// clang-format off
// One row per state; columns:  handshake   read             write            close       key_update  export_keys
inline constexpr std::array<row, state_count> tls1_3 = {{
    /* fresh       */ row{run,        handshake_first, handshake_first, misuse,     misuse,     misuse},
    /* handshaking */ row{run,        handshake_first, handshake_first, misuse,     misuse,     misuse},
    /* open        */ row{done,       run,             run,             run,        run,        run},
    /* peer_closed */ row{done,       end_of_stream,   run,             run,        run,        run},
    /* closing     */ row{done,       run,             closed,          done,       closed,     run},
    /* closed      */ row{done,       end_of_stream,   closed,          done,       closed,     run},
    /* failed      */ row{fail_again, fail_again,      fail_again,      fail_again, fail_again, fail_again},
}};

// TLS 1.2 has no independent halves (RFC 5246 7.2.1): after the peer's close_notify nothing may be written, after ours
// nothing that comes is delivered. It has no key update either: core says unsupported before it looks here.
inline constexpr std::array<row, state_count> tls1_2 = {{
    /* fresh       */ row{run,        handshake_first, handshake_first, misuse,     misuse,     misuse},
    /* handshaking */ row{run,        handshake_first, handshake_first, misuse,     misuse,     misuse},
    /* open        */ row{done,       run,             run,             run,        run,        run},
    /* peer_closed */ row{done,       end_of_stream,   closed,          run,        closed,     run},
    /* closing     */ row{done,       discard,         closed,          done,       closed,     run},
    /* closed      */ row{done,       end_of_stream,   closed,          done,       closed,     run},
    /* failed      */ row{fail_again, fail_again,      fail_again,      fail_again, fail_again, fail_again},
}};
// clang-format on
}  // namespace table

[[nodiscard]] constexpr action decide(state s, verb v, bool independent_halves) noexcept {
    const auto& rows = independent_halves ? table::tls1_3 : table::tls1_2;
    return rows[static_cast<std::size_t>(s)][static_cast<std::size_t>(v)];
}

}  // namespace tlseam::seam
