// SPDX-License-Identifier: Apache-2.0
// Two streams joined by real sockets.
#include "tests/support/stream_pair.hpp"

#include <vector>

#include "tests/support/bytes.hpp"
#include "tests/support/expect.hpp"

namespace tlseam_test {
namespace {

stream_pair opened(stream_pair pair) {
    auto seen = handshake_both(pair);
    tlseam::or_throw(std::move(seen.client));
    tlseam::or_throw(std::move(seen.server));
    return pair;
}

}  // namespace

stream_pair wrap_both(socket_ends ends, const contexts& from) {
    auto client = tlseam::or_throw(tlseam::stream::wrap(from.client, ends.a.get(), from.names));
    ends.a.release();
    auto server = tlseam::or_throw(tlseam::stream::wrap(from.server, ends.b.get()));
    ends.b.release();
    return {.client = std::move(client), .server = std::move(server)};
}

stream_outcome handshake_both(stream_pair& pair) {
    auto server = in_background([&] { return pair.server.handshake(soon()); });
    auto client = pair.client.handshake(soon());
    return {.client = std::move(client), .server = server.get()};
}

stream_pair open_streams(const contexts& from) { return opened(wrap_both(socket_pair(), from)); }
stream_pair open_streams(const setup& from) { return open_streams(contexts(from)); }
stream_pair open_tcp_streams(const contexts& from) { return opened(wrap_both(tcp_pair(), from)); }

tlseam::result<std::string> read_text(tlseam::stream& from) {
    std::vector<std::byte> buffer(32768);
    const auto count = from.read_some(buffer, soon());
    if (!count) return std::unexpected(count.error());
    return to_text(std::span(buffer).first(*count));
}

std::string carry(tlseam::stream& from, tlseam::stream& to, std::string_view text) {
    EXPECT_TRUE(ok(from.write_all(tlseam::as_bytes(text), soon())));
    std::vector<std::byte> received(text.size());
    EXPECT_TRUE(ok(to.read_exactly(received, soon())));
    return to_text(received);
}

}  // namespace tlseam_test
