// SPDX-License-Identifier: Apache-2.0
// The command's file with a session: when it cannot be written, the old one is still there, whole, and nothing else is.
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include <gtest/gtest.h>

#include "cli/session_file.hpp"
#include "tests/fault_injection/injector.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/visits.hpp"

namespace faults {
namespace {

using namespace tlseam;
using namespace tlseam_test;
using interposed::call;
using interposed::verdict;

std::string content(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

session new_session() {
    session_list sessions;
    setup s = resuming(protocol_version::tls1_3);
    s.client.on_session = sessions.sink();
    (void)visit_once(contexts(s));
    return sessions.last();
}

struct row {
    call which;
    verdict fault;
    int system_code = 0;  // 0: nothing changes
};

TEST(session_files, are_old_or_new_and_nothing_in_between) {
    const std::vector<row> rows = {
        {call::write, {.error = EINTR}},           {call::write, {.most = 1}},
        {call::write, {.error = ENOSPC}, ENOSPC},  {call::write, {.error = EIO}, EIO},
        {call::synchronize, {.error = EIO}, EIO},  {call::synchronize, {.error = ENOSPC}, ENOSPC},
        {call::rename, {.error = EACCES}, EACCES}, {call::rename, {.error = EIO}, EIO}};
    const session fresh = new_session();
    for (const row& each : rows) {
        const temp_dir directory;
        const auto path = directory.write("session", "the old one");
        cli::session_file file(path);
        file.sink()(fresh);
        int failed = 0;
        {
            const failing_call failing({.which = each.which, .verdict = each.fault});
            try {
                file.write(false);
            } catch (const exception& e) {
                failed = e.error().system_code();
                EXPECT_NE(e.error().message().find("session"), std::string::npos) << e.error().message();
            }
            EXPECT_TRUE(failing.happened());
        }
        EXPECT_EQ(failed, each.system_code);
        EXPECT_EQ(content(path) == "the old one", each.system_code != 0);
        const std::filesystem::directory_iterator all(directory.path());
        EXPECT_EQ(std::distance(begin(all), end(all)), 1) << "something was left behind";
        if (each.system_code != 0) continue;
        cli::session_file again(path);
        EXPECT_TRUE(again.read().has_value());
    }
}

TEST(session_files, are_read_whole_or_not_at_all) {
    const temp_dir directory;
    const auto path = directory.path() / "session";
    cli::session_file file(path);
    file.sink()(new_session());
    file.write(false);
    for (const verdict fault : {verdict{.error = EINTR}, verdict{.most = 1}}) {
        const failing_call failing({.which = call::read, .verdict = fault});
        cli::session_file again(path);
        EXPECT_TRUE(again.read().has_value());
        EXPECT_TRUE(failing.happened());
    }
    const failing_call failing({.which = call::read, .verdict = {.error = EIO}});
    cli::session_file again(path);
    EXPECT_THROW((void)again.read(), exception);
}

}  // namespace
}  // namespace faults
