// SPDX-License-Identifier: Apache-2.0
// The file that key logs go to. EXP-004, EXP-005
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/stream_pair.hpp"
#include "tests/support/temp_dir.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

std::string content(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream out;
    out << file.rdbuf();
    return out.str();
}

mode_t mode_of(const std::filesystem::path& path) {
    struct stat status = {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return status.st_mode & 07777;
}

std::string sentence(const result<key_log_callback>& r) { return r ? "opened" : r.error().message(); }

TEST(key_log_file, is_created_for_its_owner_alone_and_appended_to) {
    const temp_dir dir;
    const auto path = dir.path() / "keys.log";
    const auto old_mask = ::umask(0);
    {
        const auto first = or_throw(key_log_file::open(path));
        ::umask(old_mask);
        EXPECT_EQ(mode_of(path), 0600U);
        first("one");
        const auto same = first;  // copies share the file
        same("two");
        EXPECT_EQ(content(path), "one\ntwo\n") << "written at once, not at the end";
    }
    const auto again = or_throw(key_log_file::open(path));
    again("three");
    EXPECT_EQ(content(path), "one\ntwo\nthree\n");
    EXPECT_EQ(mode_of(path), 0600U);
}

TEST(key_log_file, has_the_lines_of_a_connection) {
    const temp_dir dir;
    const auto path = dir.path() / "keys.log";
    setup s;
    s.client.key_log = or_throw(key_log_file::open(path));
    auto pair = open_pair(s);
    const auto text = content(path);
    EXPECT_EQ(std::ranges::count(text, '\n'), 5);
    EXPECT_NE(text.find("\nSERVER_TRAFFIC_SECRET_0 "), std::string::npos) << text;
    EXPECT_TRUE(text.ends_with('\n'));
}

TEST(key_log_file, keeps_lines_whole_when_several_write) {
    const temp_dir dir;
    const auto path = dir.path() / "keys.log";
    const auto one = or_throw(key_log_file::open(path)), other = or_throw(key_log_file::open(path));
    constexpr int lines = 500;
    const std::string a(300, 'a'), b(300, 'b');
    const auto write_all = [](const key_log_callback& to, const std::string& line) {
        for (int i = 0; i < lines; ++i) to(line);
    };
    auto first = in_background([&] { write_all(one, a); });
    auto second = in_background([&] { write_all(one, b); });
    write_all(other, a);
    first.get();
    second.get();
    std::istringstream text(content(path));
    int whole = 0;
    for (std::string line; std::getline(text, line); ++whole) EXPECT_TRUE(line == a || line == b) << line;
    EXPECT_EQ(whole, 3 * lines);
}

TEST(key_log_file, refuses_what_others_could_read) {
    const temp_dir dir;
    const auto readable = dir.write("readable.log", "old\n");
    for (const mode_t mode : {0644U, 0640U, 0620U, 0602U}) {
        ASSERT_EQ(::chmod(readable.c_str(), mode), 0);
        const auto refused = key_log_file::open(readable);
        EXPECT_TRUE(fails_with(refused, errc::file_unreadable)) << mode;
        EXPECT_NE(sentence(refused).find("chmod 600"), std::string::npos) << sentence(refused);
        EXPECT_NE(sentence(refused).find("readable.log"), std::string::npos) << sentence(refused);
    }
    EXPECT_EQ(content(readable), "old\n");
    ASSERT_EQ(::chmod(readable.c_str(), 0600), 0);
    EXPECT_TRUE(ok(key_log_file::open(readable)));

    const auto link = dir.path() / "link.log";
    std::filesystem::create_symlink(readable, link);
    EXPECT_TRUE(fails_with(key_log_file::open(link), errc::file_unreadable));
    EXPECT_NE(sentence(key_log_file::open(link)).find("symbolic link"), std::string::npos);
    const auto dangling = dir.path() / "dangling.log";
    std::filesystem::create_symlink(dir.path() / "nowhere", dangling);
    EXPECT_TRUE(fails_with(key_log_file::open(dangling), errc::file_unreadable));
    EXPECT_FALSE(std::filesystem::exists(dir.path() / "nowhere"));
}

TEST(key_log_file, refuses_what_is_no_file) {
    const temp_dir dir;
    EXPECT_TRUE(fails_with(key_log_file::open(dir.path()), errc::file_unreadable));
    EXPECT_TRUE(fails_with(key_log_file::open("/dev/null"), errc::file_unreadable));
    EXPECT_NE(sentence(key_log_file::open("/dev/null")).find("no regular file"), std::string::npos);
    const auto fifo = dir.path() / "fifo";
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    EXPECT_TRUE(fails_with(key_log_file::open(fifo), errc::file_unreadable)) << "without a reader";
    const int reader = ::open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ASSERT_GE(reader, 0);
    EXPECT_TRUE(fails_with(key_log_file::open(fifo), errc::file_unreadable)) << "with one";
    ::close(reader);
    EXPECT_TRUE(fails_with(key_log_file::open(dir.path() / "missing" / "keys.log"), errc::file_not_found));
    EXPECT_TRUE(fails_with(key_log_file::open(""), errc::invalid_argument));
    EXPECT_TRUE(fails_with(key_log_file::open(std::string("a\0b", 3)), errc::invalid_argument));
}

TEST(key_log_file, is_closed_when_other_programs_start_and_after_the_last_copy) {
    const temp_dir dir;
    const auto path = dir.path() / "keys.log";
    const auto is_open = [&]() -> int {
        for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
            std::error_code ignored;
            if (std::filesystem::read_symlink(entry.path(), ignored) == std::filesystem::canonical(path)) {
                return std::stoi(entry.path().filename());
            }
        }
        return -1;
    };
    auto first = or_throw(key_log_file::open(path));
    const int descriptor = is_open();
    ASSERT_GE(descriptor, 0);
    EXPECT_NE(::fcntl(descriptor, F_GETFD) & FD_CLOEXEC, 0);
    auto second = first;
    first = {};
    EXPECT_GE(is_open(), 0);
    second = {};
    EXPECT_EQ(is_open(), -1);
}

/// The largest file that this process may write, for as long as it lives; beyond it the system cuts writes short.
class small_files {
public:
    explicit small_files(rlim_t most) : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &old_);
        const rlimit now = {most, old_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &now);
    }
    ~small_files() {
        ::setrlimit(RLIMIT_FSIZE, &old_);
        std::signal(SIGXFSZ, old_handler_);
    }
    small_files(const small_files&) = delete;
    small_files& operator=(const small_files&) = delete;

private:
    rlimit old_ = {};
    void (*old_handler_)(int);
};

TEST(key_log_file, that_is_full_fails_the_handshake_and_recovers) {
    const temp_dir dir;
    const auto path = dir.path() / "keys.log";
    setup s;
    s.server.key_log = or_throw(key_log_file::open(path));
    const contexts both(s);
    {
        const small_files limit(100);  // in the middle of the first line
        auto pair = new_pair(both);
        const auto seen = run_handshake(pair);
        EXPECT_TRUE(fails_with(seen.server, errc::callback_failed));
        EXPECT_EQ(seen.server.error().system_code(), EFBIG) << "a write that was cut short goes on, and hears why";
        EXPECT_NE(seen.server.error().message().find("keys.log"), std::string::npos) << seen.server.error().message();
        EXPECT_FALSE(seen.client);
        auto next = new_pair(both);
        const auto again = run_handshake(next);
        EXPECT_TRUE(fails_with(again.server, errc::callback_failed));
        EXPECT_EQ(again.server.error().system_code(), EFBIG);
    }
    EXPECT_EQ(content(path).size(), 100U);
    auto pair = open_pair(both);
    std::istringstream text(content(path));
    int whole = 0;
    for (std::string line; std::getline(text, line);) whole += std::ranges::count(line, ' ') == 2 && line.size() > 140;
    EXPECT_EQ(whole, 5) << "what came after the torn line stands on lines of its own:\n" << content(path);
}

TEST(key_log_file, of_the_environment_is_used_when_asked_for_and_never_else) {
    const temp_dir dir;
    const auto path = dir.path() / "keys.log";
    const scoped_environment variable("SSLKEYLOGFILE", path);
    auto pair = open_pair(setup());
    EXPECT_FALSE(std::filesystem::exists(path)) << "nobody asked";
    setup s;
    s.client.key_log = or_throw(key_log_file::from_environment());
    ASSERT_TRUE(s.client.key_log);
    auto logged = open_pair(s);
    EXPECT_EQ(std::ranges::count(content(path), '\n'), 5);
}

TEST(key_log_file, of_an_environment_that_names_none_is_no_log) {
    const scoped_environment empty("SSLKEYLOGFILE", "");
    auto none = key_log_file::from_environment();
    ASSERT_TRUE(ok(none));
    EXPECT_FALSE(*none);
    ::unsetenv("SSLKEYLOGFILE");
    none = key_log_file::from_environment();
    ASSERT_TRUE(ok(none));
    EXPECT_FALSE(*none);
    setup s;
    s.client.key_log = *none;
    auto pair = open_pair(s);
    ::setenv("SSLKEYLOGFILE", "/nonexistent/keys.log", 1);
    EXPECT_TRUE(fails_with(key_log_file::from_environment(), errc::file_not_found));
}

}  // namespace
