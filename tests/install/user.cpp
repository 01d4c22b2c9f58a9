// SPDX-License-Identifier: Apache-2.0
// The smallest program that needs the library: says which backend it was linked with.
#include <cstdio>
#include <tlseam/tlseam.hpp>

int main() {
    auto context = tlseam::context::client({.insecure_skip_verification = true});
    std::puts(context ? tlseam::backend().name.c_str() : context.error().message().c_str());
}
