// SPDX-License-Identifier: Apache-2.0
#include "tests/fault_injection/in_children.hpp"

#include <execinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <stdexcept>

#include "tests/fault_injection/injector.hpp"

namespace faults {
namespace {

/// For all that one child does; it is there to end one that hangs.
constexpr unsigned seconds_per_child = 150;
/// Until what is kept for later is there.
constexpr int warm_up = 3;

int report_to = -1;
volatile std::size_t current = 0;

/// One line: a letter, the number of the allocation, words.
void report(char what, std::size_t nth, std::string_view words) {
    std::ostringstream out;
    out << what << ' ' << nth << ' ' << words << '\n';
    const std::string line = out.str();
    if (::write(report_to, line.data(), line.size()) != static_cast<ssize_t>(line.size())) ::_exit(3);
    // Whose allocation it was: for what is not as it should be.
    const auto where = where_it_failed();
    if (what == 'l' || what == 'w' || (what == 'r' && !words.empty())) {
        ::backtrace_symbols_fd(where.data(), static_cast<int>(where.size()), report_to);
    }
}

/// Only what a signal handler may do.
extern "C" void tell_of_crash(int signal) {
    std::array<char, 64> line = {};
    const int size = std::snprintf(line.data(), line.size(), "c %zu signal %d\n", current, signal);
    (void)!::write(report_to, line.data(), static_cast<std::size_t>(size));
    std::array<void*, 48> frames = {};
    const int count = ::backtrace(frames.data(), static_cast<int>(frames.size()));
    ::backtrace_symbols_fd(frames.data(), count, report_to);
    const auto where = where_it_failed();
    ::backtrace_symbols_fd(where.data(), static_cast<int>(where.size()), report_to);
    ::_exit(2);
}

void expect_crashes() {
    std::array<void*, 4> frames = {};
    (void)::backtrace(frames.data(), static_cast<int>(frames.size()));  // loads what it needs
    for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGALRM})
        (void)std::signal(signal, tell_of_crash);
    ::alarm(seconds_per_child);
}

verdict run_with(scenario& it, std::size_t nth, bool and_all_later) {
    arm({.nth = nth, .and_all_later = and_all_later});
    verdict out = it.run();
    disarm();
    return out;
}

/// The same again and again must not leave more and more behind. What is kept for later is there after some time: a
/// library may remember the last errors of a thread, words included.
void look_for_leaks(scenario& it, std::size_t nth, bool and_all_later) {
    constexpr int most = 50, in_a_row = 3;
    std::ptrdiff_t bytes = 0;
    for (int i = 0, steady = 0; i < most; ++i) {
        const heap_use before = in_use();
        (void)run_with(it, nth, and_all_later);
        const heap_use after = in_use();
        bytes = after.bytes - before.bytes;
        steady = after == before ? steady + 1 : 0;
        if (steady == in_a_row) return;
    }
    if (bytes <= 0) return;
    report('l', nth, std::to_string(bytes) + " bytes");
}

[[noreturn]] void be_child(const maker& make, const sweep_options& how, std::size_t first) {
    expect_crashes();
    const auto it = make();
    if (!how.first_use) {
        for (int i = 0; i < warm_up; ++i) {
            if (const verdict usual = it->run(); usual.what != verdict::kind::unharmed) {
                report('w', 0, "without any failure: " + usual.words);
                ::_exit(0);
            }
        }
    }
    for (std::size_t nth = first;; nth += nth < how.each_of_the_first ? 1 : how.then_every) {
        current = nth;
        const heap_use before = in_use();
        verdict seen = run_with(*it, nth, how.and_all_later);
        if (failed_allocations() == 0) break;  // it needs no more than that
        const bool grew = in_use() != before;
        report(static_cast<char>(seen.what), nth, seen.words);
        seen = {};
        const verdict again = it->run();
        if (again.what != verdict::kind::unharmed) report('w', nth, "afterwards, with memory: " + again.words);
        if (grew && !how.first_use) look_for_leaks(*it, nth, how.and_all_later);
        if (how.only != 0) break;
        if (how.first_use) ::_exit(1);
    }
    report('e', 0, "");
    ::_exit(0);
}

struct child_result {
    bool at_the_end = false;
    std::size_t last = 0;  // the allocation that it came to
};

std::vector<finding>* findings_of(sweep_result& into, char what, const std::string& words) {
    switch (what) {
        case 'c': return &into.crashes;
        case 'w': return &into.wrong;
        case 'l': return &into.leaks;
        case 'r': return words.empty() ? nullptr : &into.other_errors;
        default: return nullptr;
    }
}

child_result read_report(int from, sweep_result& into, std::size_t first) {
    child_result out{.last = first};
    finding* latest = nullptr;
    std::FILE* const lines = ::fdopen(from, "r");
    char* text = nullptr;
    std::size_t room = 0;
    while (::getline(&text, &room, lines) > 0) {
        std::string line(text);
        line.pop_back();
        std::istringstream in(line);
        char what = 0;
        std::size_t nth = 0;
        const bool is_frame = line.size() < 2 || line[1] != ' ' || !(in >> what >> nth);
        if (is_frame) {
            if (latest != nullptr) latest->frames.push_back(line);
            continue;
        }
        in.get();
        std::string words;
        std::getline(in, words);
        out.last = std::max(out.last, nth);
        if (what == 'e') out.at_the_end = true;
        if (what == 'u') ++into.unharmed;
        if (what == 'r' && words.empty()) ++into.out_of_memory;
        if (what == 'u' || what == 'r' || what == 'w') ++into.runs;
        auto* const findings = findings_of(into, what, words);
        latest = findings == nullptr ? nullptr : &findings->emplace_back(finding{nth, words});
    }
    std::free(text);
    std::fclose(lines);
    return out;
}

}  // namespace

sweep_result sweep(const maker& make, const sweep_options& how) {
    ::alarm(0);  // the watchdog's, for one test; here, each child has its own
    sweep_result out;
    for (std::size_t first = std::max<std::size_t>(how.only, 1);;) {
        std::array<int, 2> ends = {};
        std::fflush(nullptr);
        if (::pipe2(ends.data(), 0) != 0) throw std::runtime_error("no pipe");
        const pid_t child = ::fork();
        if (child < 0) throw std::runtime_error("no child");
        if (child == 0) {
            ::close(ends[0]);
            report_to = ends[1];
            be_child(make, how, first);
        }
        ::close(ends[1]);
        const std::size_t crashes = out.crashes.size();
        const child_result seen = read_report(ends[0], out, first);
        int status = 0;
        ::waitpid(child, &status, 0);
        const bool silent = !seen.at_the_end && !how.first_use && crashes == out.crashes.size();
        const bool ended_well = WIFEXITED(status) && WEXITSTATUS(status) <= 1;
        if (silent && !ended_well) out.crashes.push_back({seen.last, "ended by itself, or by a sanitizer"});
        if (seen.at_the_end || (silent && ended_well) || out.crashes.size() > 50 || how.only != 0) {
            return out;
        }
        first = seen.last + (seen.last < how.each_of_the_first ? 1 : how.then_every);
    }
}

}  // namespace faults
