// SPDX-License-Identifier: Apache-2.0
// A session in whose envelope something else lies than the library wrote. Whoever can change a program's files can make
// one, with a right checksum: the connection may fail or begin anew, but nothing is read that is not there, and no
// session that was spoiled brings a server in that has shown nothing.
//   input: a byte that chooses the version, then the library's part
#include <algorithm>

#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/setups.hpp"
#include "tests/fuzz/sha256.hpp"

namespace tlseam_fuzz {
namespace {

using namespace tlseam;

struct envelope {
    bytes before;  // up to the length of the library's part
    bytes native;
};

/// As core/session_blob.cpp writes it.
envelope open(bytes session) {
    source in(session);
    const auto text = [&] { (void)in.take(in.number(4)); };
    (void)in.take(8 + 2);
    text(), text();
    (void)in.take(32);
    text(), text();
    (void)in.take(2 + 2 + 3 * 8 + 2);
    for (std::size_t certificates = in.number(2); certificates > 0; --certificates) text();
    text();
    const std::size_t size = in.number(4);
    const std::size_t at = session.size() - in.rest().size() - 4;
    FUZZ_CHECK(in.rest().size() == size + 32);
    return {session.first(at), in.take(size)};
}

buffer close(bytes before, bytes native) {
    buffer body = join(
        {before, make({0, 0, static_cast<unsigned>(native.size() >> 8), static_cast<unsigned>(native.size() & 0xff)}),
         native});
    return join({body, sha256::of(body)});
}

const std::vector<setup>& resuming() {
    static const auto& both = *new std::vector<setup>([] {
        std::vector<setup> out;
        std::ranges::copy_if(setups(), std::back_inserter(out), [](const setup& it) { return !it.session.empty(); });
        return out;
    }());
    return both;
}

void run(bytes input) {
    source in(input);
    setup with = resuming()[in.number() % resuming().size()];
    with.session = close(open(with.session).before, in.rest().first(std::min<std::size_t>(in.rest().size(), 0xffff)));
    const auto parsed = session::parse(with.session);
    FUZZ_CHECK(parsed.has_value() == !in.rest().empty());
    if (!parsed) return;
    engine client = new_client(with), server = new_server(with);
    std::optional<error> failed;
    for (int turn = 0; turn < 6 && !failed; ++turn) {
        const auto done = client.handshake();
        if (!done) check_error(done.error());
        if (!done && done.error() != errc::want_read) failed = done.error();
        FUZZ_CHECK(server.feed(client.output()).has_value());
        client.consume_output(client.output().size());
        const auto answered = server.handshake();
        if (!answered) check_error(answered.error());
        FUZZ_CHECK(client.feed(server.output()).has_value());
        server.consume_output(server.output().size());
    }
    if (failed || client.info().version == protocol_version::none) return;
    FUZZ_CHECK(client.info().peer_verified && !client.info().peer_certificates.empty());
    FUZZ_CHECK(client.info().resumed == server.info().resumed || server.info().version == protocol_version::none);
}

std::vector<buffer> seeds() {
    std::vector<buffer> out;
    for (unsigned i = 0; i < resuming().size(); ++i) {
        const auto whole = open(resuming()[i].session);
        out.push_back(join({make({i}), whole.native}));
        out.push_back(join({make({i}), whole.native.first(whole.native.size() / 2)}));
        out.push_back(make({i, 0x30, 0}));
    }
    return out;
}

const registration here({"native_session", run, seeds});

}  // namespace
}  // namespace tlseam_fuzz
