// SPDX-License-Identifier: Apache-2.0
// What becomes of a stream whose connection or transport has failed: what the peer still said is read, our alert gets to
// it, and the error says whose it is.
#include <algorithm>
#include <chrono>

#include "core/fail.hpp"
#include "core/pump.hpp"

namespace tlseam::inline v0::detail {

namespace sockets = seam::sockets;
using sockets::wake_reason;

namespace {
/// How long and how much a peer may keep us after a failure, so that it reads our alert before a reset deletes it.
constexpr auto longest_farewell = std::chrono::seconds(1);
constexpr std::size_t largest_farewell = 64 * 1024;
}  // namespace

/// The peer as sentences call it; empty: nobody knows.
const std::string& stream_owner::name_of_peer() {
    if (peer.empty() && peer_address) peer = peer_address->to_string();
    return peer;
}

/// Not every such failure is the connection's, which give_up() gives the peer's name.
error stream_owner::failed_to_send(int system_code) noexcept {
    const errc code = sockets::errc_for(system_code);
    try {
        const std::string& name = name_of_peer();
        const std::string whose = name.empty() ? "" : name + ": ";
        return seam::fail_system(code, system_code, whose + "cannot send to the peer").error();
    } catch (...) {
        return code;
    }
}

/// The peer's alert wins over the reset that it causes: reads what has arrived, keeping plaintext for the reader.
result<void> stream_owner::after_send_failure(sides sides) noexcept {
    std::array<std::byte, seam::max_record> plaintext;
    for (int received = 0; received < receives_between_looks && early_plaintext.size() < receive_size;) {
        const auto got = connection.read_some(plaintext);  // completes the handshake first if need be
        if (got && *got == 0) break;
        if (got) {
            if (!keep_for_reader(std::span(plaintext).first(*got))) break;
            continue;
        }
        if (got.error() != errc::want_read || pull() != pulled::something) break;
        ++received;
    }
    if (connection.failed()) return std::unexpected(*connection.failure());
    if (connection.current_state() == seam::state::handshaking) connection.fail_transport(*send_failure_);
    if (sides.writes || connection.failed()) return std::unexpected(*send_failure_);
    return {};
}

/// Without memory for what has been decrypted, nothing behind it may be read: the reader would not see the gap.
bool stream_owner::keep_for_reader(std::span<const std::byte> plaintext) noexcept {
    if (early_plaintext.append(plaintext)) return true;
    connection.fail_transport(errc::out_of_memory);
    return false;
}

std::unexpected<error> stream_owner::give_up(sides sides, const wait_options& limits,
                                             std::unique_lock<std::mutex>& lock) noexcept {
    if (failure_reported_) return std::unexpected(*connection.failure());
    failure_reported_ = true;
    try {
        if (const std::string& name = name_of_peer(); !name.empty()) connection.name_peer(name);
    } catch (...) {
        // The sentence without the peer's name is still true.
    }
    wake_others();
    const error failure = *connection.failure();
    const bool alert_is_ours = failure.alert() && failure.origin() == error_origin::local;
    sockets::shut_down_sending(socket.get());
    if (alert_is_ours && blocking && !send_failure_) let_peer_read_alert(sides, limits, lock);
    return std::unexpected(failure);
}

/// Closing a socket with unread bytes resets the connection and may destroy our alert on its way: read them first.
void stream_owner::let_peer_read_alert(sides sides, const wait_options& limits,
                                       std::unique_lock<std::mutex>& lock) noexcept {
    std::array<std::byte, 4096> scratch;
    wait_options farewell = limits;
    farewell.deadline = std::min(limits.deadline, std::chrono::steady_clock::now() + longest_farewell);
    const unsigned generation = cancellations_;
    for (std::size_t read = 0; read < largest_farewell && !cancelled_since(generation);) {
        const sockets::transfer got = sockets::receive(socket.get(), scratch);
        if (got.what == sockets::outcome::ended || got.what == sockets::outcome::failed) return;
        read += got.bytes;
        if (got.what == sockets::outcome::moved) continue;
        int problem = 0;
        const wake_reason why = wait(sides, true, false, farewell, lock, problem);
        if (why != wake_reason::ready && why != wake_reason::woken) return;
    }
}

stream_owner::~stream_owner() {
    std::array<std::byte, 4096> scratch;
    for (std::size_t read = 0; socket.get() >= 0 && read < largest_farewell;) {
        const sockets::transfer got = sockets::receive(socket.get(), scratch);
        if (got.what != sockets::outcome::moved) return;
        read += got.bytes;
    }
}

}  // namespace tlseam::inline v0::detail
