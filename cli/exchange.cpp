// SPDX-License-Identifier: Apache-2.0
#include "cli/exchange.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <span>
#include <system_error>
#include <thread>
#include <vector>

#include "cli/descriptors.hpp"

namespace cli {
namespace {

using tlseam::errc;
using tlseam::error;
using tlseam::result;
using tlseam::stream;

error system_error(const char* what, int system_code) {
    return {errc::transport_error,
            {.message = std::string(what) + ": " + std::generic_category().message(system_code),
             .origin = tlseam::error_origin::system,
             .system_code = system_code}};
}

/// The sending direction, which runs in a thread of its own.
struct sender {
    stream& peer;
    bool keep_open;
    std::uint64_t sent = 0;
    bool sent_close = false;
    result<void> input = {};  // what became of standard input

    void run(std::stop_source& both) noexcept {
        try {
            copy(both.get_token());
        } catch (const std::system_error& problem) {
            input = std::unexpected(error(errc::transport_error, {.message = problem.what()}));
        } catch (...) {
            input = std::unexpected(error(errc::out_of_memory));
        }
        if (!input) both.request_stop();
    }

    /// A peer that refuses our data is the receiver's to report: it sees why.
    void copy(const std::stop_token& stop) {
        std::vector<std::byte> buffer(64 * 1024);
        while (wait_readable(STDIN_FILENO, stop)) {
            const ssize_t count = read_bytes(STDIN_FILENO, buffer);
            if (count < 0) {
                input = std::unexpected(system_error("cannot read standard input", errno));
                return;
            }
            if (count == 0) {
                sent_close = !keep_open && peer.close_write({.stop = stop}).has_value();
                return;
            }
            std::size_t taken = 0;
            const auto data = std::span(buffer).first(static_cast<std::size_t>(count));
            const auto written = peer.write_all(data, {.stop = stop}, &taken);
            sent += taken;
            if (!written) return;
        }
    }
};

/// True when standard output is gone.
result<bool> receive(stream& peer, const std::stop_token& stop, std::uint64_t& received) {
    std::array<std::byte, 16384> buffer;
    for (;;) {
        const auto got = peer.read_some(buffer, {.stop = stop});
        if (!got) return std::unexpected(got.error());
        if (*got == 0) return false;
        received += *got;
        if (write_bytes(STDOUT_FILENO, std::span(buffer).first(*got))) continue;
        if (errno == EPIPE) return true;
        return std::unexpected(system_error("cannot write to standard output", errno));
    }
}

}  // namespace

result<void> exchange(stream& peer, bool keep_open, traffic& counted) {
    std::stop_source stop;
    sender sender{.peer = peer, .keep_open = keep_open};
    std::thread sending([&] { sender.run(stop); });
    const auto ended = receive(peer, stop.get_token(), counted.bytes_in);
    stop.request_stop();
    sending.join();
    counted.bytes_out = sender.sent;

    if (!sender.sent_close) (void)peer.close_write(tlseam::within(std::chrono::milliseconds(0)));
    if (!sender.input) return sender.input;
    if (ended) return {};
    const bool peer_left = ended.error() == errc::truncated || ended.error() == errc::connection_reset;
    if (peer_left && sender.sent_close) return {};
    return std::unexpected(ended.error());
}

}  // namespace cli
