// SPDX-License-Identifier: Apache-2.0
// A plug-in of a program that knows nothing of tlseam: one conversation in memory, both ends on this plug-in's backend.
#include <array>
#include <cstring>
#include <string>

#include <tlseam/tlseam.hpp>

#include "tests/plugins/plugin.hpp"

using namespace tlseam;

namespace {

void move(engine& from, engine& to) {
    or_throw(to.feed(from.output()));
    from.consume_output(from.output().size());
}

std::string converse(const std::string& certs) {
    const auto identity = or_throw(credentials::load_cert_chain(certs + "/server.crt", certs + "/server.key"));
    const auto trust = or_throw(trust_store::load_file(certs + "/root.crt"));
    auto client = or_throw(engine::create(or_throw(context::client({.trust = trust})), {.server_name = "localhost"}));
    auto server = or_throw(engine::create(or_throw(context::server({.credentials = {identity}}))));
    for (int turn = 0; turn < 10; ++turn) {
        const auto done = client.handshake();
        move(client, server);
        const auto accepted = server.handshake();
        move(server, client);
        if (done && accepted) break;
    }
    or_throw(client.write_some(as_bytes("hello")));
    move(client, server);
    std::array<std::byte, 16> buffer;
    const auto count = or_throw(server.read_some(buffer));
    if (count != 5 || std::memcmp(buffer.data(), "hello", 5) != 0) return "other data than was sent";

    auto refused =
        or_throw(engine::create(or_throw(context::client({.trust = trust})), {.server_name = "example.com"}));
    auto again = or_throw(engine::create(or_throw(context::server({.credentials = {identity}}))));
    result<void> verdict;
    for (int turn = 0; turn < 10; ++turn) {
        verdict = refused.handshake();
        move(refused, again);
        (void)again.handshake();
        move(again, refused);
        if (!verdict && verdict.error() != errc::want_read) break;
    }
    if (verdict || verdict.error().certificate() != cert_errc::name_mismatch) return "a wrong name was accepted";
    return backend().name;
}

}  // namespace

extern "C" TLSEAM_PLUGIN void tlseam_plugin_converse(const char* certs, char* answer, std::size_t size) {
    std::string text;
    try {
        text = converse(certs);
    } catch (const std::exception& e) {
        text = e.what();
    }
    std::strncpy(answer, text.c_str(), size - 1);
    answer[size - 1] = '\0';
}
