// SPDX-License-Identifier: Apache-2.0
// Stands between a TLS client and a TLS server, passes every byte on unchanged, and writes down what passed: neither
// of them has to tell.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "cli/front/tcp.hpp"

namespace cli::front {

enum class sender : std::uint8_t { client, server };

/// One TLS record (RFC 8446 5.1), as soon as its last byte was here.
struct passed_record {
    sender from;
    std::uint8_t type;
    std::size_t body;   ///< its length without the header
    std::size_t total;  ///< bytes from this side, up to its end
    std::chrono::steady_clock::time_point at;
};

struct recording {
    std::string client_start, server_start;  ///< the first bytes of each, as many as the first messages may have
    std::size_t client_bytes = 0, server_bytes = 0;
    std::vector<passed_record> records;                       ///< in order; those of the handshake at least
    std::chrono::steady_clock::time_point started, answered;  ///< the first byte of client and server; 0 if none came
};

/// Passes bytes in a thread of its own, from the start to the end of both or finish().
class relay {
public:
    /// Gives the two ends, in the relay's thread; it may wait, with the token that finish() stops. What it throws ends
    /// the relay.
    struct ends {
        owned_fd client, server;
    };
    using find_ends = std::move_only_function<ends(const std::stop_token&)>;

    explicit relay(find_ends find);
    ~relay();
    relay(const relay&) = delete;
    relay& operator=(const relay&) = delete;

    /// The handshake is over: each side may say a last word, then both are told that the other has ended, so that a
    /// pair of whom neither would leave does not stay for ever.
    void handshake_is_over() noexcept;

    /// The program at one side has ended. Waits for what is under way, as after handshake_is_over(), and gives what was
    /// seen. Once.
    [[nodiscard]] recording finish(sender gone);

private:
    void run(find_ends& find, const std::stop_token& stop);
    void pass(ends& both, const std::stop_token& stop);

    wake_up wake_;
    std::atomic<bool> passing_ = false, over_ = false, client_gone_ = false;
    recording seen_;
    std::jthread thread_;  // the last: it uses the others
};

}  // namespace cli::front
