// SPDX-License-Identifier: Apache-2.0
// Every call that a life makes of the system fails once, in each way that it can: either nothing changes at all, or the
// error says what it was, of what, and nobody is left with half of anything.
#include <netdb.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include <gtest/gtest.h>

#include "tests/fault_injection/injector.hpp"
#include "tests/fault_injection/life.hpp"
#include "tests/support/expect.hpp"

namespace faults {
namespace {

using namespace tlseam;
using namespace tlseam_test;
using interposed::call;
using interposed::verdict;

enum class names : std::uint8_t { nothing, file, host };

struct row {
    const char* name;
    call which;
    verdict fault;
    std::optional<errc> becomes = {};  // none: nothing changes
    names mentioned = names::nothing;
    bool again = false;  // what failed works when it is called again
};

verdict fails(int error) { return {.error = error}; }
constexpr verdict one_byte = {.most = 1};

/// What each failure is called.
const std::vector<row>& rows() {
    using enum call;
    static const std::vector<row>& all = *new std::vector<row>{
        // Signals, false alarms and short transfers: nobody notices.
        {"connect EINTR", connect, fails(EINTR)},
        {"accept EINTR", call::accept, fails(EINTR)},
        {"accept EAGAIN", call::accept, fails(EAGAIN)},
        {"accept ECONNABORTED", call::accept, fails(ECONNABORTED)},
        {"accept EPROTO", call::accept, fails(EPROTO)},
        {"accept ENETDOWN", call::accept, fails(ENETDOWN)},
        {"recv EINTR", receive, fails(EINTR)},
        {"recv EAGAIN", receive, fails(EAGAIN)},
        {"recv of one byte", receive, one_byte},
        {"send EINTR", call::send, fails(EINTR)},
        {"send EAGAIN", call::send, fails(EAGAIN)},
        {"send of one byte", call::send, one_byte},
        {"poll EINTR", call::poll, fails(EINTR)},
        {"open EINTR", call::open, fails(EINTR)},
        {"read EINTR", call::read, fails(EINTR)},
        {"read of one byte", call::read, one_byte},
        {"write EINTR", call::write, fails(EINTR)},
        {"write of one byte", call::write, one_byte},
        // What is of no consequence.
        {"close EINTR", call::close, fails(EINTR)},
        {"close EIO", call::close, fails(EIO)},
        {"shutdown ENOTCONN", shut_down, fails(ENOTCONN)},
        {"TCP_NODELAY EINVAL", set_no_delay, fails(EINVAL)},
        {"getpeername ENOBUFS", peer_address, fails(ENOBUFS)},
        {"stat EIO", call::stat, fails(EIO), errc::file_unreadable, names::file},
        // Connecting and listening.
        {"getaddrinfo EAI_NONAME", resolve, fails(EAI_NONAME), errc::host_not_found, names::host},
        {"getaddrinfo EAI_AGAIN", resolve, fails(EAI_AGAIN), errc::host_not_found, names::host, true},
        {"getaddrinfo EAI_MEMORY", resolve, fails(EAI_MEMORY), errc::out_of_memory, names::host, true},
        {"getaddrinfo EMFILE", resolve, fails(EAI_SYSTEM), errc::transport_error, names::host, true},
        {"getnameinfo EAI_MEMORY", name_address, fails(EAI_MEMORY), errc::out_of_memory, names::nothing, true},
        {"socket EMFILE", call::socket, fails(EMFILE), errc::transport_error, names::host, true},
        {"socket ENFILE", call::socket, fails(ENFILE), errc::transport_error, names::host, true},
        {"socket ENOMEM", call::socket, fails(ENOMEM), errc::out_of_memory, names::host, true},
        {"socket EAFNOSUPPORT", call::socket, fails(EAFNOSUPPORT), errc::transport_error, names::host, true},
        {"connect ECONNREFUSED", call::connect, fails(ECONNREFUSED), errc::connection_refused, names::host, true},
        {"connect ETIMEDOUT", call::connect, fails(ETIMEDOUT), errc::unreachable, names::host, true},
        {"connect EHOSTUNREACH", call::connect, fails(EHOSTUNREACH), errc::unreachable, names::host, true},
        {"connect ENETUNREACH", call::connect, fails(ENETUNREACH), errc::unreachable, names::host, true},
        {"connect EADDRNOTAVAIL", call::connect, fails(EADDRNOTAVAIL), errc::transport_error, names::host, true},
        {"connect ENOMEM", call::connect, fails(ENOMEM), errc::out_of_memory, names::host, true},
        {"ECONNREFUSED later", pending_error, fails(ECONNREFUSED), errc::connection_refused, names::host, true},
        {"ETIMEDOUT later", pending_error, fails(ETIMEDOUT), errc::unreachable, names::host, true},
        {"ECONNRESET later", pending_error, fails(ECONNRESET), errc::connection_reset, names::host, true},
        {"getsockopt ENOBUFS", get_pending_error, fails(ENOBUFS), errc::transport_error, names::host, true},
        {"F_GETFL EBADF", get_flags, fails(EBADF), errc::transport_error, names::host, true},
        {"F_SETFL EINVAL", set_flags, fails(EINVAL), errc::transport_error, names::host, true},
        {"setsockopt ENOMEM", set_option, fails(ENOMEM), errc::out_of_memory, names::host, true},
        {"bind EADDRINUSE", call::bind, fails(EADDRINUSE), errc::address_in_use, names::host, true},
        {"bind EACCES", call::bind, fails(EACCES), errc::transport_error, names::host, true},
        {"bind ENOMEM", call::bind, fails(ENOMEM), errc::out_of_memory, names::host, true},
        {"listen EADDRINUSE", call::listen, fails(EADDRINUSE), errc::address_in_use, names::host, true},
        {"getsockname ENOBUFS", local_address, fails(ENOBUFS), errc::transport_error, names::nothing, true},
        {"accept EMFILE", call::accept, fails(EMFILE), errc::transport_error, names::nothing, true},
        {"accept ENFILE", call::accept, fails(ENFILE), errc::transport_error, names::nothing, true},
        {"accept ENOMEM", call::accept, fails(ENOMEM), errc::out_of_memory, names::nothing, true},
        // Waiting: the stream stays usable.
        {"poll ENOMEM", call::poll, fails(ENOMEM), errc::out_of_memory, names::nothing, true},
        {"pipe EMFILE", pipe, fails(EMFILE), errc::transport_error, names::nothing, true},
        {"pipe ENFILE", pipe, fails(ENFILE), errc::transport_error, names::nothing, true},
        // Connections end.
        {"recv ECONNRESET", receive, fails(ECONNRESET), errc::connection_reset, names::host},
        {"recv ETIMEDOUT", receive, fails(ETIMEDOUT), errc::unreachable, names::host},
        {"recv ENOMEM", receive, fails(ENOMEM), errc::out_of_memory, names::host},
        {"send EPIPE", call::send, fails(EPIPE), errc::connection_reset, names::host},
        {"send ECONNRESET", call::send, fails(ECONNRESET), errc::connection_reset, names::host},
        {"send ENOBUFS", call::send, fails(ENOBUFS), errc::transport_error, names::host},
        {"send ENOMEM", call::send, fails(ENOMEM), errc::out_of_memory, names::host},
        // Files.
        {"open ENOENT", call::open, fails(ENOENT), errc::file_not_found, names::file, true},
        {"open EACCES", call::open, fails(EACCES), errc::file_unreadable, names::file, true},
        {"open EMFILE", call::open, fails(EMFILE), errc::file_unreadable, names::file, true},
        {"open ENFILE", call::open, fails(ENFILE), errc::file_unreadable, names::file, true},
        {"open ENOMEM", call::open, fails(ENOMEM), errc::out_of_memory, names::file, true},
        {"fstat EIO", call::fstat, fails(EIO), errc::file_unreadable, names::file, true},
        {"read EIO", call::read, fails(EIO), errc::file_unreadable, names::file, true},
        {"read ENOMEM", call::read, fails(ENOMEM), errc::out_of_memory, names::file, true},
        {"opendir EMFILE", open_directory, fails(EMFILE), errc::file_unreadable, names::file, true},
        {"opendir ENOMEM", open_directory, fails(ENOMEM), errc::out_of_memory, names::file, true},
        {"readdir EIO", read_directory, fails(EIO), errc::file_unreadable, names::file, true},
        {"write ENOSPC", call::write, fails(ENOSPC), errc::callback_failed, names::file},
        {"write EIO", call::write, fails(EIO), errc::callback_failed, names::file},
    };
    return all;
}

std::size_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

using way = lives (*)(const world&);

struct run {
    lives both;
    bool happened = false;
    bool leaks = false;
};

/// In a thread of its own, which has nothing yet of what threads keep.
run live(way life, const world& in, const call_fault& fault) {
    run out;
    const std::size_t before = open_descriptors();
    std::thread([&] {
        const failing_call failing(fault);
        out.both = life(in);
        out.happened = failing.happened();
    }).join();
    out.leaks = open_descriptors() != before;
    // One that came to nothing: whoever tries again makes another.
    std::erase_if(out.both.seen, [](const seen_connection& each) { return each.received.empty() && !each.ended; });
    return out;
}

bool mentions(const std::string& sentence, names what) {
    const auto has = [&](const char* part) { return sentence.find(part) != std::string::npos; };
    switch (what) {
        case names::file: return has(".crt'") || has(".key'") || has("keys.log'") || has("anchors'");
        case names::host: return has("127.0.0.1") || has("localhost") || has("::1");
        default: return !sentence.empty();
    }
}

/// What the peer got is the beginning of what was said, and it was told of an end only where one was meant.
testing::AssertionResult nobody_is_fooled(const lives& both, const std::string& said, const std::string& heard) {
    std::size_t ends = 0;
    for (const auto& each : both.seen) {
        if (!said.starts_with(each.received)) return testing::AssertionFailure() << "the peer got something else";
        if (each.ended && each.received != said) return testing::AssertionFailure() << "the peer takes a part for all";
        ends += each.ended ? 1U : 0U;
    }
    for (const auto& each : both.told.received) {
        if (!heard.starts_with(each)) return testing::AssertionFailure() << "something else was received";
    }
    const bool in_closing = both.told.failed_step == "close_write";
    if (ends > both.told.count("close_write") + (in_closing ? 1 : 0)) {
        return testing::AssertionFailure() << "the peer saw an end that nobody sent";
    }
    return testing::AssertionSuccess();
}

class system_calls : public testing::TestWithParam<bool> {
protected:
    [[nodiscard]] static bool as_client() { return GetParam(); }
    [[nodiscard]] static way kind() { return as_client() ? live_as_client : live_as_server; }
    [[nodiscard]] static const std::string& said() { return as_client() ? request() : reply(); }
    [[nodiscard]] static const std::string& heard() { return as_client() ? reply() : request(); }

    /// How often the row's error was reported.
    unsigned sweep(const row& row, const world& in, const lives& usual) {
        unsigned reported = 0;
        for (unsigned nth = 1; nth <= most_; ++nth) {
            SCOPED_TRACE(std::string(row.name) + ", call " + std::to_string(nth));
            const run seen = live(kind(), in, {.which = row.which, .nth = nth, .verdict = row.fault});
            EXPECT_FALSE(seen.leaks) << "a descriptor was left open";
            EXPECT_TRUE(nobody_is_fooled(seen.both, said(), heard()));
            if (!seen.happened) break;
            const story& told = seen.both.told;
            if (!told.failure) {
                EXPECT_EQ(seen.both, usual) << "nothing was reported, and something changed";
                continue;
            }
            ++reported;
            const std::string where = told.failed_step + ": " + describe(*told.failure);
            if (!row.becomes) {
                ADD_FAILURE() << where;
                continue;
            }
            EXPECT_EQ(told.failure->code(), *row.becomes) << where;
            EXPECT_TRUE(mentions(told.failure->message(), row.mentioned)) << where;
            const bool has_number = row.fault.error > 0 && row.which != call::pipe;  // made long before it is missed
            EXPECT_TRUE(!has_number || told.failure->system_code() == row.fault.error) << where;
            EXPECT_TRUE(!row.again || seen.both == usual) << "the second try: " << where;
            if (HasFailure() && ++bad_ > 30) break;
        }
        return reported;
    }

private:
    /// Calls of a kind that fail, from the first on.
    const unsigned most_ = std::getenv("TLSEAM_FAULTS") != nullptr ? 100000 : 2;
    unsigned bad_ = 0;
};
INSTANTIATE_TEST_SUITE_P(of, system_calls, testing::Values(true, false),
                         [](const auto& of) { return std::string(of.param ? "a_client" : "a_server"); });

TEST_P(system_calls, may_fail) {
    world patient, other;
    patient.tries_again = true;
    const lives usual = live(kind(), other, {.nth = 0}).both;
    ASSERT_FALSE(usual.told.failure) << usual.told.failed_step << ": " << describe(*usual.told.failure);
    ASSERT_EQ(usual.seen.size(), 2U);
    for (const auto& each : usual.seen) {
        ASSERT_EQ(each.received, said());
        ASSERT_TRUE(each.ended && !each.failure);
    }
    for (const row& row : rows()) {
        const unsigned reported = sweep(row, row.again ? patient : other, usual);
        std::printf("%s: %u\n", row.name, reported);
    }
}

}  // namespace
}  // namespace faults
