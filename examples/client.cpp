// SPDX-License-Identifier: Apache-2.0
// A TLS client: says hello and prints the answer.   client-<backend> [CA [PORT]]
#include <tlseam/tlseam.hpp>

#include <array>
#include <iostream>

using namespace tlseam;

int main(int argc, char** argv) try {
    const auto argument = [&](int n, const char* otherwise) { return n < argc ? argv[n] : otherwise; };
    const auto port = static_cast<std::uint16_t>(std::stoi(argument(2, "8443")));

    auto trust = or_throw(trust_store::load_file(argument(1, "root.crt")));
    auto context = or_throw(context::client({.trust = trust}));
    auto stream = or_throw(stream::connect(context, "localhost", port));
    std::cout << name(stream.info().version) << ", " << stream.info().cipher_suite_name << std::endl;

    or_throw(stream.write_all(as_bytes("hello\n")));
    std::array<char, 6> answer;
    or_throw(stream.read_exactly(std::as_writable_bytes(std::span(answer))));
    std::cout.write(answer.data(), answer.size());
    or_throw(stream.shutdown());
} catch (const std::exception& problem) {
    std::cerr << problem.what() << '\n';
    return 1;
}
