// SPDX-License-Identifier: Apache-2.0
// Names against whole certificates of certs/, and the corners of what a host name is.
#include <gtest/gtest.h>

#include "core/names.hpp"
#include "core/pem.hpp"
#include "tests/core/hostile.hpp"

namespace {

using namespace tlseam_test;
using namespace tlseam::seam;

bool is_for(std::string_view file, std::string_view name) {
    const auto chain = split_certificates(cert_file(file), std::string(file));
    const auto leaf = parse_x509(chain->front());
    return matches(*parse_peer_name(name), *leaf);
}

TEST(NamesOfCertificates, AreThoseOfTheAlternativeNamesOnly) {
    const struct {
        std::string_view file, name;
        bool match;
    } table[] = {
        {"server.crt", "localhost", true},
        {"server.crt", "LocalHost.", true},
        {"server.crt", "server.tlseam.test", true},
        {"server.crt", "other.tlseam.test", false},
        {"server.crt", "tlseam.test", false},
        {"server.crt", "a.server.tlseam.test", false},
        {"server.crt", "server", false},  // its common name
        {"server.crt", "127.0.0.1", false},
        {"cn-only.crt", "localhost", false},
        {"wrong-name.crt", "other.tlseam.test", true},
        {"wrong-name.crt", "localhost", false},
        {"wildcard.crt", "a.wild.tlseam.test", true},
        {"wildcard.crt", "XN--BCHER-KVA.wild.tlseam.test", true},
        {"wildcard.crt", "_dmarc.wild.tlseam.test", true},
        {"wildcard.crt", "wild.tlseam.test", false},
        {"wildcard.crt", "a.b.wild.tlseam.test", false},
        {"wildcard.crt", "a.wild.tlseam.test.example", false},
        {"ip.crt", "127.0.0.1", true},
        {"ip.crt", "::1", true},
        {"ip.crt", "[0:0::0:1]", true},
        {"ip.crt", "127.0.0.2", false},
        {"ip.crt", "::ffff:127.0.0.1", false},
        {"ip.crt", "localhost", false},
    };
    for (const auto& row : table) EXPECT_EQ(is_for(row.file, row.name), row.match) << row.file << " " << row.name;
}

TEST(NamesOfCertificates, ALastLabelThatIsANumberIsNoHostName) {
    for (const char* name : {"1", "0", "1.2.3", "1.2.3.4.5", "a.0", "a.0x7f", "0x7f000001", "0x", "a.0X1", "1.2.3.4.",
                             "999.1.1.1", "1.2.3.04"}) {
        EXPECT_FALSE(parse_peer_name(name)) << name;
    }
    for (const char* name : {"1a", "0xbox", "3com.example", "127.0.0.1.example", "1.2.3.a", "x0"}) {
        const auto parsed = parse_peer_name(name);
        ASSERT_TRUE(parsed) << name;
        EXPECT_EQ(parsed->kind, peer_name::kind::dns) << name;
        EXPECT_EQ(parsed->dns, name);
    }
}

TEST(NamesOfCertificates, AnAddressHasItsKindAndBytes) {
    const auto four = parse_peer_name("192.0.2.255");
    ASSERT_TRUE(four);
    EXPECT_EQ(four->kind, peer_name::kind::ip4);
    EXPECT_EQ(to_view(four->address()), to_view(hex("c0 00 02 ff")));
    const auto six = parse_peer_name("[2001:db8::192.0.2.255]");
    ASSERT_TRUE(six);
    EXPECT_EQ(six->kind, peer_name::kind::ip6);
    EXPECT_EQ(to_view(six->address()), to_view(hex("20010db8 00000000 00000000 c00002ff")));
    EXPECT_EQ(parse_peer_name("::ffff:192.0.2.1")->text(), "::ffff:192.0.2.1") << "RFC 5952 5";
}

TEST(NamesOfCertificates, AnyTextIsANameOrAnInvalidArgument) {
    for (const std::string_view start : {"a-b.example.test", "192.0.2.1", "[2001:db8::1]"}) {
        random_mutations(to_byte_vector(start), 3000, [](const byte_vector& text) {
            const auto name = parse_peer_name(to_view(text));
            if (!name) {
                EXPECT_EQ(name.error(), tlseam::errc::invalid_argument);
                return;
            }
            const auto again = parse_peer_name(name->text());  // the normal form is its own normal form
            ASSERT_TRUE(again) << name->text();
            EXPECT_EQ(again->text(), name->text());
            EXPECT_EQ(again->kind, name->kind);
        });
    }
}

TEST(NamesOfCertificates, ASpoiledAlternativeNameMatchesNobodyElse) {
    const auto good = to_byte_vector("*.wild.tlseam.test");
    const auto name = parse_peer_name("a.wild.tlseam.test");
    const auto differs = [&](const byte_vector& spoiled) {
        x509_fields leaf;
        leaf.dns_names = {spoiled};
        const auto text = to_view(spoiled);
        const bool same = std::ranges::equal(text, to_view(good), same_ascii_letter);
        const bool exact = std::ranges::equal(text, std::string_view("a.wild.tlseam.test"), same_ascii_letter);
        EXPECT_EQ(matches(*name, leaf), same || exact) << text;
    };
    every_prefix(good, differs);
    every_flip(good, differs);
    random_mutations(good, 5000, differs);
}

}  // namespace
