// SPDX-License-Identifier: Apache-2.0
// Much data in one direction, over TCP, a core for each end.
#include <array>
#include <vector>

#include "bench/measures/measures.hpp"

namespace bench {
namespace {

constexpr std::size_t kibibyte = 1024, mebibyte = 1024 * kibibyte;
constexpr double gigabyte = 1e9;

}  // namespace

void send_much(benchmark::State& state, const candidate& of, std::size_t size, std::size_t batch,
               sending send) noexcept {
    constexpr std::size_t read_size = 256 * kibibyte;
    auto pair = open(of, tcp_pair());
    bool over = false;
    const auto receiver = on_the_other_core([&] {
        std::vector<std::byte> room(read_size);
        std::array<std::byte, 1> done = {};
        std::size_t received = 0;
        while (!over) {
            const std::size_t count = pair.server->read(room);
            if (count == 0) return;
            received += count;
            if (received < batch) continue;
            received -= batch;
            pair.server->write(done);
        }
    });
    std::vector<std::byte> data(size, std::byte{0x5a});
    std::array<std::byte, 1> done = {};
    const auto run_batch = [&] {
        for (std::size_t sent = 0; sent < batch; sent += size) (pair.client.get()->*send)(data);
        pair.client->flush();
        read_all(*pair.client, done);
    };
    run_batch();
    const auto other = const_cast<std::jthread&>(receiver).native_handle();
    forget_counts();
    const double sender_before = cpu_seconds_of_this_thread(), receiver_before = cpu_seconds_of(other);
    for (auto _ : state) run_batch();
    const double sender = cpu_seconds_of_this_thread() - sender_before,
                 at_receiver = cpu_seconds_of(other) - receiver_before;
    const double bytes = static_cast<double>(state.iterations()) * static_cast<double>(batch);
    report_counts(state, bytes / mebibyte);
    state.counters["MB/s"] = benchmark::Counter(bytes / 1e6, benchmark::Counter::kIsRate);
    state.counters["sender_ms_per_GB"] = sender * 1e3 / (bytes / gigabyte);
    state.counters["receiver_ms_per_GB"] = at_receiver * 1e3 / (bytes / gigabyte);
    pair.client->close();
}

namespace {

void add(const char* name, const candidate& of, std::size_t size, std::size_t batch, sending send) noexcept {
    benchmark::RegisterBenchmark(name, [=, &of](benchmark::State& state) {
        send_much(state, of, size, batch, send);
    })->UseRealTime();
}

}  // namespace

void register_data(const candidate& of) {
    if (!of.client) return;
    add("bulk_256K", of, 256 * kibibyte, 16 * mebibyte, &connection::write);
    add("stream_16K", of, 16 * kibibyte, 16 * mebibyte, &connection::gather);
    add("send_16K", of, 16 * kibibyte, 8 * mebibyte, &connection::write);
    add("stream_256B", of, 256, mebibyte, &connection::gather);
}

}  // namespace bench
