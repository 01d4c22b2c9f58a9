// SPDX-License-Identifier: Apache-2.0
// Listeners on loopback, and clients that talk to them.
#include "tests/support/service.hpp"

#include "tests/support/expect.hpp"
#include "tests/support/stream_pair.hpp"

using namespace tlseam;

namespace tlseam_test {

listener listening(const contexts& made, std::string_view host) {
    return or_throw(listener::bind(made.server, host, 0));
}

std::uint16_t port_of(const listener& l) { return or_throw(l.local_address()).port; }

result<stream> call(const contexts& made, const listener& l) {
    return stream::connect(made.client, "127.0.0.1", port_of(l), made.names, soon());
}

void expect_service(const contexts& made, listener& l) {
    auto serving = in_background([&] {
        auto peer = or_throw(l.accept(soon()));
        const auto text = read_text(peer);
        EXPECT_TRUE(ok(peer.write_all(as_bytes("served"), soon())));
        return text ? *text : describe(text);
    });
    auto client = call(made, l);
    ASSERT_TRUE(ok(client));
    EXPECT_TRUE(ok(client->write_all(as_bytes("hello"), soon())));
    EXPECT_EQ(read_text(*client).value_or("failed"), "served");
    EXPECT_EQ(serving.get(), "hello");
}

}  // namespace tlseam_test
