// SPDX-License-Identifier: Apache-2.0
#include "core/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <string_view>
#include <utility>

#include "core/fail.hpp"
#include "core/secret.hpp"

namespace tlseam::seam {
namespace {

constexpr std::size_t max_file = 16 * 1024 * 1024;


std::unexpected<error> fail_file(int code, const char* what, const std::filesystem::path& path) {
    return fail_system(errc_for_file(code), code, what + quoted(path));
}

result<void> check_path(const std::filesystem::path& path) {
    if (path.empty()) return fail(errc::invalid_argument, "the path of a file is empty");
    if (path.native().find('\0') != std::string::npos) return fail(errc::invalid_argument, "a path has a NUL in it");
    return {};
}

class open_descriptor {
public:
    explicit open_descriptor(int number) noexcept : number_(number) {}
    ~open_descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    open_descriptor(open_descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    [[nodiscard]] int get() const noexcept { return number_; }

private:
    int number_;
};

/// Again as long as a signal comes in between: a pipe, or a file that is elsewhere, may take its time.
template <class Call>
auto despite_signals(Call&& call) {
    for (;;) {
        const auto done = call();
        if (done >= 0 || errno != EINTR) return done;
    }
}

/// A descriptor that the program holds already, by its name: whoever gives that means it, and a pipe is what shells
/// make of <(command).
bool is_open_already(const std::string& path) {
    return path == "/dev/stdin" || path.starts_with("/dev/fd/") || path.starts_with("/proc/self/fd/");
}

/// Anything but a regular file may wait for somebody else for ever (a FIFO without a writer as soon as it is opened) or
/// never end.
result<open_descriptor> open_file(const std::filesystem::path& path) {
    const bool any_kind = is_open_already(path.native());
    const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | (any_kind ? 0 : O_NONBLOCK);
    open_descriptor file(despite_signals([&] { return ::open(path.c_str(), flags); }));
    if (file.get() < 0) return fail_file(errno, "cannot open ", path);
    struct stat status;
    if (::fstat(file.get(), &status) != 0) return fail_file(errno, "cannot read ", path);
    if (S_ISDIR(status.st_mode)) return fail_file(EISDIR, "cannot read ", path);
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

errc errc_for_file(int code) noexcept {
    if (code == ENOMEM) return errc::out_of_memory;
    return code == ENOENT || code == ENOTDIR ? errc::file_not_found : errc::file_unreadable;
}

std::string quoted(const std::filesystem::path& path) {
    std::string out = "'";
    for (const char c : path.native()) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    return out + "'";
}

result<std::string> read_file(const std::filesystem::path& path) {
    if (auto good = check_path(path); !good) return std::unexpected(good.error());
    auto file = open_file(path);
    if (!file) return std::unexpected(file.error());
    std::error_code problem;
    const auto announced = std::filesystem::file_size(path, problem);
    const std::size_t room = problem || announced == 0 ? 64 * 1024 : std::min<std::size_t>(announced, max_file) + 1;
    // A string with so much room is on the heap, and goes from hand to hand without leaving a copy behind.
    constexpr std::size_t least = 64;
    std::string out(std::max(room, least), '\0');
    wipe_unless_kept wiped(out);
    std::size_t size = 0;
    for (;;) {
        const ssize_t count =
            despite_signals([&] { return ::read(file->get(), out.data() + size, out.size() - size); });
        if (count < 0) return fail_file(errno, "cannot read ", path);
        size += static_cast<std::size_t>(count);
        if (count == 0) break;
        if (size < out.size()) continue;
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
        if (!named) continue;
        std::error_code unknown;  // what it is; a link to nowhere is nothing, but what cannot be looked at may be one
        if (entry->is_regular_file(unknown)) out.push_back(entry->path());
        if (unknown && errc_for_file(unknown.value()) != errc::file_not_found) {
            return fail_file(unknown.value(), "cannot look at ", entry->path());
        }
    }
    if (problem) return fail_file(problem.value(), "cannot list ", directory);
    std::ranges::sort(out);
    return out;
}

}  // namespace tlseam::seam
