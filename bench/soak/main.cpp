// SPDX-License-Identifier: Apache-2.0
// bench-soak-<backend> server CERTS
// bench-soak-<backend> client CERTS PORT PORT_WITH_CLIENT_CERTIFICATES
// One end of very many connections, which `run` joins to another one. roles.hpp has what they say to each other.
#include <cstdio>
#include <exception>
#include <string>

#include "bench/soak/roles.hpp"
#include "bench/sockets.hpp"

int main(int argc, char** argv) try {
    const std::string role = argc > 1 ? argv[1] : "";
    const auto port = [&](int at) { return static_cast<std::uint16_t>(std::stoul(argv[at])); };
    bench::allow_many_sockets();
    if (role == "server" && argc == 3)
        soak::serve(argv[2]);
    else if (role == "client" && argc == 5)
        soak::call(argv[2], {port(3), port(4)});
    else
        return std::fprintf(stderr, "usage: %s server CERTS | client CERTS PORT PORT   (started by bench/soak/run)\n",
                            argv[0]),
               2;
} catch (const std::exception& problem) {
    std::fprintf(stderr, "%s: %s\n", argv[0], problem.what());
    return 1;
}
