// SPDX-License-Identifier: Apache-2.0
#include "cli/session_file.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <span>
#include <system_error>
#include <vector>

#include "cli/descriptors.hpp"
#include "cli/wiped.hpp"

namespace cli {
namespace {

using tlseam::errc;
using tlseam::error_origin;

constexpr std::size_t largest = 1 << 20;

[[noreturn]] void throw_system(const std::string& what, const std::string& file, int problem) {
    tlseam::throw_error({errc::file_unreadable,
                         {.message = what + " '" + file + "': " + std::generic_category().message(problem),
                          .origin = error_origin::system,
                          .system_code = problem}});
}

/// The part of room that the file takes.
std::span<const std::byte> read_whole(int in, const std::string& file, std::span<std::byte> room) {
    for (std::size_t size = 0; size < room.size();) {
        const ssize_t count = read_bytes(in, room.subspan(size));
        if (count < 0) throw_system("cannot read the session file", file, errno);
        if (count == 0) return room.first(size);
        size += static_cast<std::size_t>(count);
    }
    tlseam::throw_error({errc::too_large, {.message = "the session file '" + file + "' is too large"}});
}

/// A new file beside the one that it will replace; gone again unless kept. mkstemp makes it with mode 0600.
class temporary_file {
public:
    explicit temporary_file(const std::string& beside) : name_(beside + ".XXXXXX"), out_(::mkstemp(name_.data())) {
        if (out_.get() < 0) throw_system("cannot write a session file beside", beside, errno);
    }
    ~temporary_file() {
        if (!kept_) ::unlink(name_.c_str());
    }
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;

    void write(std::span<const std::byte> bytes) const {
        const bool written = write_bytes(out_.get(), bytes) && ::fsync(out_.get()) == 0;
        if (!written) throw_system("cannot write the session file", name_, errno);
    }
    void replace(const std::string& file) {
        if (::rename(name_.c_str(), file.c_str()) != 0) throw_system("cannot replace the session file", file, errno);
        kept_ = true;
    }

private:
    std::string name_;
    descriptor out_;
    bool kept_ = false;
};

}  // namespace

std::optional<tlseam::session> session_file::read() {
    if (name_.empty()) return std::nullopt;
    const descriptor in(::open(name_.c_str(), O_RDONLY | O_CLOEXEC));
    if (in.get() < 0 && errno == ENOENT) return std::nullopt;
    if (in.get() < 0) throw_system("cannot read the session file", name_, errno);
    was_there_ = true;
    wiped<std::vector<std::byte>> room(largest + 1);  // it holds the keys of the session
    auto session = tlseam::session::parse(read_whole(in.get(), name_, *room));
    if (session) {
        used_up_ = session->version() == tlseam::protocol_version::tls1_3;  // RFC 8446 C.4: offered once
        return std::move(*session);
    }
    tlseam::throw_error({session.error().code(), {.message = "'" + name_ + "': " + session.error().message()}});
}

std::function<void(const tlseam::session&)> session_file::sink() {
    if (name_.empty()) return {};
    return [this](const tlseam::session& fresh) {
        const std::scoped_lock lock(mutex_);
        newest_ = fresh;
    };
}

void session_file::write(bool resumed) const {
    const std::scoped_lock lock(mutex_);
    if (!newest_) {
        if (!resumed || used_up_) forget();
        return;
    }
    temporary_file fresh(name_);
    auto bytes = tlseam::or_throw(newest_->serialize());
    const wiped_at_exit wiped(bytes);
    fresh.write(bytes);
    fresh.replace(name_);
}

void session_file::forget() const {
    if (was_there_) ::unlink(name_.c_str());
}

}  // namespace cli
