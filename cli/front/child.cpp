// SPDX-License-Identifier: Apache-2.0
#include "cli/front/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "cli/descriptors.hpp"

extern char** environ;

namespace cli::front {
namespace {

using clock = std::chrono::steady_clock;

[[noreturn]] void fail(int code, const std::string& what) {
    throw std::system_error(code, std::generic_category(), what);
}

/// A pipe whose ends no other child gets.
struct pipe_ends {
    int read = -1, write = -1;
    pipe_ends() {
        std::array<int, 2> ends;
        if (pipe2(ends.data(), O_CLOEXEC) != 0) fail(errno, "cannot make a pipe");
        read = ends[0];
        write = ends[1];
    }
    ~pipe_ends() {
        close_one(read);
        close_one(write);
    }
    pipe_ends(const pipe_ends&) = delete;
    pipe_ends& operator=(const pipe_ends&) = delete;
    static void close_one(int& fd) noexcept {
        if (fd >= 0) ::close(fd);
        fd = -1;
    }
};

std::vector<std::string> environment_with(const std::vector<std::pair<std::string, std::string>>& more) {
    std::vector<std::string> out;
    for (char** each = environ; *each != nullptr; ++each) {
        const std::string entry = *each;
        const bool replaced =
            std::ranges::any_of(more, [&](const auto& m) { return entry.starts_with(m.first + "="); });
        if (!replaced) out.push_back(entry);
    }
    for (const auto& [name, value] : more) out.push_back(name + "=" + value);
    return out;
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
    std::vector<char*> out;
    for (auto& word : words) out.push_back(word.data());
    out.push_back(nullptr);
    return out;
}

pid_t start(const std::filesystem::path& program, const std::vector<std::string>& arguments,
            const child_options& options, pipe_ends& in, pipe_ends& out, pipe_ends& err) {
    std::vector<std::string> words = {program.string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    auto variables = environment_with(options.environment);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in.read, 0);
    posix_spawn_file_actions_adddup2(&actions, out.write, 1);
    posix_spawn_file_actions_adddup2(&actions, err.write, 2);
    posix_spawnattr_t attributes;  // signals as any program expects them, whatever we block or ignore
    posix_spawnattr_init(&attributes);
    sigset_t none, usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    pid_t child = -1;
    const int problem = posix_spawn(&child, program.c_str(), &actions, &attributes, pointers_to(words).data(),
                                    pointers_to(variables).data());
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (problem != 0) fail(problem, "cannot start " + program.string());
    return child;
}

/// What has come; false at the end.
bool take(int fd, std::string& into) {
    std::array<char, 65536> buffer;
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count > 0) into.append(buffer.data(), static_cast<std::size_t>(count));
    return count > 0 || (count < 0 && (errno == EINTR || errno == EAGAIN));
}

/// Gives what fits; false when nothing more can or need be given.
bool give(int fd, std::string_view& rest) {
    const ssize_t count = ::write(fd, rest.data(), rest.size());
    if (count > 0) rest.remove_prefix(static_cast<std::size_t>(count));
    return !rest.empty() && (count >= 0 || errno == EINTR || errno == EAGAIN);
}

/// A program that was started. Whatever happens to us, it is killed and reaped.
class running {
public:
    explicit running(pid_t child) noexcept
        : child_(child), ended_(static_cast<int>(::syscall(SYS_pidfd_open, child, 0))) {}
    ~running() {
        if (child_ < 0) return;
        signal(SIGKILL);
        (void)exit_code();
    }
    running(const running&) = delete;
    running& operator=(const running&) = delete;

    void signal(int number) const noexcept { ::kill(child_, number); }
    /// Can be read when it has ended; -1 where the system has no such thing, and then the end of its output counts.
    [[nodiscard]] int ended() const noexcept { return ended_.get(); }
    /// Waits for the end.
    [[nodiscard]] int exit_code() noexcept {
        int status = 0;
        while (waitpid(child_, &status, 0) < 0 && errno == EINTR) {
        }
        child_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

private:
    pid_t child_;
    descriptor ended_;
};

}  // namespace

child_result run_child(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                       const child_options& options) {
    pipe_ends in, out, err, wake;
    running child(start(program, arguments, options, in, out, err));
    pipe_ends::close_one(in.read);
    pipe_ends::close_one(out.write);
    pipe_ends::close_one(err.write);
    fcntl(in.write, F_SETFL, O_NONBLOCK);
    const std::stop_callback on_stop(options.stop, [&] { (void)!::write(wake.write, "", 1); });

    child_result result;
    std::string_view rest = options.input;
    if (rest.empty()) pipe_ends::close_one(in.write);
    auto deadline = clock::now() + options.timeout;
    bool asked_to_end = false;
    bool ended = child.ended() < 0;
    while (out.read >= 0 || err.read >= 0 || !ended) {
        std::array<pollfd, 5> waits = {{{.fd = out.read, .events = POLLIN, .revents = 0},
                                        {.fd = err.read, .events = POLLIN, .revents = 0},
                                        {.fd = in.write, .events = POLLOUT, .revents = 0},
                                        {.fd = asked_to_end ? -1 : wake.read, .events = POLLIN, .revents = 0},
                                        {.fd = ended ? -1 : child.ended(), .events = POLLIN, .revents = 0}}};
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now()).count();
        const int ready =
            left <= 0 ? 0 : ::poll(waits.data(), waits.size(), static_cast<int>(std::min<long>(left, 60'000)));
        if (ready < 0 && errno == EINTR) continue;
        if (!asked_to_end) {
            result.stopped = options.stop.stop_requested();
            result.timed_out = !result.stopped && clock::now() >= deadline;
            asked_to_end = result.stopped || result.timed_out;
            if (asked_to_end) {
                child.signal(SIGTERM);
                deadline = clock::now() + options.grace;
            }
        }
        if (asked_to_end && clock::now() >= deadline) {
            child.signal(SIGKILL);
            break;
        }
        if (waits[0].revents != 0 && !take(out.read, result.output)) pipe_ends::close_one(out.read);
        if (waits[1].revents != 0 && !take(err.read, result.errors)) pipe_ends::close_one(err.read);
        if (waits[0].revents != 0 && options.on_output) options.on_output(result.output);
        if (waits[1].revents != 0 && options.on_errors) options.on_errors(result.errors);
        ended = ended || waits[4].revents != 0;
        if (waits[2].revents != 0 && !give(in.write, rest)) pipe_ends::close_one(in.write);
    }
    result.exit_code = child.exit_code();
    return result;
}

}  // namespace cli::front
