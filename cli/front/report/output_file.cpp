// SPDX-License-Identifier: Apache-2.0
#include "cli/front/report/output_file.hpp"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <span>
#include <string>
#include <system_error>

#include "cli/descriptors.hpp"
#include "cli/front/programs.hpp"

namespace cli::front::report {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& file, const std::string& why) {
    throw usage_error("cannot write " + file.string() + ": " + why);
}

fs::path directory_of(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : fs::path("."); }

/// What open() gives a new file.
mode_t usual_mode() {
    const mode_t mask = ::umask(0);
    ::umask(mask);
    return 0666 & ~mask;
}

}  // namespace

void check_writable(const fs::path& file) {
    std::error_code ignored;
    if (fs::is_directory(file, ignored)) refuse(file, "it is a directory");
    if (!file.has_filename()) refuse(file, "it is no name of a file");
    if (!fs::is_directory(directory_of(file), ignored)) refuse(file, "there is no such directory");
    if (::access(directory_of(file).c_str(), W_OK | X_OK) != 0) refuse(file, std::generic_category().message(errno));
}

void write_whole(const fs::path& file, std::string_view content) {
    std::string beside = directory_of(file) / ("." + file.filename().string() + ".XXXXXX");
    const descriptor made(::mkstemp(beside.data()));
    if (made.get() < 0) refuse(file, std::generic_category().message(errno));
    const bool written = ::fchmod(made.get(), usual_mode()) == 0 &&
                         write_bytes(made.get(), std::as_bytes(std::span(content))) &&
                         std::rename(beside.c_str(), file.c_str()) == 0;
    if (written) return;
    const int problem = errno;
    ::unlink(beside.c_str());
    refuse(file, std::generic_category().message(problem));
}

}  // namespace cli::front::report
