// SPDX-License-Identifier: Apache-2.0
// stdin to the peer in one thread, the peer to stdout in another.
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <thread>

#include "cli/commands.hpp"
#include "cli/report.hpp"

namespace cli {
namespace {

using tlseam::errc;
using tlseam::stream;

constexpr std::size_t record = 16384;

tlseam::result<tlseam::context> make_context(const options& o) {
    tlseam::client_settings settings{.alpn = o.alpn,
                                     .min_version = o.min_version,
                                     .max_version = o.max_version,
                                     .insecure_skip_verification = o.insecure};
    if (!o.ca.empty()) {
        auto trust = tlseam::trust_store::load_file(o.ca);
        if (!trust) return std::unexpected(trust.error());
        settings.trust = *trust;
    }
    if (!o.cert.empty()) {
        auto identity = load_credentials(o);
        if (!identity) return std::unexpected(identity.error());
        settings.credentials = {*identity};
    }
    return tlseam::context::client(settings);
}

/// A pipe that becomes readable when a stop is requested: stdin has no other way to end a wait.
class stop_pipe {
public:
    explicit stop_pipe(std::stop_token stop) : on_stop_(std::move(stop), wake{ends_ready()}) {}
    ~stop_pipe() {
        ::close(ends_[0]);
        ::close(ends_[1]);
    }
    stop_pipe(const stop_pipe&) = delete;
    stop_pipe& operator=(const stop_pipe&) = delete;
    [[nodiscard]] int handle() const { return ends_[0]; }

private:
    struct wake {
        int fd;
        void operator()() const noexcept {
            const char byte = 0;
            [[maybe_unused]] const auto written = ::write(fd, &byte, 1);
        }
    };
    int ends_ready() {
        if (::pipe2(ends_, O_CLOEXEC | O_NONBLOCK) != 0)
            throw std::system_error(errno, std::generic_category(), "pipe");
        return ends_[1];
    }
    int ends_[2] = {-1, -1};
    std::stop_callback<wake> on_stop_;
};

/// The next bytes of stdin; 0 at its end or when stopped.
std::size_t read_stdin(std::span<std::byte> buffer, const stop_pipe& stopped) {
    for (;;) {
        pollfd fds[] = {{STDIN_FILENO, POLLIN, 0}, {stopped.handle(), POLLIN, 0}};
        if (::poll(fds, 2, -1) < 0 && errno == EINTR) continue;
        if (fds[1].revents != 0) return 0;
        const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        return count > 0 ? static_cast<std::size_t>(count) : 0;
    }
}

bool write_stdout(std::span<const std::byte> data) {
    while (!data.empty()) {
        const ssize_t count = ::write(STDOUT_FILENO, data.data(), data.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        data = data.subspan(static_cast<std::size_t>(count));
    }
    return true;
}

/// Until stdin ends: then our close_notify, and the reader goes on.
tlseam::result<void> send(stream& server, std::stop_token stop, traffic& bytes) {
    const stop_pipe stopped(stop);
    std::array<std::byte, record> buffer;
    while (const std::size_t count = read_stdin(buffer, stopped)) {
        if (auto written = server.write_all(std::span(buffer).first(count), {.stop = stop}); !written) return written;
        bytes.sent += count;
    }
    if (stop.stop_requested()) return {};
    return server.close_write({.stop = stop});
}

tlseam::result<void> receive(stream& server, std::stop_token stop, traffic& bytes) {
    std::array<std::byte, record> buffer;
    for (;;) {
        const auto count = server.read_some(buffer, {.stop = stop});
        if (!count) return std::unexpected(count.error());
        if (*count == 0) return {};
        bytes.received += *count;
        if (!write_stdout(std::span(buffer).first(*count))) return {};  // nobody reads us any more
    }
}

/// True when the two ends parted as they should, or as is common.
bool is_end(const tlseam::error& e, bool said_goodbye) {
    if (e == errc::cancelled) return true;
    return said_goodbye && (e == errc::truncated || e == errc::connection_reset);
}

}  // namespace

int connect(const options& o, std::stop_token stop) {
    report report(stderr, o.json);
    const std::string peer = tlseam::socket_address{o.address.host, o.address.port}.to_string();
    auto context = make_context(o);
    if (!context) return report.error("", context.error()), exit_code_for(context.error());
    tlseam::connect_options names;
    if (!o.name.empty()) names.server_name = o.name;
    const auto wait = o.timeout ? tlseam::within(*o.timeout, stop) : tlseam::wait_options{.stop = stop};
    auto server = stream::connect(*context, o.address.host, o.address.port, names, wait);
    if (!server) return report.error(peer, server.error()), exit_code_for(server.error());
    report.handshake(peer, server->info());

    traffic bytes;
    std::stop_source end;  // ends both directions
    const std::stop_callback forward(stop, [&end] { end.request_stop(); });
    tlseam::result<void> sent, received;
    bool said_goodbye = false;
    std::thread sender([&] {
        sent = send(*server, end.get_token(), bytes);
        said_goodbye = sent && !end.stop_requested();
    });
    received = receive(*server, end.get_token(), bytes);
    end.request_stop();
    sender.join();

    // What the peer said is the better reason: a failed write is often only its echo.
    for (const auto& ended : {received, sent}) {
        if (ended || is_end(ended.error(), said_goodbye)) continue;
        report.error(peer, ended.error());
        return failed;
    }
    if (received && !server->shutdown(tlseam::within(std::chrono::seconds(1)))) {
        // The peer has said goodbye already; ours is a courtesy.
    }
    report.closed(peer, bytes);
    return done;
}

}  // namespace cli
