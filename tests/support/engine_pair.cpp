// SPDX-License-Identifier: Apache-2.0
// Two engines joined in memory, and the loops that drive them.
#include "tests/support/engine_pair.hpp"

#include <algorithm>
#include <stdexcept>

#include "tests/support/expect.hpp"

namespace tlseam_test {
namespace {
// Far above what a handshake in chunks of one byte needs, far below what a person would wait for.
constexpr int max_turns = 200'000;
}  // namespace

bool engine_pair::move() {
    const bool up = to_server.move(client, server);
    const bool down = to_client.move(server, client);
    return up || down;
}

void engine_pair::move_all() {
    for (int turn = 0; turn < max_turns; ++turn) {
        if (!move()) return;
    }
    ADD_FAILURE() << "bytes keep moving after " << max_turns << " turns";
}

engine_pair new_pair(const contexts& from) {
    return {.client = tlseam::or_throw(tlseam::engine::create(from.client, from.names)),
            .server = tlseam::or_throw(tlseam::engine::create(from.server))};
}

engine_pair new_pair(const setup& from) { return new_pair(contexts(from)); }

outcome run_handshake(engine_pair& pair) {
    for (int turn = 0; turn < max_turns; ++turn) {
        outcome seen{.client = pair.client.handshake(), .server = pair.server.handshake()};
        if (failed_for_good(seen.client)) pair.to_server.hang_up();
        if (failed_for_good(seen.server)) pair.to_client.hang_up();
        if (!pair.move()) return seen;
    }
    ADD_FAILURE() << "the handshake is not over after " << max_turns << " turns";
    return {.client = std::unexpected(tlseam::errc::want_read), .server = std::unexpected(tlseam::errc::want_read)};
}

engine_pair open_pair(const contexts& from) {
    auto pair = new_pair(from);
    const auto seen = run_handshake(pair);
    if (!seen.complete()) {
        throw std::runtime_error("no handshake: client " + describe(seen.client) + "; server " + describe(seen.server));
    }
    return pair;
}

engine_pair open_pair(const setup& from) { return open_pair(contexts(from)); }

handshake_size measure_handshake(const contexts& from) {
    auto pair = new_pair(from);
    pair.to_server.dials.chunk = pair.to_client.dials.chunk = 1;
    handshake_size size;
    for (int turn = 0; turn < max_turns; ++turn) {
        if (size.to_client == 0 && pair.client.handshake()) size.to_client = pair.to_client.delivered();
        if (size.to_server == 0 && pair.server.handshake()) size.to_server = pair.to_server.delivered();
        if (!pair.move()) break;
    }
    EXPECT_GT(size.to_client, 0U);
    EXPECT_GT(size.to_server, 0U);
    return size;
}

std::vector<std::byte> carry(engine_pair& pair, tlseam::engine& from, tlseam::engine& to,
                             std::span<const std::byte> data, std::size_t read_size) {
    std::vector<std::byte> received;
    std::vector<std::byte> buffer(read_size);
    std::size_t written = 0;
    const std::size_t limit = max_turns + data.size();
    for (std::size_t turn = 0; turn < limit; ++turn) {
        bool active = false;
        if (written < data.size()) {
            const auto count = from.write_some(data.subspan(written));
            if (count) {
                written += *count;
                active = *count > 0;
            } else if (failed_for_good(count)) {
                ADD_FAILURE() << "write_some: " << describe(count);
                return received;
            }
        }
        active = pair.move() || active;
        while (received.size() < data.size()) {
            const auto count = to.read_some(buffer);
            if (needs_input(count)) break;
            if (!count || *count == 0) {
                ADD_FAILURE() << "read_some after " << received.size()
                              << " bytes: " << (count ? std::string("the end") : describe(count));
                return received;
            }
            received.insert(received.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*count));
            active = true;
        }
        if (received.size() >= data.size() && written == data.size()) return received;
        if (!active) return received;
    }
    ADD_FAILURE() << "data still on its way after " << limit << " turns";
    return received;
}

std::string carry(engine_pair& pair, tlseam::engine& from, tlseam::engine& to, std::string_view text) {
    const auto received = carry(pair, from, to, tlseam::as_bytes(text));
    return {reinterpret_cast<const char*>(received.data()), received.size()};
}

tlseam::result<std::string> read_text(tlseam::engine& from) {
    std::vector<std::byte> buffer(32768);
    const auto count = from.read_some(buffer);
    if (!count) return std::unexpected(count.error());
    return std::string(reinterpret_cast<const char*>(buffer.data()), *count);
}

void close_both(engine_pair& pair) {
    EXPECT_TRUE(ok(pair.client.close_write()));
    EXPECT_TRUE(ok(pair.server.close_write()));
    pair.move_all();
    EXPECT_EQ(read_text(pair.client).value_or("failed"), "");
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "");
}

}  // namespace tlseam_test
