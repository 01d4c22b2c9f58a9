// SPDX-License-Identifier: Apache-2.0
// Whether a certificate is for a name (RFC 9525), and what is a name at all.
#include "core/names.hpp"

#include <gtest/gtest.h>

#include "tests/core/support.hpp"

namespace {

using namespace tlseam::seam;
using namespace core_test;

bool dns_match(std::string_view host, std::string_view san) {
    const auto name = parse_peer_name(host);
    if (!name) throw std::invalid_argument("no host name: " + std::string(host));
    const buffer raw = bytes(san);
    x509_fields leaf;
    leaf.dns_names.emplace_back(raw);
    return matches(*name, leaf);
}

bool ip_match(std::string_view host, view san) {
    x509_fields leaf;
    leaf.ip_addresses.emplace_back(san);
    return matches(*parse_peer_name(host), leaf);
}

TEST(Names, WhatMatches) {
    const struct {
        std::string_view host, san;
        bool match;
    } table[] = {
        {"example.com", "example.com", true},
        {"EXAMPLE.com", "example.COM", true},
        {"example.com.", "example.com", true},
        {"localhost", "localhost", true},
        {"a_b.example.com", "a_b.example.com", true},
        {"xn--bcher-kva.example", "xn--bcher-kva.example", true},
        {"www.example.com", "*.example.com", true},
        {"WWW.example.com", "*.EXAMPLE.com", true},
        {"a.b.example.com", "*.b.example.com", true},
        {"xn--bcher-kva.example.com", "*.example.com", true},
        {"example.com", "*.example.com", false},
        {"a.b.example.com", "*.example.com", false},
        {"example.com", "*.com", false},
        {"localhost", "*", false},
        {"example.com", "*", false},
        {"www.example.com", "w*.example.com", false},
        {"www.example.com", "*w.example.com", false},
        {"www.example.com", "w*w.example.com", false},
        {"www.example.com", "www.*.com", false},
        {"www.example.com", "*.*.com", false},
        {"www.example.com", "**.example.com", false},
        {"www.example.com", "*.", false},
        {"www.example.com", "", false},
        {"example.com", "example.com.", false},
        {"www.example.com", "*.example.com.", false},
        {"example.com", ".example.com", false},
        {"www.example.com", ".example.com", false},
        {"example.com", "example.co", false},
        {"example.co", "example.com", false},
        {"wwwexample.com", "www.example.com", false},
        {"example.com", "example.com ", false},
        {"example.com", " example.com", false},
        {"example.com", "ex\xc3\xa4mple.com", false},
        {"xn--bcher-kva.example.com", "xn--*.example.com", false},
    };
    for (const auto& row : table) EXPECT_EQ(dns_match(row.host, row.san), row.match) << row.host << " / " << row.san;
    EXPECT_FALSE(dns_match("example.com", std::string_view("example.com\0", 12)));
    EXPECT_FALSE(dns_match("example.com", std::string_view("example.com\0.evil.test", 22)));
    EXPECT_FALSE(dns_match("www.example.com", std::string_view("*.example.com\0.evil.test", 24)));
}

TEST(Names, AnyOfSeveral) {
    const buffer first = bytes("other.example"), second = bytes("example.com");
    x509_fields leaf;
    leaf.dns_names = {first, second};
    EXPECT_TRUE(matches(*parse_peer_name("example.com"), leaf));
    EXPECT_FALSE(matches(*parse_peer_name("example.org"), leaf));
    EXPECT_FALSE(matches(*parse_peer_name("example.com"), x509_fields{})) << "no names at all";
}

TEST(Names, AddressesMatchByteForByte) {
    const buffer four = bytes({192, 0, 2, 1});
    const buffer six = bytes({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
    const buffer mapped = bytes({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1});
    EXPECT_TRUE(ip_match("192.0.2.1", four));
    EXPECT_FALSE(ip_match("192.0.2.2", four));
    EXPECT_TRUE(ip_match("2001:db8::1", six));
    EXPECT_TRUE(ip_match("[2001:0DB8:0::1]", six));
    EXPECT_FALSE(ip_match("2001:db8::2", six));
    EXPECT_FALSE(ip_match("192.0.2.1", mapped));
    EXPECT_FALSE(ip_match("::ffff:192.0.2.1", four));
    EXPECT_TRUE(ip_match("::ffff:192.0.2.1", mapped));
}

TEST(Names, AnAddressIsNeverADnsName) {
    const buffer written = bytes("192.0.2.1");
    x509_fields leaf;
    leaf.dns_names.emplace_back(written);
    EXPECT_FALSE(matches(*parse_peer_name("192.0.2.1"), leaf));
    const buffer address = bytes("abcd");  // four bytes that look like a name
    leaf.dns_names.clear();
    leaf.ip_addresses.emplace_back(address);
    EXPECT_FALSE(matches(*parse_peer_name("abcd"), leaf));
}

TEST(Names, WhatIsAName) {
    const struct {
        std::string_view text;
        std::string_view normal;  // empty: refused
    } table[] = {
        {"Example.COM.", "example.com"},
        {"localhost", "localhost"},
        {"a-b_c.example", "a-b_c.example"},
        {"1.example", "1.example"},
        {"192.0.2.1", "192.0.2.1"},
        {"2001:DB8::0:1", "2001:db8::1"},
        {"[::1]", "::1"},
        {"", ""},
        {".", ""},
        {"..", ""},
        {"a..b", ""},
        {".a", ""},
        {"a b", ""},
        {"*.example.com", ""},
        {"b\xc3\xbc"
         "cher.example",
         ""},
        {"1.2.3", ""},
        {"example.1", ""},
        {"example.0x1f", ""},
        {"256.1.1.1", ""},
        {"01.2.3.4", ""},
        {"[192.0.2.1]", ""},
        {"[]", ""},
        {"[::1", ""},
        {"::1]", ""},
        {"fe80::1%eth0", ""},
        {"host:443", ""},
        {"http://host", ""},
        {"user@host", ""},
    };
    for (const auto& row : table) {
        const auto name = parse_peer_name(row.text);
        EXPECT_EQ(name ? name->text() : "", row.normal) << row.text;
        if (!name) {
            EXPECT_EQ(name.error(), tlseam::errc::invalid_argument);
        }
    }
    EXPECT_FALSE(parse_peer_name(std::string_view("a\0b", 3)));
}

TEST(Names, LengthsAreLimited) {
    const std::string label(63, 'a');
    const std::string longest = label + "." + label + "." + label + "." + std::string(61, 'b');
    ASSERT_EQ(longest.size(), 253U);
    EXPECT_TRUE(parse_peer_name(longest));
    EXPECT_TRUE(parse_peer_name(longest + "."));
    EXPECT_FALSE(parse_peer_name(longest + "b"));
    EXPECT_TRUE(parse_peer_name(label + ".example"));
    EXPECT_FALSE(parse_peer_name(label + "a.example"));
    EXPECT_FALSE(parse_peer_name(std::string(100000, 'a')));
    EXPECT_TRUE(dns_match(longest, longest));
    EXPECT_FALSE(dns_match(longest, longest + "b"));
}

TEST(Names, TheSentenceHoldsNoControlCharacters) {
    const auto refused = parse_peer_name("evil\x1b[31m\nname" + std::string(500, 'x') + "!");
    ASSERT_FALSE(refused);
    const std::string sentence = refused.error().message();
    EXPECT_EQ(sentence.find('\x1b'), std::string::npos);
    EXPECT_EQ(sentence.find('\n'), std::string::npos);
    EXPECT_LT(sentence.size(), 300U);
}

}  // namespace
