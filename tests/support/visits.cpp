// SPDX-License-Identifier: Apache-2.0
#include "tests/support/visits.hpp"

#include "tests/support/expect.hpp"

namespace tlseam_test {

setup resuming(tlseam::protocol_version version) {
    setup s = only(version);
    s.client.resumption = true;
    return s;
}

bool visit::resumed() const {
    EXPECT_EQ(client.resumed, server.resumed);
    return client.resumed;
}

visit visit_once(const contexts& from) {
    auto pair = new_pair(from);
    visit out{.seen = run_handshake(pair), .client = {}, .server = {}};
    out.client = pair.client.info();
    out.server = pair.server.info();
    if (!out.seen.complete()) return out;
    EXPECT_EQ(carry(pair, pair.server, pair.client, "hello"), "hello");
    EXPECT_EQ(carry(pair, pair.client, pair.server, "world"), "world");
    close_both(pair);
    return out;
}

visit visit_once(const contexts& from, const tlseam::session& offered) {
    contexts with = from;
    with.names.session = offered;
    return visit_once(with);
}

std::function<void(const tlseam::session&)> session_list::sink() const {
    return [list = sessions_](const tlseam::session& fresh) { list->push_back(fresh); };
}

tlseam::session copied(const tlseam::session& original) {
    return tlseam::or_throw(tlseam::session::parse(tlseam::or_throw(original.serialize())));
}

}  // namespace tlseam_test
