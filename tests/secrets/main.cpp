// SPDX-License-Identifier: Apache-2.0
// secrets-<backend> [backends/<backend>/leftovers.txt]
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include <gtest/gtest.h>

#include "tests/secrets/look.hpp"

int main(int argc, char** argv) {
    // A function that is bound when it is first called is bound by code that puts every register on the stack, whatever
    // a copy has left in them: of no use to the question whose stack it was.
    if (std::getenv("LD_BIND_NOW") == nullptr) {
        ::setenv("LD_BIND_NOW", "1", 1);
        ::execv("/proc/self/exe", argv);
        std::cerr << "cannot start again\n";
        return 1;
    }
    testing::InitGoogleTest(&argc, argv);
    if (argc > 1) secrets::read_leftovers(argv[1]);
    const int result = RUN_ALL_TESTS();
    for (const auto& row : secrets::unused_leftovers()) std::cout << "not needed here: " << row << "\n";
    return result;
}
