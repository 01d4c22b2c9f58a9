// SPDX-License-Identifier: Apache-2.0
// Records what both sides say in real handshakes, one file each: fuzz-record-<backend> DIRECTORY. For recorded/, by
// hand.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/setups.hpp"

using namespace tlseam_fuzz;

namespace {

void write(const std::filesystem::path& directory, const char* who, std::size_t setup, const buffer& said) {
    const std::string number = std::to_string(setup);
    const std::string name = std::string(who) + "-" + (setup < 10 ? "0" : "") + number + "-" + tlseam::backend().name;
    std::ofstream(directory / name, std::ios::binary) << text(said);
}

void move(tlseam::engine& from, tlseam::engine& to, buffer& said) {
    said = join({said, from.output()});
    tlseam::or_throw(to.feed(from.output()));
    from.consume_output(from.output().size());
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) return 2;
    for (std::size_t i = 0; i < setups().size(); ++i) {
        const setup& with = setup_of(i);
        if (with.updates_keys) continue;  // its handshake is as the first one's
        auto client = new_client(with), server = new_server(with);
        buffer from_client, from_server;
        for (int turn = 0; turn < 6; ++turn) {
            (void)client.handshake();
            move(client, server, from_client);
            (void)server.handshake();
            move(server, client, from_server);
        }
        tlseam::or_throw(client.handshake());
        tlseam::or_throw(server.handshake());
        write(arguments[1], "client", i, from_client);
        write(arguments[1], "server", i, from_server);
    }
    return 0;
}
