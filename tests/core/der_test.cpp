// SPDX-License-Identifier: Apache-2.0
// The strict reader of DER: lengths, tags, and that a failure is never taken for an end.
#include "core/der.hpp"

#include <gtest/gtest.h>

#include "tests/core/support.hpp"

namespace {

using namespace tlseam::seam;
using namespace core_test;

TEST(Der, WalksElements) {
    const buffer input = bytes({0x02, 0x01, 0x05, 0x04, 0x02, 'a', 'b', 0x30, 0x00});
    der::reader in(input);
    EXPECT_FALSE(in.at_end());
    EXPECT_EQ(in.peek(), 0x02);
    const auto first = in.expect(der::tag::integer);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->whole.size(), 3U);
    EXPECT_FALSE(in.optional(der::tag::integer));
    const auto second = in.optional(der::tag::octet_string);
    ASSERT_TRUE(second);
    EXPECT_EQ(text(second->content), "ab");
    const auto third = in.any();
    ASSERT_TRUE(third);
    EXPECT_TRUE(third->content.empty());
    EXPECT_TRUE(in.at_end());
    EXPECT_EQ(in.peek(), 0);
    EXPECT_FALSE(in.optional(der::tag::integer));
    EXPECT_TRUE(in.at_end());
    EXPECT_FALSE(in.any()) << "nothing is left";
}

TEST(Der, Lengths) {
    const auto parses = [](const buffer& input) { return der::single(input, 0x04).has_value(); };
    const auto with = [](buffer header, std::size_t size) {
        header.resize(header.size() + size);
        return header;
    };
    EXPECT_TRUE(parses(bytes({0x04, 0x00})));
    EXPECT_TRUE(parses(with(bytes({0x04, 0x7f}), 127)));
    EXPECT_TRUE(parses(with(bytes({0x04, 0x81, 0x80}), 128)));
    EXPECT_TRUE(parses(with(bytes({0x04, 0x82, 0x01, 0x00}), 256)));
    EXPECT_TRUE(parses(with(bytes({0x04, 0x83, 0x01, 0x00, 0x00}), 65536)));
    EXPECT_FALSE(parses(with(bytes({0x04, 0x81, 0x7f}), 127))) << "not the shortest";
    EXPECT_FALSE(parses(with(bytes({0x04, 0x82, 0x00, 0x80}), 128))) << "not the shortest";
    EXPECT_FALSE(parses(bytes({0x04, 0x80, 0x00, 0x00}))) << "indefinite";
    EXPECT_FALSE(parses(bytes({0x04, 0x85, 0x01, 0, 0, 0, 0}))) << "absurd";
    EXPECT_FALSE(parses(bytes({0x04, 0xff})));
    EXPECT_FALSE(parses(bytes({0x04, 0x84, 0xff, 0xff, 0xff, 0xff})));
    EXPECT_FALSE(parses(bytes({0x04})));
    EXPECT_FALSE(parses(bytes({0x04, 0x81})));
    EXPECT_FALSE(parses(bytes({0x04, 0x02, 0x01}))) << "cut";
    EXPECT_FALSE(parses(bytes({0x04, 0x01, 0x01, 0x00}))) << "bytes behind it";
    EXPECT_FALSE(parses(bytes({0x05, 0x00}))) << "another tag";
    EXPECT_FALSE(parses({}));
    EXPECT_FALSE(der::single(bytes({0x1f, 0x20, 0x00}), 0x1f)) << "high tag numbers";
}

TEST(Der, AFailureIsNoEnd) {
    const buffer cut = bytes({0x04, 0x05, 'a'});
    der::reader any(cut);
    EXPECT_FALSE(any.any());
    EXPECT_FALSE(any.at_end());
    EXPECT_FALSE(any.any());
    der::reader optional(cut);
    EXPECT_FALSE(optional.optional(0x04));
    EXPECT_FALSE(optional.at_end());
    der::reader expect(cut);
    EXPECT_FALSE(expect.expect(0x30));
    EXPECT_FALSE(expect.at_end());
    EXPECT_FALSE(expect.expect(0x04)) << "everything fails from now on";
}

TEST(Der, ObjectIdentifiers) {
    EXPECT_TRUE(der::is_oid(bytes({0x2a})));
    EXPECT_TRUE(der::is_oid(bytes({0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01})));
    EXPECT_FALSE(der::is_oid({}));
    EXPECT_FALSE(der::is_oid(bytes({0x2a, 0x86}))) << "ends within a number";
    EXPECT_FALSE(der::is_oid(bytes({0x2a, 0x80, 0x01}))) << "not the shortest";
    EXPECT_FALSE(der::is_oid(bytes({0x80, 0x01})));
}

TEST(Der, Integers) {
    EXPECT_TRUE(der::is_integer(bytes({0x00})));
    EXPECT_TRUE(der::is_integer(bytes({0x7f})));
    EXPECT_TRUE(der::is_integer(bytes({0x80})));
    EXPECT_TRUE(der::is_integer(bytes({0x00, 0x80})));
    EXPECT_TRUE(der::is_integer(bytes({0xff, 0x7f})));
    EXPECT_FALSE(der::is_integer({}));
    EXPECT_FALSE(der::is_integer(bytes({0x00, 0x7f}))) << "not the shortest";
    EXPECT_FALSE(der::is_integer(bytes({0xff, 0x80}))) << "not the shortest";
}

TEST(Der, EncodeIsReadBack) {
    for (const std::size_t size : {0U, 1U, 127U, 128U, 255U, 256U, 65535U, 65536U, 70000U}) {
        const buffer content(size, std::byte{'x'});
        const auto encoded = der::encode(0x04, {view(content).first(size / 2), view(content).subspan(size / 2)});
        const auto read = der::single(encoded, 0x04);
        ASSERT_TRUE(read) << size;
        EXPECT_EQ(read->content.size(), size);
    }
}

}  // namespace
