// SPDX-License-Identifier: Apache-2.0
// bench-scale-<backend> idle [COUNT]: bytes of heap per idle connection, at a server with that many of them.
// bench-scale-<backend> storm [COUNT]: that many connections at once, every second of them silent.
// Prints one JSON object.
#include <malloc.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

#include "bench/certs_dir.hpp"
#include "bench/scale/event_loop.hpp"
#include "bench/scale/load.hpp"
#include "bench/sockets.hpp"

namespace {

using scale::event_loop;
using scale::line;
using tlseam::or_throw;

constexpr auto handshake_limit = std::chrono::seconds(10);
const std::string certs = TLSEAM_CERTS_DIR;

double heap_bytes() {
    const auto now = ::mallinfo2();
    return static_cast<double>(now.uordblks) + static_cast<double>(now.hblkhd);
}

tlseam::context server_context() {
    auto identity = or_throw(tlseam::credentials::load_cert_chain(certs + "/server.crt", certs + "/server.key"));
    return or_throw(tlseam::context::server({.credentials = {identity}}));
}

tlseam::context client_context() {
    return or_throw(tlseam::context::client({.trust = or_throw(tlseam::trust_store::load_file(certs + "/root.crt"))}));
}

/// Both processes: the load in a child, which gets the port and a line; then what is printed.
template <class Load, class Serve>
void run(Load load, Serve serve) {
    auto listener = or_throw(tlseam::listener::bind(server_context(), "127.0.0.1", 0, {.backlog = 4096}));
    const std::uint16_t port = or_throw(listener.local_address()).port;
    std::array<int, 2> ends = {};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw std::runtime_error("no socket pair");
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error("no second process");
    if (child == 0) {
        ::close(ends[0]);
        try {
            load(port, line(ends[1]));
            _exit(0);
        } catch (const std::exception& problem) {
            std::fprintf(stderr, "clients: %s\n", problem.what());
            _exit(1);
        }
    }
    ::close(ends[1]);
    event_loop loop(listener, handshake_limit);
    serve(loop, line(ends[0]));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (status != 0) throw std::runtime_error("the clients failed");
}

void idle(std::size_t count) {
    run([&](std::uint16_t port, const line& server) { scale::hold_connections(client_context(), port, count, server); },
        [&](event_loop& loop, const line& clients) {
            const double before = heap_bytes();
            const auto each = [&] { return (heap_bytes() - before) / static_cast<double>(count); };
            loop.run_until_readable(clients.fd());
            clients.await();
            const double after_handshake = each();
            clients.say();
            loop.run_until_readable(clients.fd());
            clients.await();
            const double after_traffic = each();
            const std::size_t held = loop.connections();
            clients.say();
            std::printf(
                "{\"measure\":\"idle\",\"backend\":\"%s\",\"connections\":%zu,\"bytes_after_handshake\":%.0f,"
                "\"bytes_after_traffic\":%.0f}\n",
                tlseam::backend().name.c_str(), held, after_handshake, after_traffic);
        });
}

void storm(std::size_t count) {
    run(
        [&](std::uint16_t port, const line& server) {
            const auto context = client_context();
            (void)scale::make_storm(context, port, 20);  // what is made once is made
            server.say();
            server.await();
            const auto out = scale::make_storm(context, port, count);
            std::printf(
                "{\"measure\":\"storm\",\"backend\":\"%s\",\"answered\":%zu,\"failed\":%zu,\"seconds\":%.2f,"
                "\"silent_dropped\":%zu,\"seconds_until_dropped\":%.2f}\n",
                tlseam::backend().name.c_str(), out.answered, out.failed, out.seconds, out.dropped,
                out.seconds_until_dropped);
            std::fflush(stdout);
            server.say();
        },
        [&](event_loop& loop, const line& clients) {
            loop.run_until_readable(clients.fd());
            clients.await();
            const double before = heap_bytes();
            clients.say();
            loop.run_until_readable(clients.fd());
            std::printf(
                "{\"measure\":\"storm_server\",\"backend\":\"%s\",\"accepted\":%zu,\"handshakes\":%zu,"
                "\"overdue\":%zu,\"connections_left\":%zu,\"heap_growth_bytes\":%.0f}\n",
                tlseam::backend().name.c_str(), loop.accepted, loop.served, loop.overdue, loop.connections(),
                heap_bytes() - before);
        });
}

}  // namespace

int main(int argc, char** argv) try {
    const std::string what = argc > 1 ? argv[1] : "";
    const auto count = [&](std::size_t otherwise) { return argc > 2 ? std::stoul(argv[2]) : otherwise; };
    bench::allow_many_sockets();
    if (what == "idle")
        idle(count(10'000));
    else if (what == "storm")
        storm(count(5'000));
    else
        return std::fprintf(stderr, "usage: %s idle | storm [COUNT]\n", argv[0]), 2;
} catch (const std::exception& problem) {
    std::fprintf(stderr, "%s: %s\n", argv[0], problem.what());
    return 1;
}
