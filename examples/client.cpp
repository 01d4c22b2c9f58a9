// SPDX-License-Identifier: Apache-2.0
// client HOST PORT [CA]: prints what the server says.
#include <array>
#include <iostream>
#include <tlseam/tlseam.hpp>

using namespace tlseam;

int main(int argc, char** argv) try {
    if (argc < 3) return std::cerr << "usage: client HOST PORT [CA]\n", 2;
    client_settings settings;  // verifies the chain, the name and the dates
    if (argc > 3) settings.trust = or_throw(trust_store::load_file(argv[3]));
    auto context = or_throw(context::client(settings));
    auto stream = or_throw(stream::connect(context, argv[1], static_cast<std::uint16_t>(std::stoi(argv[2]))));
    std::cout << name(stream.info().version) << ", " << stream.info().cipher_suite_name << std::endl;
    std::array<char, 4096> buffer;
    while (auto count = or_throw(stream.read_some(std::as_writable_bytes(std::span(buffer))))) {
        std::cout.write(buffer.data(), static_cast<std::streamsize>(count));
    }
    or_throw(stream.shutdown());
} catch (const std::exception& e) {
    return std::cerr << e.what() << "\n", 1;
}
