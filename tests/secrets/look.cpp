// SPDX-License-Identifier: Apache-2.0
#include "tests/secrets/look.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include <gtest/gtest.h>

#include "tests/secrets/frees.hpp"
#include "tests/secrets/memory.hpp"
#include "tests/secrets/symbols.hpp"

namespace secrets {
namespace {

/// KIND PLACE REASON, where PLACE is "freed" (a block that the library gave back), "stack" (nobody can say whose frame
/// it was) or "memory" (all else).
struct leftover {
    std::string what, place, reason;
    bool used = false;
};

std::vector<leftover>& leftovers() {
    static std::vector<leftover> rows;
    return rows;
}

bool is_explained(kind which, std::string_view place) {
    bool found = false;
    for (leftover& one : leftovers()) {
        if (one.what != name(which) || one.place != place) continue;
        one.used = found = true;
    }
    return found;
}

/// What everything is freed through: the C and C++ libraries, and what is made from their templates.
bool has_no_owner(const function& one) {
    const std::string file = std::filesystem::path(one.module).filename().string();
    for (const char* system : {"libc.so", "libstdc++", "libgcc", "ld-linux"}) {
        if (file.starts_with(system)) return true;
    }
    const std::string_view name(one.mangled);
    if (name == "free" || name == "realloc" || name.find("look_into") != name.npos ||
        name.find("give_back") != name.npos)
        return true;
    for (const char* standard : {"_Zd", "_ZSt", "_ZNSt", "_ZNKSt", "_ZN9__gnu_cxx", "_ZNK9__gnu_cxx", "_ZNSs"}) {
        if (name.starts_with(standard)) return true;
    }
    return false;
}

/// _ZN6tlseam..., _ZNK6tlseam..., _ZZN6tlseam... (a lambda in one), _ZThn8_N6tlseam... (a virtual function).
bool is_tlseams(const std::string& mangled) {
    if (!mangled.starts_with("_Z")) return false;
    const auto at = mangled.find("6tlseam");
    constexpr std::size_t qualifiers = 12;
    return at < qualifiers && mangled.find_first_of("I", 2) > at;
}

struct owner {
    bool ours = false;
    std::string who;
};

owner owner_of(const freed& one) {
    owner out;
    constexpr int most = 6;
    int shown = 0;
    for (std::size_t i = 0; i < one.depth && shown < most; ++i) {
        const function at = function_at(static_cast<const char*>(one.callers[i]) - 1);  // it returns behind the call
        if (shown == 0 && has_no_owner(at)) continue;
        // By free(), it is a C library that ends with it: the call may have been its last act, and not show.
        if (shown == 0) out.ours = one.by_delete && is_tlseams(at.mangled);
        out.who += (shown++ == 0 ? "" : " < ") + readable(at);
    }
    return out;
}

}  // namespace

void read_leftovers(const std::filesystem::path& file) {
    std::ifstream in(file);
    if (!in) throw std::runtime_error("cannot read " + file.string());
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || line.starts_with('#')) continue;
        leftover row;
        std::istringstream words(line);
        words >> row.what >> row.place >> std::ws;
        std::getline(words, row.reason);
        if (row.reason.empty()) throw std::runtime_error(file.string() + ": no reason in '" + line + "'");
        leftovers().push_back(row);
    }
}

std::vector<std::string> unused_leftovers() {
    std::vector<std::string> out;
    for (const leftover& one : leftovers()) {
        if (!one.used) out.push_back(one.what + " " + one.place + ": " + one.reason);
    }
    return out;
}

findings look_after(const std::function<void()>& scenario) {
    look_for_nothing();
    std::vector<hit> left;
    std::vector<freed> given_back;
    {
        scratch_stack stack;
        {
            const watch_frees watch;
            stack.run([&] {
                try {
                    scenario();
                } catch (const std::exception& problem) {
                    ADD_FAILURE() << problem.what();
                }
            });
        }
        const auto found = watch_frees::found();
        given_back.assign(found.begin(), found.end());
        left = search_memory(stack);
    }
    look_for_nothing();

    std::set<std::string> ours, unexplained, explained;
    for (const freed& one : given_back) {
        const owner by = owner_of(one);
        const std::string sentence = std::string(name(one.which)) + " freed by " + by.who;
        auto& into = by.ours ? ours : is_explained(one.which, "freed") ? explained : unexplained;
        into.insert(sentence);
    }
    for (const hit& one : left) {
        const std::string sentence = std::string(name(one.which)) + " " + one.where;
        const auto place = one.where.substr(0, one.where.find(' '));
        (is_explained(one.which, place) ? explained : unexplained).insert(sentence);
    }
    const auto list = [](const std::set<std::string>& from) { return std::vector(from.begin(), from.end()); };
    return {list(ours), list(unexplained), list(explained)};
}

void expect_gone(const std::function<void()>& scenario) {
    const findings found = look_after(scenario);
    for (const auto& one : found.ours) ADD_FAILURE() << "tlseam does not wipe: " << one;
    for (const auto& one : found.unexplained) ADD_FAILURE() << "still there: " << one;
    for (const auto& one : found.explained) std::cout << "left by the library: " << one << "\n";
}

}  // namespace secrets
