// SPDX-License-Identifier: Apache-2.0
#include "core/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "core/fail.hpp"
#include "core/secret.hpp"

namespace tlseam::seam {
namespace {

constexpr std::size_t max_file = 16 * 1024 * 1024;

errc errc_for_open(int code) {
    return code == ENOENT || code == ENOTDIR ? errc::file_not_found : errc::file_unreadable;
}

result<void> check_path(const std::filesystem::path& path) {
    if (path.empty()) return fail(errc::invalid_argument, "the path of a file is empty");
    if (path.native().find('\0') != std::string::npos) return fail(errc::invalid_argument, "a path has a NUL in it");
    return {};
}

struct close_file {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
using open_stream = std::unique_ptr<std::FILE, close_file>;

/// A descriptor that the program holds already, by its name: whoever gives that means it, and a pipe is what shells
/// make of <(command).
bool is_open_already(const std::string& path) {
    return path == "/dev/stdin" || path.starts_with("/dev/fd/") || path.starts_with("/proc/self/fd/");
}

/// Anything but a regular file may wait for somebody else for ever (a FIFO without a writer as soon as it is opened) or
/// never end.
result<open_stream> open_file(const std::filesystem::path& path) {
    const bool any_kind = is_open_already(path.native());
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | (any_kind ? 0 : O_NONBLOCK));
    if (descriptor < 0) return fail_system(errc_for_open(errno), errno, "cannot open " + quoted(path));
    open_stream file(::fdopen(descriptor, "rb"));
    if (!file) {
        const int problem = errno;
        ::close(descriptor);
        return fail_system(errc::file_unreadable, problem, "cannot open " + quoted(path));
    }
    struct stat status;
    if (::fstat(descriptor, &status) != 0) {
        return fail_system(errc::file_unreadable, errno, "cannot read " + quoted(path));
    }
    if (S_ISDIR(status.st_mode)) return fail_system(errc::file_unreadable, EISDIR, "cannot read " + quoted(path));
    if (!S_ISREG(status.st_mode) && !any_kind) {
        return fail(errc::file_unreadable, quoted(path) + " is no regular file");
    }
    return file;
}

/// Wipes what was read, unless all of it was and the caller has it.
class wipe_unless_kept {
public:
    explicit wipe_unless_kept(std::string& text) noexcept : text_(text) {}
    ~wipe_unless_kept() {
        if (!kept_) wipe(std::as_writable_bytes(std::span(text_)));
    }
    wipe_unless_kept(const wipe_unless_kept&) = delete;
    wipe_unless_kept& operator=(const wipe_unless_kept&) = delete;
    void keep() noexcept { kept_ = true; }

private:
    std::string& text_;
    bool kept_ = false;
};

}  // namespace

std::string quoted(const std::filesystem::path& path) {
    std::string out = "'";
    for (const char c : path.native()) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    return out + "'";
}

result<std::string> read_file(const std::filesystem::path& path) {
    if (auto good = check_path(path); !good) return std::unexpected(good.error());
    auto file = open_file(path);
    if (!file) return std::unexpected(file.error());
    std::setvbuf(file->get(), nullptr, _IONBF, 0);  // no copy in a buffer of the C library

    std::error_code problem;
    const auto announced = std::filesystem::file_size(path, problem);
    const std::size_t room = problem || announced == 0 ? 64 * 1024 : std::min<std::size_t>(announced, max_file) + 1;
    // A string with so much room is on the heap, and goes from hand to hand without leaving a copy behind.
    constexpr std::size_t least = 64;
    std::string out(std::max(room, least), '\0');
    wipe_unless_kept wiped(out);
    std::size_t size = 0;
    for (;;) {
        const std::size_t count = std::fread(out.data() + size, 1, out.size() - size, file->get());
        size += count;
        if (std::ferror(file->get())) return fail_system(errc::file_unreadable, errno, "cannot read " + quoted(path));
        if (count == 0 || size < out.size()) break;
        if (size > max_file) return fail(errc::too_large, quoted(path) + " is larger than 16 MiB");
        std::string bigger(out.size() * 2, '\0');  // resize() would leave a copy of a key behind
        std::ranges::copy(out, bigger.begin());
        wipe(std::as_writable_bytes(std::span(out)));
        out = std::move(bigger);
    }
    out.resize(size);
    wiped.keep();
    return out;
}

result<std::vector<std::filesystem::path>> certificate_files(const std::filesystem::path& directory) {
    if (auto good = check_path(directory); !good) return std::unexpected(good.error());
    static constexpr std::array<std::string_view, 4> endings = {".pem", ".crt", ".cer", ".0"};
    std::error_code problem;
    std::vector<std::filesystem::path> out;
    std::filesystem::directory_iterator entry(directory, problem);
    for (; !problem && entry != std::filesystem::directory_iterator(); entry.increment(problem)) {
        const std::string name = entry->path().filename().native();
        const bool named = std::ranges::any_of(endings, [&](std::string_view e) { return name.ends_with(e); });
        std::error_code ignored;
        if (named && entry->is_regular_file(ignored)) out.push_back(entry->path());
    }
    if (problem)
        return fail_system(errc_for_open(problem.value()), problem.value(), "cannot list " + quoted(directory));
    std::ranges::sort(out);
    return out;
}

}  // namespace tlseam::seam
