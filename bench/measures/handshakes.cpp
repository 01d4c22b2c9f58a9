// SPDX-License-Identifier: Apache-2.0
// Connections that are made, used for a question and an answer of 200 bytes, and closed; and handshakes by themselves.
#include <array>

#include "bench/measures/measures.hpp"

namespace bench {
namespace {

using message = std::array<std::byte, 200>;

void visit(const connection_maker& client, const listening_socket& listening) {
    message text = {};
    const connection_ptr connection = client(listening.connect());
    connection->handshake();
    connection->write(text);
    read_all(*connection, text);
    connection->close();
}

/// One visitor after the other; the one that ends without a word is the last.
void serve(const candidate& of, const listening_socket& listening) {
    for (;;) {
        message text = {};
        const connection_ptr connection = of.server(listening.accept());
        connection->handshake();
        std::size_t received = 0;
        while (received < text.size()) {
            const std::size_t count = connection->read(std::span(text).subspan(received));
            if (count == 0) return;
            received += count;
        }
        connection->write(text);
        connection->close();
    }
}

}  // namespace

void make_connections(benchmark::State& state, const candidate& of, const connection_maker& client) noexcept {
    const listening_socket listening;
    auto server = on_the_other_core([&] { serve(of, listening); });
    visit(client, listening);  // whoever returns has been here before
    forget_counts();
    const double client_before = cpu_seconds_of_this_thread(), server_before = cpu_seconds_of(server.native_handle());
    for (auto _ : state) visit(client, listening);
    const double here = cpu_seconds_of_this_thread() - client_before;
    const double there = cpu_seconds_of(server.native_handle()) - server_before;
    const auto count = static_cast<double>(state.iterations());
    report_counts(state, count);
    state.counters["per_s"] = benchmark::Counter(count, benchmark::Counter::kIsRate);
    state.counters["client_us"] = here * 1e6 / count;
    state.counters["server_us"] = there * 1e6 / count;
    const connection_ptr last = of.client(listening.connect());
    last->handshake();
    last->close();
}

void register_handshakes(const candidate& of) {
    if (of.handshake_in_memory) {
        benchmark::RegisterBenchmark("handshake_in_memory", [&of](benchmark::State& state) {
            for (auto _ : state) of.handshake_in_memory();
        });
    }
    if (of.client) {
        benchmark::RegisterBenchmark("connect", [&of](benchmark::State& state) {
            make_connections(state, of, of.client);
        })->UseRealTime();
    }
    if (of.returning_client) {
        benchmark::RegisterBenchmark("reconnect", [&of](benchmark::State& state) {
            make_connections(state, of, of.returning_client);
        })->UseRealTime();
    }
}

}  // namespace bench
