// SPDX-License-Identifier: Apache-2.0
#include "cli/front/private_directory.hpp"

#include <fcntl.h>
#include <stdlib.h>

#include <cerrno>
#include <span>
#include <string>
#include <system_error>

#include "cli/descriptors.hpp"
#include "cli/front/programs.hpp"

namespace cli::front {
namespace {

namespace fs = std::filesystem;

fs::path place() {
    std::error_code problem;
    auto out = fs::temp_directory_path(problem);
    if (problem) throw usage_error("TMPDIR names no directory that can be used: " + problem.message());
    return out;
}

[[noreturn]] void fail(const std::string& what) {
    throw usage_error("cannot " + what + ": " + std::generic_category().message(errno));
}

}  // namespace

private_directory::private_directory() {
    std::string name = place() / "tlseam-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) fail("make a directory in " + place().string());
    path_ = name;
}

private_directory::~private_directory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

void private_directory::write(const fs::path& name, std::string_view content) const {
    const fs::path whole = path_ / name;
    fs::create_directories(whole.parent_path());
    const descriptor file(::open(whole.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (file.get() < 0 || !write_bytes(file.get(), std::as_bytes(std::span(content)))) {
        fail("write " + whole.string());
    }
}

}  // namespace cli::front
