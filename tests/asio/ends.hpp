// SPDX-License-Identifier: Apache-2.0
// Two TLS streams over connected sockets, driven by one thread, a handler at a time.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/asio/library.hpp"
#include "tests/support/settings.hpp"
#include "tests/support/sockets.hpp"

namespace tlseam_test {
inline namespace ASIO_FLAVOUR {

using local_socket = net::local::stream_protocol::socket;
using local_stream = tls_over<local_socket>;

/// How an operation ended, once it has; also its handler.
struct outcome {
    std::optional<net_error> ec;
    std::size_t count = 0;
    [[nodiscard]] bool done() const { return ec.has_value(); }
    [[nodiscard]] bool good() const { return ec && !*ec; }

    [[nodiscard]] auto handler() {
        return [this](net_error e, std::size_t n = 0) {
            EXPECT_FALSE(done()) << "completed twice";
            ec = e;
            count = n;
        };
    }
};

/// The same context both ways of running: until something holds, or until there is nothing left to do.
class driver {
public:
    net::io_context io;

    /// Runs handlers until it holds; false if that takes too long, or nothing is left to run.
    [[nodiscard]] bool until(const std::function<bool()>& holds) {
        while (!holds()) {
            io.restart();
            if (io.run_one_for(patience) == 0) return false;
        }
        return true;
    }
    [[nodiscard]] bool until(const outcome& one) {
        return until([&] { return one.done(); });
    }
    [[nodiscard]] bool until(const outcome& one, const outcome& other) {
        return until([&] { return one.done() && other.done(); });
    }
};

/// Both ends of a connection over a Unix socket pair.
class ends : public driver {
public:
    explicit ends(const contexts& from = contexts())
        : below_(*this),
          client(std::move(below_.a), from.client, from.names),
          server(std::move(below_.b), from.server) {}

    /// True when both handshakes are complete.
    [[nodiscard]] bool shake_hands() {
        outcome a, b;
        client.async_handshake(a.handler());
        server.async_handshake(b.handler());
        return until(a, b) && a.good() && b.good();
    }

private:
    struct sockets {
        explicit sockets(driver& on) : a(on.io), b(on.io) { net::local::connect_pair(a, b); }
        local_socket a, b;
    };
    sockets below_;

public:
    local_stream client, server;
};

[[nodiscard]] inline net::const_buffer view(std::span<const std::byte> bytes) { return {bytes.data(), bytes.size()}; }
[[nodiscard]] inline net::mutable_buffer view(std::span<std::byte> bytes) { return {bytes.data(), bytes.size()}; }

}  // namespace ASIO_FLAVOUR
}  // namespace tlseam_test
