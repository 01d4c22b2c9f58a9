// SPDX-License-Identifier: Apache-2.0
// server CERT KEY [PORT]: greets one client after the other.
#include <iostream>
#include <tlseam/tlseam.hpp>

using namespace tlseam;

int main(int argc, char** argv) try {
    if (argc < 3) return std::cerr << "usage: server CERT KEY [PORT]\n", 2;
    auto identity = or_throw(credentials::load_cert_chain(argv[1], argv[2]));
    auto context = or_throw(context::server({.credentials = {identity}}));
    auto listener = or_throw(
        listener::bind(context, "localhost", static_cast<std::uint16_t>(argc > 3 ? std::stoi(argv[3]) : 8443)));
    std::cout << "listening on " << or_throw(listener.local_address()).to_string() << std::endl;
    for (;;) {
        auto peer = or_throw(listener.accept());
        auto done = peer.write_all(as_bytes("Hello from tlseam\n"), within(std::chrono::seconds(10)));
        if (done) done = peer.shutdown();
        if (!done) std::cerr << done.error().message() << "\n";
    }
} catch (const std::exception& e) {
    return std::cerr << e.what() << "\n", 1;
}
