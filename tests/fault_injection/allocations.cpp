// SPDX-License-Identifier: Apache-2.0
// Every allocation fails once, and every one together with all that follow.
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <gtest/gtest.h>

#include "tests/fault_injection/frames.hpp"
#include "tests/fault_injection/known.hpp"
#include "tests/fault_injection/scenarios.hpp"

namespace faults {
namespace {

bool takes_every() { return std::getenv("TLSEAM_FAULTS") != nullptr; }

sweep_options pace() {
    if (const char* one = std::getenv("TLSEAM_FAULTS_AT"); one != nullptr) return {.only = std::stoul(one)};
    if (takes_every()) return {};
    return {.each_of_the_first = 12, .then_every = 397};
}

/// Those that no line of the library's list has; the first few are shown.
std::size_t count_unknown(const char* kind, const std::vector<finding>& all) {
    std::size_t unknown = 0;
    for (const finding& each : all) {
        const auto functions = functions_of(each);
        if (is_known(kind, each.words, functions)) continue;
        if (++unknown > 12) continue;
        std::printf("  %s at allocation %zu: %s\n", kind, each.nth, each.words.c_str());
        for (const auto& function : functions) std::printf("      %s\n", function.c_str());
    }
    return unknown;
}

void expect_sound(const named_scenario& it, sweep_options how) {
    const sweep_result seen = sweep(it.make, how);
    std::printf(
        "%s%s: %zu runs, %zu unharmed, %zu out_of_memory, %zu other errors, %zu crashes, %zu wrong, %zu leaks\n",
        it.name.c_str(), how.and_all_later ? ", and all later" : "", seen.runs, seen.unharmed, seen.out_of_memory,
        seen.other_errors.size(), seen.crashes.size(), seen.wrong.size(), seen.leaks.size());
    EXPECT_GT(seen.runs, 0U);
    EXPECT_EQ(count_unknown("error", seen.other_errors), 0U);
    EXPECT_EQ(count_unknown("crash", seen.crashes), 0U);
    EXPECT_EQ(count_unknown("wrong", seen.wrong), 0U);
    EXPECT_EQ(count_unknown("leak", seen.leaks), 0U);
}

void expect_sound(const named_scenario& it) {
    sweep_options how = pace();
    if (it.large && how.only == 0)
        how.each_of_the_first = takes_every() ? 100 : 5, how.then_every *= takes_every() ? 101 : 53;
    expect_sound(it, how);
    how.and_all_later = true;
    expect_sound(it, how);
}

std::string name_of(const testing::TestParamInfo<named_scenario>& info) {
    std::string name = info.param.name;
    std::ranges::replace(name, '-', '_');
    return name;
}

class allocations : public testing::TestWithParam<named_scenario> {};
INSTANTIATE_TEST_SUITE_P(of, allocations, testing::ValuesIn(sound_scenarios(takes_every())), name_of);
TEST_P(allocations, may_fail) { expect_sound(GetParam()); }

class forbidden_peers : public testing::TestWithParam<named_scenario> {};
INSTANTIATE_TEST_SUITE_P(with, forbidden_peers, testing::ValuesIn(forbidden_scenarios(takes_every())), name_of);
TEST_P(forbidden_peers, stay_out_whatever_fails) { expect_sound(GetParam()); }

/// Each in a process of its own, where nothing is there yet that later uses share; and the next use has memory again.
class first_uses : public testing::TestWithParam<named_scenario> {};
INSTANTIATE_TEST_SUITE_P(of, first_uses, testing::ValuesIn(first_scenarios()), name_of);
TEST_P(first_uses, may_fail) {
    sweep_options how = pace();
    how.first_use = true;
    if (!takes_every() && how.only == 0) how.each_of_the_first = 3, how.then_every = 997;
    expect_sound(GetParam(), how);
}

/// After everything else: a line that nothing needs any more is gone.
class known_lines : public testing::Environment {
    void TearDown() override {
        if (!takes_every() || testing::GTEST_FLAG(filter) != "*") return;
        for (const auto& line : unneeded()) ADD_FAILURE() << "nothing needs this line of out_of_memory.txt: " << line;
    }
};
// GoogleTest owns it.
[[maybe_unused]] const testing::Environment* const lines = testing::AddGlobalTestEnvironment(new known_lines);

}  // namespace
}  // namespace faults
