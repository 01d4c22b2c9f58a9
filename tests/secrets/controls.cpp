// SPDX-License-Identifier: Apache-2.0
// That the search finds what is there, wherever it is, and says whose it is.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/secrets/look.hpp"
#include "tests/secrets/memory.hpp"
#include "tests/support/pki.hpp"

namespace secrets {
namespace {

bool has(const std::vector<std::string>& sentences, std::string_view part) {
    return std::ranges::any_of(sentences, [&](const std::string& one) { return one.find(part) != one.npos; });
}

page secret() {
    page out = random_page(32);
    for (std::byte& each : out.bytes()) each = (each & std::byte{0x3f}) | std::byte{0x40};  // text, without zeros
    look_for(kind::planted, out.bytes());
    return out;
}

TEST(search, finds_nothing_where_nothing_is) {
    const auto found = look_after([] { (void)secret(); });
    EXPECT_TRUE(found.ours.empty() && found.unexplained.empty() && found.explained.empty());
}

TEST(search, finds_what_is_on_the_heap) {
    static void* block;
    const auto found = look_after([] {
        block = std::malloc(100);
        std::memcpy(block, secret().bytes().data(), 32);
        EXPECT_TRUE(is_in_memory(kind::planted));
    });
    EXPECT_TRUE(has(found.unexplained, "planted memory"));
    EXPECT_TRUE(found.ours.empty());
    std::free(block);
}

TEST(search, finds_what_is_in_static_memory) {
    static std::array<std::byte, 32> kept;
    const auto found = look_after([] { std::memcpy(kept.data(), secret().bytes().data(), kept.size()); });
    EXPECT_TRUE(has(found.unexplained, "planted memory")) << testing::PrintToString(found.unexplained);
    kept = {};
}

[[gnu::noinline]] void leave_on_stack() {
    std::array<std::byte, 32> frame;
    std::memcpy(frame.data(), secret().bytes().data(), frame.size());
    asm volatile("" : : "r"(frame.data()) : "memory");
}

TEST(search, finds_what_is_left_on_the_stack) {
    const auto found = look_after([] { leave_on_stack(); });
    EXPECT_TRUE(has(found.unexplained, "planted stack"));
}

TEST(search, finds_what_others_free) {
    const auto found = look_after([] {
        void* const block = std::malloc(100);
        std::memcpy(block, secret().bytes().data(), 32);
        asm volatile("" : : "r"(block) : "memory");
        std::free(block);
    });
    EXPECT_TRUE(has(found.unexplained, "planted freed by secrets::")) << testing::PrintToString(found.unexplained);
    EXPECT_TRUE(found.ours.empty());
}

TEST(search, finds_what_is_left_behind_by_realloc) {
    const auto found = look_after([] {
        void* block = std::malloc(100);
        std::memcpy(block, secret().bytes().data(), 32);
        block = std::realloc(block, 100'000);
        std::memset(block, 0, 100'000);
        asm volatile("" : : "r"(block) : "memory");
        std::free(block);
    });
    EXPECT_TRUE(has(found.unexplained, "planted freed by"));
}

// Names of protocols are no secrets, and a context gives them back as they are.
TEST(search, finds_what_tlseam_frees_and_says_so) {
    const auto found = look_after([] {
        const page name = secret();
        const auto made =
            tlseam::context::client({.trust = tlseam_test::pki::trust(), .alpn = {std::string(name.text())}});
        EXPECT_TRUE(made);
    });
    EXPECT_TRUE(has(found.ours, "planted freed by tlseam::")) << testing::PrintToString(found.unexplained);
}

}  // namespace
}  // namespace secrets
