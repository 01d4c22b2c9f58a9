// SPDX-License-Identifier: Apache-2.0
#include "bench/soak/plan.hpp"

#include <algorithm>

namespace soak {
namespace {

// Seeds of one connection that must not give the same numbers.
constexpr std::uint64_t of_plan = 0x70, of_approach = 0xa0;

std::size_t size_from(dice& d) {
    constexpr std::size_t record = 16384, mebibyte = std::size_t{1} << 20;
    switch (d.below(10)) {
        case 0: return 1;
        case 1: return 1 + d.below(16);
        case 2: return record - 1 + d.below(3);
        case 3: return mebibyte + d.below(mebibyte);
        case 4: return 64 * 1024 + d.below(256 * 1024);
        default: return 1 + d.below(40'000);
    }
}

std::size_t piece_from(dice& d) {
    constexpr std::size_t pieces[] = {1, 7, 100, 1000, 4096, 16384, 16385, 65536};
    return pieces[d.below(std::size(pieces))];
}

flow make_flow(dice& d) {
    flow out;
    out.size = size_from(d);
    out.how = static_cast<style>(d.below(4));
    out.write_piece = piece_from(d);
    out.read_piece = piece_from(d);
    // A byte at a time is slow enough for a while.
    constexpr std::size_t most_pieces = 2000;
    out.write_piece = std::max(out.write_piece, out.size / most_pieces + 1);
    constexpr std::size_t most_reads = 20'000;
    out.read_piece = std::max(out.read_piece, out.size / most_reads + 1);
    out.writer_waits = !d.percent(30);
    out.reader_waits = !d.percent(30);
    if (d.percent(20)) out.key_updates = 1 + static_cast<int>(d.below(5));
    out.asks = d.percent(50);
    return out;
}

}  // namespace

std::uint64_t dice::next() noexcept {
    std::uint64_t out = state_ += 0x9e3779b97f4a7c15U;
    out = (out ^ (out >> 30U)) * 0xbf58476d1ce4e5b9U;
    out = (out ^ (out >> 27U)) * 0x94d049bb133111ebU;
    return out ^ (out >> 31U);
}

std::byte byte_stream::next() noexcept {
    if (left_ == 0) {
        word_ = words_.next();
        left_ = sizeof word_;
    }
    const auto out = static_cast<std::byte>(word_ & 0xffU);
    word_ >>= 8U;
    --left_;
    return out;
}

void byte_stream::fill(std::span<std::byte> room) noexcept {
    for (std::byte& each : room) each = next();
}

bool byte_stream::matches(std::span<const std::byte> bytes) noexcept {
    return std::ranges::all_of(bytes, [&](std::byte each) { return each == next(); });
}

plan make_plan(std::uint64_t seed) {
    dice d(seed ^ of_plan);
    plan out;
    const std::size_t count = 1 + d.below(4);
    for (std::size_t i = 0; i < count; ++i) {
        phase& made = out.phases.emplace_back();
        const bool both = d.percent(30), up = d.percent(50);
        if (both || up) made.up = make_flow(d);
        if (both || !up) made.down = make_flow(d);
    }
    out.small_buffers = d.percent(25);
    out.end = static_cast<ending>(d.below(5));
    if (out.end == ending::half) out.after_half = make_flow(d);
    if (out.end == ending::reset || out.end == ending::vanish) {
        phase& last = out.phases.back();
        if (last.up.size != 0) last.down = {};
        out.client_cuts = d.percent(50);
        out.cut_after = d.below(std::max(last.up.size, last.down.size) + 1);
    }
    return out;
}

approach make_approach(std::uint64_t seed) {
    dice d(seed ^ of_approach);
    approach out;
    out.tls1_3 = d.percent(60);
    out.shows_certificate = d.percent(15);
    out.knocks = d.percent(5);
    out.knocks_with_reset = d.percent(50);
    out.said = d.below(1000);
    return out;
}

}  // namespace soak
