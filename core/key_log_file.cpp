// SPDX-License-Identifier: Apache-2.0
#include <tlseam/key_log.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>

#include "core/environment.hpp"
#include "core/fail.hpp"
#include "core/file.hpp"
#include "core/secret.hpp"

namespace tlseam {
namespace {

using namespace seam;

class appender {
public:
    appender(int descriptor, std::string name) noexcept : descriptor_(descriptor), name_(std::move(name)) {}
    ~appender() { ::close(descriptor_); }
    appender(const appender&) = delete;
    appender& operator=(const appender&) = delete;

    /// One write for a line: with O_APPEND nobody else's comes in between. One that is cut short goes on, and the
    /// system says why it was; when the rest cannot be written, the next line starts on a line of its own.
    void append(std::string_view line) {
        const std::scoped_lock lock(mutex_);
        std::string whole;
        const wipe_at_exit wiped(whole);
        whole.reserve(line.size() + 2);
        if (torn_) whole += '\n';
        whole += line;
        whole += '\n';
        for (std::string_view rest = whole; !rest.empty();) {
            const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) {
                const int problem = written < 0 ? errno : ENOSPC;
                throw std::system_error(problem, std::generic_category(), "cannot write to " + name_);
            }
            rest.remove_prefix(static_cast<std::size_t>(written));
            torn_ = !rest.empty();
        }
    }

private:
    int descriptor_;
    std::string name_;
    std::mutex mutex_;
    bool torn_ = false;
};

/// Whatever else has this name, what is written there must be the caller's alone.
result<void> check_private(int descriptor, const std::string& name) {
    struct stat status;
    if (::fstat(descriptor, &status) != 0) return fail_system(errc::file_unreadable, errno, "cannot look at " + name);
    if (S_ISDIR(status.st_mode)) return fail_system(errc::file_unreadable, EISDIR, "cannot open " + name);
    if (!S_ISREG(status.st_mode)) return fail(errc::file_unreadable, name + " is no regular file");
    if (status.st_uid != ::geteuid()) return fail(errc::file_unreadable, name + " belongs to another user");
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return fail(errc::file_unreadable,
                    name + " is open to others than its owner, and secrets go there (chmod 600)");
    }
    return {};
}

result<key_log_callback> open_log(const std::filesystem::path& path) {
    if (path.empty()) return fail(errc::invalid_argument, "key_log_file: the path is empty");
    if (path.native().find('\0') != std::string::npos) {
        return fail(errc::invalid_argument, "key_log_file: a path has a NUL in it");
    }
    std::string name = quoted(path);
    // O_NONBLOCK: a FIFO without a reader fails at once; a file does not care.
    const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;
    int descriptor = -1;
    do {
        descriptor = ::open(path.c_str(), flags, S_IRUSR | S_IWUSR);
    } while (descriptor < 0 && errno == EINTR);
    if (descriptor < 0) {
        const int problem = errno;
        if (problem == ELOOP) {
            return fail(errc::file_unreadable, name + " is a symbolic link, which somebody else may have put there");
        }
        if (problem == ENXIO) return fail(errc::file_unreadable, name + " is no regular file");
        return fail_system(errc_for_file(problem), problem, "cannot open " + name);
    }
    if (auto ours = check_private(descriptor, name); !ours) {
        ::close(descriptor);
        return std::unexpected(ours.error());
    }
    std::shared_ptr<appender> file;
    try {
        file = std::make_shared<appender>(descriptor, std::move(name));
    } catch (...) {
        ::close(descriptor);
        throw;
    }
    return [file = std::move(file)](std::string_view line) { file->append(line); };
}

}  // namespace

inline namespace v0 {

result<key_log_callback> key_log_file::open(const std::filesystem::path& path) noexcept {
    return guarded([&] { return open_log(path); });
}

result<key_log_callback> key_log_file::from_environment() noexcept {
    return guarded([&]() -> result<key_log_callback> {
        const char* path = trusted_variable("SSLKEYLOGFILE");
        return path != nullptr ? open_log(path) : key_log_callback();
    });
}

}  // namespace v0
}  // namespace tlseam
