// SPDX-License-Identifier: Apache-2.0
#include "cli/front/new_files.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <span>
#include <utility>

#include "cli/front/programs.hpp"

namespace cli::front {
namespace {

bool make_directory(const std::filesystem::path& path) {
    if (::mkdir(path.c_str(), 0755) == 0) return true;
    if (errno == EEXIST) return false;  // or a file: opening it will say so
    throw usage_error("cannot make the directory '" + path.string() + "': " + std::strerror(errno));
}

int open_directory(const std::filesystem::path& path, bool made) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) return fd;
    const int code = errno;
    if (made) ::rmdir(path.c_str());
    if (code == ENOTDIR) throw usage_error("'" + path.string() + "' is no directory");
    throw usage_error("cannot open the directory '" + path.string() + "': " + std::strerror(code));
}

/// Nobody else's, and hidden.
std::string temporary_name(const std::string& name) {
    std::array<unsigned char, 8> random;
    if (::getrandom(random.data(), random.size(), 0) < 0) random.fill(0);  // O_EXCL finds out what that comes to
    std::string out = "." + name + ".";
    for (const int byte : random) {
        for (const int half : {byte >> 4, byte & 15}) out += "0123456789abcdef"[half];
    }
    return out;
}

}  // namespace

new_files::new_files(std::filesystem::path directory)
    : path_(std::move(directory)), made_(make_directory(path_)), directory_(open_directory(path_, made_)) {}

new_files::~new_files() {
    if (finished_) return;
    for (const auto& each : files_) take_back(each);
    if (made_) ::rmdir(path_.c_str());
}

void new_files::add(const std::string& name, std::string_view contents, bool private_, existing what) {
    const mode_t mode = private_ ? 0600 : 0644;
    const std::string temporary = temporary_name(name);
    const descriptor out(
        ::openat(directory_.get(), temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
    if (out.get() < 0) fail(errno, name);
    files_.push_back({name, temporary, what});
    const bool written = (!private_ || ::fchmod(out.get(), mode) == 0) &&
                         write_bytes(out.get(), std::as_bytes(std::span(contents))) && ::fsync(out.get()) == 0;
    if (!written) fail(errno, name);
}

void new_files::finish() {
    for (auto& each : files_) place(each);
    for (const auto& each : files_) {
        if (each.exchanged) ::unlinkat(directory_.get(), each.temporary.c_str(), 0);
    }
    ::fsync(directory_.get());
    finished_ = true;
}

void new_files::place(file& one) {
    const int in = directory_.get();
    const auto give_name = [&](unsigned how) {
        return ::renameat2(in, one.temporary.c_str(), in, one.name.c_str(), how) == 0;
    };
    struct stat old;
    const bool is_there = ::fstatat(in, one.name.c_str(), &old, AT_SYMLINK_NOFOLLOW) == 0;
    if (is_there && S_ISDIR(old.st_mode)) fail(EISDIR, one.name);
    if (is_there && one.what == existing::kept) fail(EEXIST, one.name);
    // In one step each, so that nobody sees it missing, and what another run puts there meanwhile stays.
    one.exchanged = is_there && give_name(RENAME_EXCHANGE);
    one.placed = one.exchanged || (!is_there && give_name(RENAME_NOREPLACE));
    if (!one.placed && errno == EINVAL) one.placed = give_name(0);  // a file system that cannot do it better
    if (!one.placed) fail(errno, one.name);
}

void new_files::take_back(const file& one) const noexcept {
    const int in = directory_.get();
    if (one.exchanged) (void)::renameat2(in, one.temporary.c_str(), in, one.name.c_str(), RENAME_EXCHANGE);
    ::unlinkat(in, one.placed && !one.exchanged ? one.name.c_str() : one.temporary.c_str(), 0);
}

void new_files::fail(int code, const std::string& name) const {
    throw usage_error("cannot write '" + (path_ / name).string() + "': " + std::strerror(code));
}

}  // namespace cli::front
