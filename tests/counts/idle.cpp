// SPDX-License-Identifier: Apache-2.0
// What a connection holds of the heap while nobody uses it: what the library needs, and no buffer.
#include "tests/counts/idle.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <vector>

#include "tests/support/bytes.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"
#include "tests/support/visits.hpp"

namespace counts {

using namespace tlseam;
using namespace tlseam_test;

namespace {

void exchange(ends& pair, std::span<const std::byte> data, std::span<std::byte> room) {
    EXPECT_TRUE(ok(pair.client->write_all(data, soon())));
    EXPECT_TRUE(ok(pair.server->read_exactly(room, soon())));
    EXPECT_TRUE(ok(pair.server->write_all(data, soon())));
    EXPECT_TRUE(ok(pair.client->read_exactly(room, soon())));
}

std::ptrdiff_t now() { return static_cast<std::ptrdiff_t>(heap_in_use()); }

}  // namespace

ends connected(const contexts& made) {
    auto pair = wrap_both(socket_pair(), made);
    pair.client.set_blocking(false);
    pair.server.set_blocking(false);
    result<void> client, server;
    for (int turn = 0; turn < 20 && (turn == 0 || !client || !server); ++turn) {
        client = pair.client.handshake();
        server = pair.server.handshake();
    }
    EXPECT_TRUE(ok(client));
    EXPECT_TRUE(ok(server));
    return {std::move(pair.client), std::move(pair.server)};
}

idle_heap measure_idle(const setup& from) {
    constexpr std::ptrdiff_t count = 50;
    constexpr std::size_t size = 16384;
    const contexts made(from);
    const auto data = pattern(size);
    std::vector<std::byte> room(size);
    std::vector<ends> pairs;
    pairs.reserve(count);
    for (int i = 0; i < 10; ++i) {  // fill the thread's pool, and the client's cache
        auto first = connected(made);
        exchange(first, data, room);
    }
    const std::ptrdiff_t before = now();
    for (std::ptrdiff_t i = 0; i < count; ++i) pairs.push_back(connected(made));
    const std::ptrdiff_t shaken = now();
    for (ends& each : pairs) exchange(each, data, room);
    const std::ptrdiff_t idle = now();
    for (ends& each : pairs) each.client.reset();
    const std::ptrdiff_t without_clients = now();
    for (ends& each : pairs) each.server.reset();
    return {.growth = (idle - shaken) / count,
            .client = (idle - without_clients) / count,
            .server = (without_clients - now()) / count,
            .left = now() - before};
}

namespace {

class idle_connections : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, idle_connections, both_versions(), version_name());

TEST_P(idle_connections, hold_no_buffers) {
    for (const setup& from : {only(version()), resuming(version())}) {
        const idle_heap held = measure_idle(from);
        std::printf("%s: %td for a client, %td for a server, %td of both since the handshake\n",
                    short_name(version()).c_str(), held.client, held.server, held.growth);
        // The client's ticket. In TLS 1.2, one library keeps, at each end, twice what the largest record needs.
        EXPECT_LE(held.growth, is_tls1_3() ? 512 : 96 * 1024);
        // TLS 1.3, one version of a library keeps the keys of its hybrid group; the others need 26 KiB and 15 KiB.
        EXPECT_LE(held.client, is_tls1_3() ? 42 * 1024 : 96 * 1024);
        EXPECT_LE(held.server, is_tls1_3() ? 30 * 1024 : 80 * 1024);
    }
}

TEST_P(idle_connections, leave_nothing_behind) { EXPECT_EQ(measure_idle(only(version())).left, 0); }

}  // namespace
}  // namespace counts
