// SPDX-License-Identifier: Apache-2.0
#include <tlseam/stream.hpp>

#include <algorithm>
#include <array>
#include <chrono>

#include "core/fail.hpp"
#include "core/pump.hpp"

namespace tlseam::inline v0 {
namespace {

using detail::both;
using detail::sending;
using detail::stream_owner;
using detail::writing;
namespace sockets = seam::sockets;

constexpr auto longest_shutdown = std::chrono::seconds(5);
constexpr std::size_t most_before_answer = 64 * 1024;

result<std::unique_ptr<stream_owner>> make(const context& context, int fd, const connect_options& options,
                                           std::string_view host) {
    auto owner = stream_owner::make(context, -1);
    if (auto named = owner->connection.set_names(options, host); !named) return std::unexpected(named.error());
    if (auto address = sockets::peer_address(fd)) owner->peer_address = std::move(*address);
    sockets::disable_nagle(fd);
    owner->socket = sockets::owned(fd);  // last: on failure the caller keeps it
    return owner;
}

}  // namespace

std::string socket_address::to_string() const {
    if (port == 0) return host;
    return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(port);
}

stream::stream(std::unique_ptr<detail::stream_owner> owner) noexcept : owner_(std::move(owner)) {}
stream::~stream() = default;
stream::stream(stream&&) noexcept = default;
stream& stream::operator=(stream&&) noexcept = default;

result<stream> stream::connect(const context& context, std::string_view host, std::uint16_t port,
                               const connect_options& options, const wait_options& wait) noexcept {
    return seam::guarded([&]() -> result<stream> {
        if (context.role() != role::client) return seam::fail(errc::misuse, "connect() with a server's context");
        if (port == 0) return seam::fail(errc::invalid_argument, "connect(): port 0");
        if (auto name = seam::parse_peer_name(host); !name) return std::unexpected(name.error());
        auto connected = sockets::connect(std::string(host), port, wait);
        if (!connected) return std::unexpected(connected.error());
        auto owner = make(context, connected->get(), options, host);
        if (!owner) return std::unexpected(owner.error());
        (void)connected->release();
        (*owner)->peer = socket_address{std::string(host), port}.to_string();
        (*owner)->connection.set_target((*owner)->peer);
        stream out(std::move(*owner));
        if (auto done = out.handshake(wait); !done) return std::unexpected(done.error());
        return out;
    });
}

result<stream> stream::wrap(const context& context, int socket, const connect_options& options,
                            std::span<const std::byte> already_read) noexcept {
    return seam::guarded([&]() -> result<stream> {
        if (!sockets::is_stream_socket(socket)) {
            return seam::fail(errc::invalid_argument,
                              "descriptor " + std::to_string(socket) + " is not a stream socket");
        }
        auto owner = make(context, socket, options, {});
        if (!owner) return std::unexpected(owner.error());
        if (!(*owner)->connection.ciphertext().in().append(already_read)) {
            (void)(*owner)->socket.release();
            return std::unexpected(errc::out_of_memory);
        }
        return stream(std::move(*owner));
    });
}

result<void> stream::handshake(const wait_options& wait) noexcept {
    return owner_->pump(both, sending::all, wait, [&] { return owner_->connection.handshake(); });
}

result<void> stream::close_write(const wait_options& wait) noexcept {
    return owner_->pump(writing, sending::all, wait, [&] { return owner_->connection.close_write(); });
}

result<void> stream::shutdown(const wait_options& wait) noexcept {
    wait_options limits = wait;
    limits.deadline = std::min(wait.deadline, std::chrono::steady_clock::now() + longest_shutdown);
    std::array<std::byte, 4096> scratch;
    bool sent = false;
    const auto done = owner_->pump(both, sending::all, limits, [&]() -> result<void> {
        if (auto closed = owner_->connection.close_write(); !closed) return closed;
        sent = true;
        owner_->early_plaintext.consume(owner_->early_plaintext.size());
        for (;;) {
            const auto got = owner_->connection.read_some(scratch);
            if (!got) return std::unexpected(got.error());
            if (*got == 0) return {};
        }
    });
    if (done || !sent) return done;
    const bool peer_left = done.error() == errc::truncated || done.error() == errc::connection_reset;
    if (peer_left) return {};
    return done;
}

result<unwrapped> stream::unwrap(const wait_options& wait) noexcept {
    return seam::guarded([&]() -> result<unwrapped> {
        std::array<std::byte, seam::max_record> data;
        // True at the peer's close_notify; data is kept for read_some().
        const auto at_end = [&]() -> result<bool> {
            if (owner_->early_plaintext.empty()) {
                const auto got = owner_->connection.read_some(data);
                if (!got) return std::unexpected(got.error());
                if (*got == 0) return true;
                if (!owner_->keep_for_reader(std::span(data).first(*got))) {
                    return std::unexpected(errc::out_of_memory);
                }
            }
            return seam::fail(errc::misuse, "unwrap() with data of the peer unread");
        };
        const auto done = owner_->pump(both, sending::all, wait, [&]() -> result<void> {
            if (!owner_->connection.sent_close()) {
                // TLS 1.2 throws away what is read after our close_notify: look before.
                const bool shaken = owner_->connection.info().version != protocol_version::none;
                if (shaken) owner_->receive_now();
                if (auto ended = shaken ? at_end() : result<bool>(false); !ended && ended.error() != errc::want_read) {
                    return std::unexpected(ended.error());
                }
                if (auto closed = owner_->connection.close_write(); !closed) return closed;
            }
            const auto ended = at_end();
            return ended ? result<void>() : std::unexpected(ended.error());
        });
        if (!done) return std::unexpected(done.error());
        const auto rest = owner_->connection.ciphertext().in().bytes();
        unwrapped out{.socket = -1, .unread = {rest.begin(), rest.end()}};
        out.socket = owner_->socket.release();
        owner_.reset();
        return out;
    });
}

result<void> stream::key_update(bool ask_peer, const wait_options& wait) noexcept {
    bool updated = false;
    auto done = owner_->pump(writing, sending::all, wait, [&]() -> result<void> {
        if (updated) return {};
        auto made = owner_->connection.key_update(ask_peer);
        updated = made.has_value();
        return made;
    });
    // As with data: what was taken goes out with this call or a later one. Called again, it would be a second update.
    if (!done && updated && detail::is_pause(done.error())) return {};
    return done;
}

result<void> stream::request_certificate(client_auth how, const wait_options& wait) noexcept {
    std::array<std::byte, seam::max_record> data;
    bool asked = false;
    return owner_->pump(both, sending::all, wait, [&]() -> result<void> {
        auto& connection = owner_->connection;
        asked = asked || connection.certificate_requested();
        for (bool dry = false;;) {
            if (!asked) {
                // want_read: some libraries must have read something first, and that may be here.
                auto sent = connection.request_certificate(how);
                asked = sent.has_value();
                if (!asked && (sent.error() != errc::want_read || dry)) return sent;
            }
            if (asked && !connection.certificate_requested()) return {};
            if (owner_->early_plaintext.size() > most_before_answer) {
                return seam::fail(errc::too_large, "more than 64 KiB of data came before the client's certificate");
            }
            const auto got = connection.read_some(data);
            const bool answered = asked && !connection.certificate_requested();
            if (!got) {
                if (got.error() != errc::want_read || (asked && !answered)) return std::unexpected(got.error());
                dry = true;
                continue;
            }
            if (*got == 0 && !answered) {
                return seam::fail(errc::closed, "the client closed the connection without an answer");
            }
            if (!owner_->keep_for_reader(std::span(data).first(*got))) return std::unexpected(errc::out_of_memory);
        }
    });
}

bool stream::certificate_requested() const noexcept {
    const std::scoped_lock lock(owner_->mutex);
    return owner_->connection.certificate_requested();
}

result<void> stream::answer_hello(const hello_answer& answer) noexcept {
    return seam::guarded([&] {
        const std::scoped_lock lock(owner_->mutex);
        return owner_->connection.answer_hello(answer);
    });
}

result<void> stream::export_keying_material(std::span<std::byte> out, std::string_view label,
                                            std::optional<std::span<const std::byte>> context) noexcept {
    const std::scoped_lock lock(owner_->mutex);
    return owner_->connection.export_keying_material(out, label, context);
}

result<std::vector<std::byte>> stream::channel_binding(channel_binding_type type) noexcept {
    const std::scoped_lock lock(owner_->mutex);
    return owner_->connection.channel_binding(type);
}

void stream::cancel() noexcept { owner_->cancel(); }

void stream::set_blocking(bool blocking) noexcept {
    const std::scoped_lock lock(owner_->mutex);
    owner_->blocking = blocking;
}

std::size_t stream::pending() const noexcept {
    const std::scoped_lock lock(owner_->mutex);
    return owner_->early_plaintext.size() + owner_->connection.pending();
}

const connection_info& stream::info() const noexcept { return owner_->connection.info(); }

int stream::native_handle() const noexcept { return owner_->socket.get(); }

result<socket_address> stream::local_address() const noexcept {
    return seam::guarded([&] { return sockets::local_address(owner_->socket.get()); });
}

result<socket_address> stream::peer_address() const noexcept {
    return seam::guarded([&]() -> result<socket_address> {
        if (owner_->peer_address) return *owner_->peer_address;
        return sockets::peer_address(owner_->socket.get());
    });
}

}  // namespace tlseam::inline v0
