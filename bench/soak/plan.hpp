// SPDX-License-Identifier: Apache-2.0
// What one connection does, from beginning to end: both ends make the same of a seed, and need not talk about it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace soak {

/// Numbers that follow from a seed (splitmix64).
class dice {
public:
    explicit dice(std::uint64_t seed) noexcept : state_(seed) {}
    [[nodiscard]] std::uint64_t next() noexcept;
    /// From 0, and below the limit, which is not 0.
    [[nodiscard]] std::size_t below(std::size_t limit) noexcept { return static_cast<std::size_t>(next() % limit); }
    [[nodiscard]] bool percent(std::size_t chance) noexcept { return below(100) < chance; }

private:
    std::uint64_t state_;
};

/// The bytes that one end of a connection sends, in their order: a lost, doubled, changed or moved one shows.
class byte_stream {
public:
    explicit byte_stream(std::uint64_t seed) noexcept : words_(seed) {}
    void fill(std::span<std::byte> room) noexcept;
    /// Whether these are the next ones.
    [[nodiscard]] bool matches(std::span<const std::byte> bytes) noexcept;

private:
    [[nodiscard]] std::byte next() noexcept;
    dice words_;
    std::uint64_t word_ = 0;
    unsigned left_ = 0;
};

/// Which call writes.
enum class style : std::uint8_t { whole, records, pieces, writer };

/// Bytes in one direction.
struct flow {
    std::size_t size = 0;  // 0: none
    style how = style::whole;
    std::size_t write_piece = 1;
    std::size_t read_piece = 1;
    bool writer_waits = true;  // in the stream; else it polls. The same for the reader
    bool reader_waits = true;
    int key_updates = 0;  // TLS 1.3
    bool asks = false;    // for the other end's, too
};

/// Both flows at once; what is sent up goes from client to server.
struct phase {
    flow up, down;
};

enum class ending : std::uint8_t {
    both,      // close_notify from both, the client's first
    half,      // the client's, then more data from the server (TLS 1.3), then its close_notify
    shutdown,  // stream::shutdown() at both ends
    reset,     // within the last phase one end resets the connection
    vanish,    // or closes its socket without close_notify
};

struct plan {
    std::vector<phase> phases;
    ending end = ending::both;
    flow after_half;             // with ending::half
    bool client_cuts = false;    // reset, vanish; the last phase has one flow then
    std::size_t cut_after = 0;   // bytes of it
    bool small_buffers = false;  // of the sockets, so that writers wait for readers
};

[[nodiscard]] plan make_plan(std::uint64_t seed);

/// How the client of a seed connects: the server need not know.
struct approach {
    bool tls1_3 = true;
    bool shows_certificate = false;  // to the port that wants one
    bool knocks = false;             // says a piece of a hello, or nothing, and leaves
    bool knocks_with_reset = false;
    std::size_t said = 0;  // per mille of its hello
};
[[nodiscard]] approach make_approach(std::uint64_t seed);

}  // namespace soak
