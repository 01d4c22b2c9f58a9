// SPDX-License-Identifier: Apache-2.0
// One direction of the in-memory transport: carries what one engine puts out to another, with dials for trouble.
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include <tlseam/engine.hpp>

namespace tlseam_test {

inline constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

/// Offsets count the bytes of this direction from the beginning of the connection.
struct dials {
    std::size_t chunk = unlimited;  ///< at most so many bytes are fed at once
    std::size_t quota = unlimited;  ///< takes so many bytes in all from the sender, whose output then stays where it is
    std::size_t stall_at = unlimited;  ///< delivers so many bytes, and no more until this is raised
    std::size_t cut_at = unlimited;    ///< delivers so many bytes, then the end of input
    std::size_t flip_at = unlimited;   ///< one bit of this byte arrives turned over
};

class channel {
public:
    tlseam_test::dials dials = {};

    /// One turn: takes what the sender has, delivers at most one chunk. Says whether anything happened.
    bool move(tlseam::engine& from, tlseam::engine& to);

    /// The sender is gone: after the last byte comes the end of input.
    void hang_up() { hung_up_ = true; }

    /// Every byte taken so far, before any bit was turned over.
    [[nodiscard]] const std::vector<std::byte>& taken() const { return taken_; }
    [[nodiscard]] std::size_t delivered() const { return delivered_; }

private:
    bool take(tlseam::engine& from);
    bool deliver(tlseam::engine& to);

    std::vector<std::byte> taken_;
    std::size_t delivered_ = 0;
    bool hung_up_ = false;
    bool ended_ = false;
};

}  // namespace tlseam_test
