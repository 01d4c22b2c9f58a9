// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <stdexcept>

#include "bench/measures/measures.hpp"
#include "tests/counts/counted.hpp"

// There when the counting library was loaded before the program.
namespace counts {
[[gnu::weak]] counted take_everywhere() noexcept;
}

namespace bench {

void read_all(connection& from, std::span<std::byte> room) {
    while (!room.empty()) {
        const std::size_t count = from.read(room);
        if (count == 0) throw std::runtime_error("the peer ended the connection early");
        room = room.subspan(count);
    }
}

open_pair open(const candidate& of, socket_pair sockets) {
    std::array<std::byte, 1> byte = {};
    open_pair pair = {.client = of.client(sockets.client), .server = of.server(sockets.server)};
    const auto server = on_the_other_core([&] {
        std::array<std::byte, 1> received = {};
        pair.server->handshake();
        read_all(*pair.server, received);
        pair.server->write(received);
    });
    pair.client->handshake();
    pair.client->write(byte);
    read_all(*pair.client, byte);
    return pair;
}

void forget_counts() {
    if (counts::take_everywhere != nullptr) (void)counts::take_everywhere();
}

void report_counts(benchmark::State& state, double units) {
    if (counts::take_everywhere == nullptr) return;
    const counts::counted seen = counts::take_everywhere();
    state.counters["sends"] = static_cast<double>(seen.sends) / units;
    state.counters["receives"] = static_cast<double>(seen.receives) / units;
    state.counters["waits"] = static_cast<double>(seen.waits) / units;
    state.counters["allocations"] = static_cast<double>(seen.mallocs) / units;
}

}  // namespace bench
