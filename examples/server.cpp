// SPDX-License-Identifier: Apache-2.0
// A TLS server: sends one client its own words back.   server-<backend> [CERTIFICATE [KEY [PORT]]]
#include <tlseam/tlseam.hpp>

#include <array>
#include <iostream>

using namespace tlseam;

int main(int argc, char** argv) try {
    const auto argument = [&](int n, const char* otherwise) { return n < argc ? argv[n] : otherwise; };
    const auto port = static_cast<std::uint16_t>(std::stoi(argument(3, "8443")));

    auto identity = or_throw(credentials::load_cert_chain(argument(1, "server.crt"), argument(2, "server.key")));
    auto context = or_throw(context::server({.credentials = {identity}}));
    auto listener = or_throw(listener::bind(context, "localhost", port));
    std::cout << "listening on " << or_throw(listener.local_address()).to_string() << std::endl;

    auto client = or_throw(listener.accept());
    std::array<std::byte, 4096> buffer;
    while (auto count = or_throw(client.read_some(buffer))) {
        or_throw(client.write_all(std::span(buffer).first(count)));
    }
    or_throw(client.shutdown());
} catch (const std::exception& problem) {
    std::cerr << problem.what() << '\n';
    return 1;
}
