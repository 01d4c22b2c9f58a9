// SPDX-License-Identifier: Apache-2.0
// tlseam, as README.md shows it.
#include <tlseam/tlseam.hpp>

#include <array>
#include <stdexcept>

#include "bench/candidate.hpp"

namespace bench {
namespace {

using namespace tlseam;

const connect_options to_server = {.server_name = server_name};

class tlseam_connection final : public connection {
public:
    /// full_ones, if given: counts handshakes in a row that resumed nothing.
    tlseam_connection(const context& context, const connect_options& names, int socket,
                      std::shared_ptr<int> full_ones = {})
        : stream_(or_throw(stream::wrap(context, socket, names))), writer_(stream_), full_ones_(std::move(full_ones)) {}
    void handshake() override {
        or_throw(stream_.handshake());
        if (!full_ones_) return;
        *full_ones_ = stream_.info().resumed ? 0 : *full_ones_ + 1;
        // The first one, and where a library wants a full one now and then.
        if (*full_ones_ > 1) throw std::runtime_error("the session was not resumed");
    }
    void write(std::span<const std::byte> data) override { or_throw(stream_.write_all(data)); }
    std::size_t read(std::span<std::byte> room) override { return or_throw(stream_.read_some(room)); }
    void gather(std::span<const std::byte> data) override { or_throw(writer_.write(data)); }
    void flush() override { or_throw(writer_.flush()); }
    void close() override { or_throw(stream_.close_write()); }

private:
    stream stream_;
    stream::writer writer_;
    std::shared_ptr<int> full_ones_;
};

/// Both ends of a handshake, whose bytes are carried by hand.
class memory_pair {
public:
    memory_pair(const context& client, const context& server)
        : client_(or_throw(engine::create(client, to_server))), server_(or_throw(engine::create(server))) {}
    void handshake_and_one_byte() {
        bool client_done = false, server_done = false;
        while (!client_done || !server_done) {
            client_done = completed(client_.handshake());
            carry(client_, server_);
            server_done = completed(server_.handshake());
            carry(server_, client_);
        }
        std::array<std::byte, 1> byte = {};
        (void)or_throw(client_.write_some(byte));
        carry(client_, server_);
        if (or_throw(server_.read_some(byte)) != 1) throw std::runtime_error("no byte came");
    }

private:
    static bool completed(const result<void>& done) {
        if (!done && done.error() != errc::want_read) throw exception(done.error());
        return done.has_value();
    }
    static void carry(engine& from, engine& to) {
        or_throw(to.feed(from.output()));
        from.consume_output(from.output().size());
    }
    engine client_, server_;
};

context client_without_resumption(const trust_store& trust) {
    return or_throw(context::client({.trust = trust,
                                     .min_version = protocol_version::tls1_3,
                                     .groups = {"x25519"},
                                     .resumption = false,
                                     .cipher_suites = {"TLS_AES_128_GCM_SHA256"}}));
}

context client_with_resumption(const trust_store& trust) {
    return or_throw(context::client({.trust = trust,
                                     .min_version = protocol_version::tls1_3,
                                     .groups = {"x25519"},
                                     .cipher_suites = {"TLS_AES_128_GCM_SHA256"}}));
}

context server_context() {
    const auto identity =
        or_throw(credentials::load_cert_chain(certificate_file("server.crt"), certificate_file("server.key")));
    return or_throw(context::server({.credentials = {identity},
                                     .min_version = protocol_version::tls1_3,
                                     .groups = {"x25519"},
                                     .cipher_suites = {"TLS_AES_128_GCM_SHA256"}}));
}

}  // namespace

candidate make_candidate() {
    const auto trust = or_throw(trust_store::load_file(certificate_file("root.crt")));
    const auto client = client_without_resumption(trust), returning = client_with_resumption(trust);
    const auto server = server_context();
    return {
        .library = "tlseam on " + backend().name + " " + backend().version,
        .client = [=](int socket) { return std::make_unique<tlseam_connection>(client, to_server, socket); },
        .server = [=](int socket) { return std::make_unique<tlseam_connection>(server, connect_options(), socket); },
        .returning_client =
            [=, full_ones = std::make_shared<int>(0)](int socket) {
                return std::make_unique<tlseam_connection>(returning, to_server, socket, full_ones);
            },
        .handshake_in_memory = [=] { memory_pair(client, server).handshake_and_one_byte(); },
        .client_context = [] { (void)or_throw(context::client()); },
    };
}

}  // namespace bench
