// SPDX-License-Identifier: Apache-2.0
// TLS over something that is no socket: here two pipes, as they could be a serial line or a message queue. One program
// is both ends, with a thread for each.   custom_transport-<backend> [CERTIFICATE [KEY [CA]]]
#include <tlseam/engine.hpp>
#include <tlseam/tlseam.hpp>

#include <unistd.h>

#include <array>
#include <iostream>
#include <thread>

using namespace tlseam;

/// One end of the transport: what the other side put in, and where to put things for it.
struct pipe_end {
    int in, out;

    std::size_t receive(std::span<std::byte> buffer) const {  // 0: the other side has closed
        const ssize_t count = ::read(in, buffer.data(), buffer.size());
        if (count < 0) throw std::system_error(errno, std::generic_category(), "read");
        return static_cast<std::size_t>(count);
    }
    std::size_t send(std::span<const std::byte> bytes) const {
        const ssize_t count = ::write(out, bytes.data(), bytes.size());
        if (count < 0) throw std::system_error(errno, std::generic_category(), "write");
        return static_cast<std::size_t>(count);
    }
};

/// The loop around an engine: call a verb, send what it produced, feed it when it wants to read, and call it again.
template <class Verb>
auto complete(engine& tls, const pipe_end& transport, Verb verb) {
    for (;;) {
        auto done = verb();
        while (!tls.output().empty()) tls.consume_output(transport.send(tls.output()));
        if (done || done.error() != errc::want_read) return or_throw(std::move(done));
        std::array<std::byte, 4096> buffer;
        const std::size_t count = transport.receive(buffer);
        if (count == 0)
            tls.end_of_input();
        else
            or_throw(tls.feed(std::span(buffer).first(count)));
    }
}

void serve(const context& context, const pipe_end& transport) try {
    auto tls = or_throw(engine::create(context));
    std::array<std::byte, 4096> buffer;
    while (const std::size_t count = complete(tls, transport, [&] { return tls.read_some(buffer); })) {
        complete(tls, transport, [&] { return tls.write_some(std::span(buffer).first(count)); });
    }
    complete(tls, transport, [&] { return tls.close_write(); });
} catch (const std::exception& problem) {
    std::cerr << "server: " << problem.what() << '\n';
}

void visit(const context& context, const pipe_end& transport) {
    auto tls = or_throw(engine::create(context, {.server_name = "localhost"}));
    complete(tls, transport, [&] { return tls.handshake(); });
    std::cout << name(tls.info().version) << ", " << tls.info().cipher_suite_name << std::endl;
    complete(tls, transport, [&] { return tls.write_some(as_bytes("through a pipe\n")); });
    std::array<std::byte, 4096> buffer;
    const std::size_t count = complete(tls, transport, [&] { return tls.read_some(buffer); });
    std::cout.write(reinterpret_cast<const char*>(buffer.data()), static_cast<std::streamsize>(count)) << std::flush;
    complete(tls, transport, [&] { return tls.close_write(); });
    while (complete(tls, transport, [&] { return tls.read_some(buffer); }) != 0) {
    }
}

int main(int argc, char** argv) try {
    const auto argument = [&](int n, const char* otherwise) { return n < argc ? argv[n] : otherwise; };
    auto identity = or_throw(credentials::load_cert_chain(argument(1, "server.crt"), argument(2, "server.key")));
    auto trust = or_throw(trust_store::load_file(argument(3, "root.crt")));
    auto server = or_throw(context::server({.credentials = {identity}}));
    auto client = or_throw(context::client({.trust = trust}));

    std::array<int, 2> there, back;
    if (pipe(there.data()) != 0 || pipe(back.data()) != 0)
        throw std::system_error(errno, std::generic_category(), "pipe");
    std::jthread other([&] { serve(server, {.in = there[0], .out = back[1]}); });
    visit(client, {.in = back[0], .out = there[1]});
} catch (const std::exception& problem) {
    std::cerr << problem.what() << '\n';
    return 1;
}
