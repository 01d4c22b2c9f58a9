// SPDX-License-Identifier: Apache-2.0
// Which paths are shown to the library, and which are known to be good. The backend here counts what it is shown.
#include "core/path_memo.hpp"

#include <gtest/gtest.h>

#include "tests/core/support.hpp"
#include "tests/null_backend/native.hpp"

namespace {

using namespace tlseam;
using namespace tlseam::seam;

using bytes = std::vector<std::byte>;

/// Bytes that no other test has shown.
bytes fresh() {
    static std::uint32_t last = 0;
    ++last;
    bytes out(40, std::byte{0x5a});
    for (std::size_t i = 0; i < 4; ++i) out[i] = static_cast<std::byte>(last >> (8 * i) & 0xff);
    return out;
}

/// How many paths the library was shown for this one, when it was asked again.
int shown_again(std::initializer_list<der_bytes> path, std::optional<role> peer = role::server) {
    const int before = paths_checked();
    EXPECT_TRUE(check_path_once(std::span(path.begin(), path.size()), peer).empty());
    return paths_checked() - before;
}

TEST(PathMemo, AGoodPathIsShownOnce) {
    const bytes leaf = fresh(), anchor = fresh();
    EXPECT_EQ(shown_again({leaf, anchor}), 1);
    EXPECT_EQ(shown_again({leaf, anchor}), 0);
}

TEST(PathMemo, WhatDiffersInAnythingIsAnotherPath) {
    const bytes leaf = fresh(), anchor = fresh();
    EXPECT_EQ(shown_again({leaf, anchor}), 1);
    EXPECT_EQ(shown_again({leaf, anchor}, role::client), 1) << "another purpose";
    EXPECT_EQ(shown_again({leaf, anchor}, std::nullopt), 1);
    EXPECT_EQ(shown_again({anchor, leaf}), 1) << "another order";
    EXPECT_EQ(shown_again({leaf}), 1);
    bytes both = leaf;
    both.insert(both.end(), anchor.begin(), anchor.end());
    EXPECT_EQ(shown_again({both}), 1) << "the same bytes, parted in another way";
    for (std::size_t at = 0; at < leaf.size(); ++at) {
        bytes changed = leaf;
        changed[at] ^= static_cast<std::byte>(at + 1);  // the hash here is a sum: another change at each place
        EXPECT_EQ(shown_again({changed, anchor}), 1) << at;
    }
}

TEST(PathMemo, ABadPathIsShownEachTime) {
    const auto chain = or_throw(certificate::load_all(core_test::cert_path("bad-signature.crt")));
    const der_bytes path[] = {chain.front().der()};
    const int before = paths_checked();
    for (int i = 1; i <= 3; ++i) {
        EXPECT_EQ(check_path_once(path, role::server).size(), 1U);
        EXPECT_EQ(paths_checked() - before, i);
    }
}

TEST(PathMemo, HoldsTheLast256) {
    const bytes first = fresh();
    EXPECT_EQ(shown_again({first}), 1);
    for (int i = 0; i < 255; ++i) EXPECT_EQ(shown_again({fresh()}), 1);
    EXPECT_EQ(shown_again({first}), 0);
    EXPECT_EQ(shown_again({fresh()}), 1);
    EXPECT_EQ(shown_again({first}), 1);
}

}  // namespace
