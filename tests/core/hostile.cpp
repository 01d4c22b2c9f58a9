// SPDX-License-Identifier: Apache-2.0
#include "tests/core/hostile.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/places.hpp"

namespace tlseam_test {

std::string cert_file(std::string_view name) {
    std::ifstream in(std::filesystem::path(places::tree) / "certs" / name, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read certs/" + std::string(name));
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace tlseam_test
