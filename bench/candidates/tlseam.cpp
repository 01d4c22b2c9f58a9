// SPDX-License-Identifier: Apache-2.0
#include "bench/candidates/tlseam.hpp"

#include <tlseam/tlseam.hpp>

#include <array>
#include <optional>
#include <stdexcept>
#include <utility>

#include "bench/sockets.hpp"

namespace bench {
namespace {

using namespace tlseam;

const connect_options to_server = {.server_name = server_name};

class tlseam_connection final : public connection {
public:
    tlseam_connection(const context& context, const connect_options& names, int socket,
                      std::shared_ptr<returning_visitor> visitor = {})
        : stream_(or_throw(stream::wrap(context, socket, names))), writer_(stream_), visitor_(std::move(visitor)) {}
    void handshake() override {
        or_throw(stream_.handshake());
        if (visitor_) visitor_->came(stream_.info().resumed);
    }
    void write(std::span<const std::byte> data) override { or_throw(stream_.write_all(data)); }
    std::size_t read(std::span<std::byte> room) override { return or_throw(stream_.read_some(room)); }
    void gather(std::span<const std::byte> data) override { or_throw(writer_.write(data)); }
    void flush() override { or_throw(writer_.flush()); }
    void close() override { or_throw(stream_.close_write()); }

private:
    stream stream_;
    stream::writer writer_;
    std::shared_ptr<returning_visitor> visitor_;
};

bool completed(const result<void>& done) {
    if (!done && done.error() != errc::want_read) throw exception(done.error());
    return done.has_value();
}

void carry(engine& from, engine& to) {
    or_throw(to.feed(from.output()));
    from.consume_output(from.output().size());
}

/// has_worked(role) is called whenever an end has had its turn.
template <class HasWorked>
void complete_handshake(engine& client, engine& server, HasWorked&& has_worked) {
    bool client_done = false, server_done = false;
    while (!client_done || !server_done) {
        client_done = completed(client.handshake());
        carry(client, server);
        has_worked(role::client);
        server_done = completed(server.handshake());
        carry(server, client);
        has_worked(role::server);
    }
}

void send_a_byte(engine& from, engine& to) {
    const std::array<std::byte, 1> byte = {};
    (void)or_throw(from.write_some(byte));
    carry(from, to);
}

void read_a_byte(engine& from) {
    std::array<std::byte, 1> byte = {};
    if (or_throw(from.read_some(byte)) != 1) throw std::runtime_error("no byte came");
}

void handshake_in_memory(const context& client_context, const context& server_context) {
    auto client = or_throw(engine::create(client_context, to_server));
    auto server = or_throw(engine::create(server_context));
    complete_handshake(client, server, [](role) {});
    send_a_byte(client, server);
    read_a_byte(server);
}

context client_context(const tlseam_setup& setup, bool returning) {
    const auto trust = or_throw(trust_store::load_file(certificate_file(setup.certificates + "root.crt")));
    return or_throw(context::client({.trust = trust,
                                     .min_version = protocol_version::tls1_3,
                                     .groups = {setup.group},
                                     .resumption = returning,
                                     .cipher_suites = {setup.cipher_suite}}));
}

}  // namespace

tlseam::context tlseam_server_context(const tlseam_setup& setup) {
    const auto chain = certificate_file(setup.certificates + "server.crt");
    const auto identity =
        or_throw(credentials::load_cert_chain(chain, certificate_file(setup.certificates + "server.key")));
    return or_throw(context::server({.credentials = {identity},
                                     .min_version = protocol_version::tls1_3,
                                     .groups = {setup.group},
                                     .cipher_suites = {setup.cipher_suite}}));
}

candidate make_candidate() { return make_tlseam({}); }

candidate make_tlseam(const tlseam_setup& setup) {
    const auto client = client_context(setup, false), returning = client_context(setup, true);
    const auto server = tlseam_server_context(setup);
    return {
        .library = "tlseam on " + backend().name + " " + backend().version,
        .client = [=](int socket) { return std::make_unique<tlseam_connection>(client, to_server, socket); },
        .server = [=](int socket) { return std::make_unique<tlseam_connection>(server, connect_options(), socket); },
        .returning_client =
            [=, visitor = std::make_shared<returning_visitor>()](int socket) {
                return std::make_unique<tlseam_connection>(returning, to_server, socket, visitor);
            },
        .handshake_in_memory = [=] { handshake_in_memory(client, server); },
        .client_context = [] { (void)or_throw(context::client()); },
    };
}

void returning_visitor::came(bool resumed) {
    full_ones_ = resumed ? 0 : full_ones_ + 1;
    if (full_ones_ > 1) throw std::runtime_error("the session was not resumed");
}

tlseam_handshakes::tlseam_handshakes(const tlseam_setup& setup, bool returning)
    : client_(client_context(setup, returning)), server_(tlseam_server_context(setup)), returning_(returning) {}

void tlseam_handshakes::one(handshake_cost& cost) {
    double now = cpu_seconds_of_this_thread();
    const auto has_worked = [&](role who) {
        const double before = std::exchange(now, cpu_seconds_of_this_thread());
        (who == role::client ? cost.client : cost.server) += now - before;
    };
    std::optional client = or_throw(engine::create(client_, to_server));
    has_worked(role::client);
    std::optional server = or_throw(engine::create(server_));
    has_worked(role::server);
    complete_handshake(*client, *server, has_worked);
    send_a_byte(*client, *server);
    has_worked(role::client);
    read_a_byte(*server);
    send_a_byte(*server, *client);
    has_worked(role::server);
    read_a_byte(*client);  // and the ticket before it
    if (returning_) visitor_.came(client->info().resumed);
    client.reset();
    has_worked(role::client);
    server.reset();
    has_worked(role::server);
}

}  // namespace bench
