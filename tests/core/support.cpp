// SPDX-License-Identifier: Apache-2.0
#include "tests/core/support.hpp"

#include <cstdlib>
#include <stdexcept>

#include "core/file.hpp"
#include "core/pem.hpp"
#include "tests/places.hpp"

namespace core_test {

using namespace tlseam;

buffer bytes(std::initializer_list<unsigned> values) {
    buffer out;
    for (const unsigned v : values) out.push_back(static_cast<std::byte>(v));
    return out;
}

buffer bytes(std::string_view text) {
    const auto raw = as_bytes(text);
    return {raw.begin(), raw.end()};
}

std::string text(view bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

void append(buffer& out, view more) { out.insert(out.end(), more.begin(), more.end()); }

buffer record(unsigned type, view body) {
    buffer out = bytes({type, 3, 3, static_cast<unsigned>(body.size() >> 8), static_cast<unsigned>(body.size() & 255)});
    append(out, body);
    return out;
}

std::string cert_path(std::string_view name) { return std::string(places::tree) + "/certs/" + std::string(name); }

std::string cert_file(std::string_view name) { return or_throw(seam::read_file(cert_path(name))); }

buffer cert_der(std::string_view name) {
    return or_throw(seam::split_certificates(cert_file(name), std::string(name))).front();
}

credentials identity(std::string_view name) {
    const std::string base = cert_path(name);
    return or_throw(credentials::load_cert_chain(base + ".crt", base + ".key"));
}

pair_settings::pair_settings(protocol_version version) {
    client.trust = or_throw(trust_store::load_file(cert_path("root.crt")));
    client.min_version = client.max_version = version;
    server.credentials = {identity("server")};
    server.min_version = server.max_version = version;
}

engine_pair::engine_pair(const pair_settings& settings)
    : client(or_throw(engine::create(or_throw(context::client(settings.client)), settings.options))),
      server(or_throw(engine::create(or_throw(context::server(settings.server))))) {}

void engine_pair::move_bytes(engine& from, engine& to) {
    or_throw(to.feed(from.output()));
    from.consume_output(from.output().size());
}

result<void> engine_pair::handshake() {
    for (int round = 0; round < 4; ++round) {
        const auto at_client = client.handshake();
        move_bytes(client, server);
        const auto at_server = server.handshake();
        move_bytes(server, client);
        if (!at_client && at_client.error() != errc::want_read) return at_client;
        if (!at_server && at_server.error() != errc::want_read) return at_server;
        if (at_client && at_server) return {};
    }
    return std::unexpected(errc::want_read);
}

void reach_server_hello(engine_pair& pair) {
    if (word(pair.client.handshake()) != "want_read") throw std::runtime_error("the client needs no answer");
    engine_pair::move_bytes(pair.client, pair.server);
    if (word(pair.server.handshake()) != "want_read") throw std::runtime_error("the server refuses");
    const auto output = pair.server.output();
    const auto length = std::to_integer<std::size_t>(output[3]) << 8 | std::to_integer<std::size_t>(output[4]);
    constexpr std::size_t header = 5;
    tlseam::or_throw(pair.client.feed(output.first(header + length)));
}

}  // namespace core_test
