// SPDX-License-Identifier: Apache-2.0
// An echo server without threads or libraries: poll() and thousands of connections.   poll_server-<backend>
// [CERTIFICATE [KEY [PORT]]]
#include <tlseam/tlseam.hpp>

#include <poll.h>
#include <signal.h>

#include <array>
#include <chrono>
#include <iostream>
#include <vector>

using namespace tlseam;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

namespace {

/// One client. Its stream never waits: what it wants to wait for, the loop does for all.
class client {
public:
    explicit client(stream accepted) : stream_(std::move(accepted)) {}

    [[nodiscard]] pollfd wanted() const { return {.fd = stream_.native_handle(), .events = events_, .revents = 0}; }
    [[nodiscard]] bool overdue(steady_clock::time_point now) const { return now > deadline_; }

    /// Goes on as far as it can. False when the connection has ended.
    bool go_on() {
        for (;;) {
            const auto did = unsent_.empty() ? receive() : send();
            if (did) {
                deadline_ = steady_clock::now() + 30s;
                if (ended_) return false;
                continue;
            }
            if (did.error() == errc::want_read)
                events_ = POLLIN;
            else if (did.error() == errc::want_write)
                events_ = POLLOUT;
            else
                return std::cerr << did.error().message() << std::endl, false;
            return true;
        }
    }

private:
    result<void> receive() {
        const auto count = stream_.read_some(buffer());
        if (!count) return std::unexpected(count.error());
        ended_ = *count == 0;
        if (ended_)
            (void)stream_.close_write();
        else
            unsent_ = buffer().first(*count);
        return {};
    }

    result<void> send() {
        const auto count = stream_.write_some(unsent_);
        if (!count) return std::unexpected(count.error());
        unsent_ = unsent_.subspan(*count);
        return {};
    }

    std::span<std::byte> buffer() { return storage_; }

    stream stream_;
    std::vector<std::byte> storage_ = std::vector<std::byte>(4096);
    std::span<const std::byte> unsent_;
    short events_ = POLLIN;
    bool ended_ = false;
    steady_clock::time_point deadline_ = steady_clock::now() + 10s;  // for the handshake
};

volatile sig_atomic_t stopped = 0;

/// Everybody waits in one call: first whoever wants to connect, then the clients.
void serve(listener& listener) {
    const auto doors = listener.native_handles();
    std::vector<client> clients;
    std::vector<pollfd> waits;
    while (stopped == 0) {
        waits.clear();
        for (const int door : doors) waits.push_back({.fd = door, .events = POLLIN, .revents = 0});
        for (const client& each : clients) waits.push_back(each.wanted());
        if (poll(waits.data(), waits.size(), 1000) < 0) continue;  // a signal

        const auto now = steady_clock::now();
        std::vector<client> rest;
        for (std::size_t i = 0; i < clients.size(); ++i) {
            const bool ready = waits[doors.size() + i].revents != 0;
            if (ready ? clients[i].go_on() : !clients[i].overdue(now)) rest.push_back(std::move(clients[i]));
        }
        clients = std::move(rest);

        while (auto accepted = listener.accept(within(0s))) {
            accepted->set_blocking(false);
            client fresh(std::move(*accepted));
            if (fresh.go_on()) clients.push_back(std::move(fresh));
        }
    }
}

}  // namespace

int main(int argc, char** argv) try {
    const auto argument = [&](int n, const char* otherwise) { return n < argc ? argv[n] : otherwise; };
    const auto port = static_cast<std::uint16_t>(std::stoi(argument(3, "8443")));

    auto identity = or_throw(credentials::load_cert_chain(argument(1, "server.crt"), argument(2, "server.key")));
    auto context = or_throw(context::server({.credentials = {identity}}));
    auto listener = or_throw(listener::bind(context, "localhost", port));
    std::cout << "listening on " << or_throw(listener.local_address()).to_string() << std::endl;
    signal(SIGINT, [](int) { stopped = 1; });
    signal(SIGTERM, [](int) { stopped = 1; });
    serve(listener);
} catch (const std::exception& problem) {
    std::cerr << problem.what() << '\n';
    return 1;
}
