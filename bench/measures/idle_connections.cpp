// SPDX-License-Identifier: Apache-2.0
// What the heap holds for connections that nobody uses just now. The ends are in two processes, each of which looks at
// its own heap.
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <stdexcept>
#include <vector>

#include "bench/measures/measures.hpp"

namespace bench {
namespace {

constexpr std::size_t first_ones = 10;  // what is made once per process is made for these
constexpr std::size_t counted_ones = 200;

double heap_bytes() {
    const auto now = ::mallinfo2();
    return static_cast<double>(now.uordblks) + static_cast<double>(now.hblkhd);
}

/// Makes all connections of one end, each with 16 KiB each way, and says what one of the later ones needs.
double bytes_of_each(const connection_maker& make, const std::vector<int>& sockets, bool asks) {
    std::vector<std::byte> data(16384, std::byte{1});
    std::vector<connection_ptr> open;
    open.reserve(sockets.size());
    double before = 0;
    for (const int socket : sockets) {
        if (open.size() == first_ones) before = heap_bytes();
        connection& made = *open.emplace_back(make(socket));
        made.handshake();
        if (asks) made.write(data);
        read_all(made, data);
        if (!asks) made.write(data);
    }
    return (heap_bytes() - before) / static_cast<double>(counted_ones);
}

}  // namespace

void hold_connections(benchmark::State& state, const candidate& of) {
    allow_many_sockets();
    std::vector<int> clients, servers;
    for (std::size_t i = 0; i < first_ones + counted_ones; ++i) {
        const socket_pair pair = unix_pair();
        clients.push_back(pair.client);
        servers.push_back(pair.server);
    }
    std::array<int, 2> answer = {};
    if (::pipe(answer.data()) != 0) throw std::runtime_error("no pipe");
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error("no second process");
    double at_server = 0;
    if (child == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // whoever ends the program ends this one too
        try {
            for (const int socket : clients) ::close(socket);
            at_server = bytes_of_each(of.server, servers, false);
        } catch (const std::exception& problem) {
            give_up(problem.what());
        }
        _exit(::write(answer[1], &at_server, sizeof at_server) == sizeof at_server ? 0 : 1);
    }
    ::close(answer[1]);
    for (const int socket : servers) ::close(socket);
    double at_client = 0;
    for (auto _ : state) at_client = bytes_of_each(of.client, clients, true);
    if (::read(answer[0], &at_server, sizeof at_server) != sizeof at_server) throw std::runtime_error("no answer");
    ::close(answer[0]);
    ::waitpid(child, nullptr, 0);
    state.counters["client_bytes"] = at_client;
    state.counters["server_bytes"] = at_server;
}

void register_idle_connections(const candidate& of) {
    if (!of.client) return;
    benchmark::RegisterBenchmark("idle_connections", [&of](benchmark::State& state) {
        hold_connections(state, of);
    })->Iterations(1);
}

}  // namespace bench
