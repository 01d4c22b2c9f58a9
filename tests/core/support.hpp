// SPDX-License-Identifier: Apache-2.0
// What the tests of core share: bytes by hand, the files of certs/, two engines joined in memory.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tlseam/tlseam.hpp>

namespace core_test {

using buffer = std::vector<std::byte>;
using view = std::span<const std::byte>;

[[nodiscard]] buffer bytes(std::initializer_list<unsigned> values);
[[nodiscard]] buffer bytes(std::string_view text);
[[nodiscard]] std::string text(view bytes);
void append(buffer& out, view more);
/// A TLS record around body.
[[nodiscard]] buffer record(unsigned type, view body);

/// The path and the contents of a file in certs/.
[[nodiscard]] std::string cert_path(std::string_view name);
[[nodiscard]] std::string cert_file(std::string_view name);
/// The first certificate of a file in certs/ as DER.
[[nodiscard]] buffer cert_der(std::string_view name);
[[nodiscard]] tlseam::credentials identity(std::string_view name);

/// The same small generator everywhere: failures can be repeated.
class generator {
public:
    explicit generator(std::uint32_t seed) : state_(seed) {}
    std::uint32_t operator()() {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 17;
        state_ ^= state_ << 5;
        return state_;
    }
    std::size_t below(std::size_t limit) { return (*this)() % limit; }

private:
    std::uint32_t state_;
};

/// Settings that agree on one version, with certs/server.crt and its root; change them, then make a pair.
struct pair_settings {
    tlseam::client_settings client;
    tlseam::server_settings server;
    tlseam::connect_options options{.server_name = "localhost"};
    explicit pair_settings(tlseam::protocol_version version = tlseam::protocol_version::tls1_3);
};

/// A client's and a server's engine. Bytes move only when asked to.
class engine_pair {
public:
    explicit engine_pair(const pair_settings& settings = pair_settings());
    /// Everything that waits in from's output is fed to to.
    static void move_bytes(tlseam::engine& from, tlseam::engine& to);
    /// Both handshakes, to the end. The first failure is returned with all bytes delivered; want_read when stuck.
    [[nodiscard]] tlseam::result<void> handshake();

    tlseam::engine client;
    tlseam::engine server;
};

/// Until the client has been fed the server's ServerHello, and nothing behind it.
void reach_server_hello(engine_pair& pair);

/// "ok", or the error's name.
template <class T>
[[nodiscard]] std::string word(const tlseam::result<T>& r) {
    return r ? "ok" : tlseam::name(r.error().code());
}

}  // namespace core_test
