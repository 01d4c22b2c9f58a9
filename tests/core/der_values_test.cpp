// SPDX-License-Identifier: Apache-2.0
// What DER allows in the content of an element; and that a reader stays within its input.
#include <gtest/gtest.h>

#include "core/der.hpp"
#include "tests/core/hostile.hpp"

namespace {

using namespace tlseam_test;
namespace der = tlseam::seam::der;

TEST(DerValues, AnObjectIdentifierIsWholeArcsInShortestForm) {
    EXPECT_TRUE(der::is_oid(hex("2a 86 48 86 f7 0d")));
    EXPECT_TRUE(der::is_oid(hex("55")));
    EXPECT_TRUE(der::is_oid(hex("2a 81 80 01"))) << "0x80 within an arc is a digit like any other";
    EXPECT_FALSE(der::is_oid({}));
    EXPECT_FALSE(der::is_oid(hex("2a 86"))) << "the last arc does not end";
    EXPECT_FALSE(der::is_oid(hex("80 01"))) << "an arc begins with a zero";
    EXPECT_FALSE(der::is_oid(hex("2a 80 01 05")));
}

TEST(DerValues, AnIntegerIsInShortestForm) {
    for (const char* good : {"00", "ff", "7f", "80", "00 80", "ff 7f", "01 00", "fe ff"}) {
        EXPECT_TRUE(der::is_integer(hex(good))) << good;
    }
    for (const char* bad : {"", "00 00", "00 7f", "ff 80", "ff ff"}) EXPECT_FALSE(der::is_integer(hex(bad))) << bad;
}

TEST(DerValues, EndOfContentsIsNoElement) { EXPECT_FALSE(der::reader(hex("00 00")).any()); }

TEST(DerValues, AReaderStaysWithinItsInput) {
    const auto input = to_byte_vector(cert_file("server-leaf.der"));
    const auto inner = byte_vector(input.begin() + 4, input.end());
    const auto walk = [](const byte_vector& spoiled) {
        der::reader in(spoiled);
        std::size_t total = 0;
        while (!in.at_end()) {
            const auto element = in.any();
            if (!element) break;
            EXPECT_EQ(element->whole.data(), spoiled.data() + total);
            EXPECT_LT(element->content.size(), element->whole.size());
            total += element->whole.size();
        }
        EXPECT_LE(total, spoiled.size());
        EXPECT_EQ(in.at_end(), total == spoiled.size());
    };
    every_prefix(inner, walk);
    every_flip(inner, walk);
    random_mutations(inner, 5000, walk);
}

}  // namespace
