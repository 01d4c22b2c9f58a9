// SPDX-License-Identifier: Apache-2.0
// IP addresses as text and back.
#include "core/ip.hpp"

#include <gtest/gtest.h>

#include "tests/core/support.hpp"

namespace {

using namespace tlseam::seam;
using namespace core_test;

std::string round_trip_6(std::string_view text) {
    const auto parsed = parse_ip6(text);
    return parsed ? ip_text(*parsed) : "no";
}
std::string round_trip_4(std::string_view text) {
    const auto parsed = parse_ip4(text);
    return parsed ? ip_text(*parsed) : "no";
}

TEST(Ip, DottedQuads) {
    for (const char* good : {"0.0.0.0", "127.0.0.1", "255.255.255.255", "1.20.200.9"})
        EXPECT_EQ(round_trip_4(good), good);
    for (const char* bad :
         {"", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.999", "01.2.3.4", "1.2.3.04", "1.2.3.4 ", " 1.2.3.4",
          "1..3.4", "1.2.3.", ".2.3.4", "1.2.3.-4", "1.2.3.+4", "0x1.2.3.4", "1.2.3.4a", "1,2,3,4", "1.2.3.00"}) {
        EXPECT_EQ(round_trip_4(bad), "no") << bad;
    }
}

TEST(Ip, SixAsInRfc5952) {
    const struct {
        std::string_view text, normal;
    } table[] = {
        {"::", "::"},
        {"::1", "::1"},
        {"1::", "1::"},
        {"2001:db8::1", "2001:db8::1"},
        {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
        {"2001:0db8:0000:0001:0000:0000:0000:0001", "2001:db8:0:1::1"},
        {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
        {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
        {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
        {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
        {"1:0:0:2:0:0:0:3", "1:0:0:2::3"},
        {"::1.2.3.4", "::102:304"},
        {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
        {"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
    };
    for (const auto& row : table) EXPECT_EQ(round_trip_6(row.text), row.normal) << row.text;
}

TEST(Ip, SixRefused) {
    for (const char* bad : {"",
                            ":",
                            ":::",
                            "1",
                            "1:2:3:4:5:6:7",
                            "1:2:3:4:5:6:7:8:9",
                            "1:2:3:4:5:6:7:8::",
                            "::1::",
                            "1::2::3",
                            ":1:2:3:4:5:6:7:8",
                            "1:2:3:4:5:6:7:8:",
                            "12345::",
                            "g::",
                            "::-1",
                            "::0x1",
                            " ::1",
                            "::1 ",
                            "1.2.3.4",
                            "1.2.3.4::",
                            "::1.2.3",
                            "::1.2.3.4:5",
                            "::1.2.3.256",
                            "1:2:3:4:5:6:7:1.2.3.4",
                            "fe80::1%1",
                            "[::1]",
                            "::ffff:1.2.3.4:"}) {
        EXPECT_EQ(round_trip_6(bad), "no") << bad;
    }
}

TEST(Ip, OtherSizesHaveNoText) {
    for (const std::size_t size : {0U, 3U, 5U, 15U, 17U}) EXPECT_EQ(ip_text(buffer(size)), "");
}

TEST(Ip, RandomAddressesSurviveTheRoundTrip) {
    generator random(99);
    for (int i = 0; i < 5000; ++i) {
        std::array<std::byte, 16> address{};
        for (auto& b : address) b = random.below(3) == 0 ? static_cast<std::byte>(random()) : std::byte{0};
        const std::string written = ip_text(address);
        const auto read = parse_ip6(written);
        ASSERT_TRUE(read) << written;
        EXPECT_EQ(*read, address) << written;
    }
}

TEST(Ip, RandomTextNeverCrashes) {
    generator random(5);
    constexpr std::string_view alphabet = "0123456789abcdef:.:.::g%";
    for (int i = 0; i < 50000; ++i) {
        std::string junk(random.below(24), ' ');
        for (char& c : junk) c = alphabet[random.below(alphabet.size())];
        if (const auto six = parse_ip6(junk)) {
            EXPECT_TRUE(parse_ip6(ip_text(*six)) == six) << junk;
        }
        if (const auto four = parse_ip4(junk)) {
            EXPECT_EQ(ip_text(*four), junk);
        }
    }
}

}  // namespace
