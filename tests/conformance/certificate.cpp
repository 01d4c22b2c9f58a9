// SPDX-License-Identifier: Apache-2.0
// The fields of a certificate: tlseam parses them itself, so every backend must show the same. INF-004
#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/bytes.hpp"
#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/pki.hpp"

using namespace tlseam;
using namespace tlseam_test;
using namespace std::chrono_literals;

namespace {

using names = std::vector<std::string>;

certificate leaf_of(const char* name) { return pki::identity(name).chain().front(); }

TEST(certificate_fields, are_those_of_the_file) {
    const auto chain = pki::identity("server").chain();
    const auto& leaf = chain.at(0);
    EXPECT_EQ(leaf.subject(), "CN=server");
    EXPECT_EQ(leaf.issuer(), "CN=tlseam test intermediate");
    EXPECT_EQ(chain.at(1).subject(), "CN=tlseam test intermediate");
    EXPECT_EQ(chain.at(1).issuer(), "CN=tlseam test root");
    EXPECT_EQ(leaf.dns_names(), (names{"localhost", "server.tlseam.test"}));
    EXPECT_TRUE(leaf.ip_addresses().empty());
    EXPECT_TRUE(chain.at(1).dns_names().empty());
}

TEST(certificate_fields, show_addresses_as_text) {
    const auto leaf = leaf_of("ip");
    EXPECT_TRUE(leaf.dns_names().empty());
    EXPECT_EQ(leaf.ip_addresses(), (names{"127.0.0.1", "::1"}));
}

TEST(certificate_fields, show_wildcards_as_written) {
    EXPECT_EQ(leaf_of("wildcard").dns_names(), (names{"*.wild.tlseam.test"}));
}

TEST(certificate_fields, show_no_name_that_is_only_a_common_name) {
    EXPECT_EQ(leaf_of("cn-only").subject(), "CN=localhost");
    EXPECT_TRUE(leaf_of("cn-only").dns_names().empty());
}

// VT-004: UTCTime and GeneralizedTime.
TEST(certificate_fields, show_dates_of_either_form) {
    const auto leaf = leaf_of("server");
    EXPECT_EQ(leaf.not_before(), std::chrono::sys_days(2020y / 1 / 1));
    EXPECT_EQ(leaf.not_after(), std::chrono::sys_days(2070y / 1 / 1) - 1s);
    EXPECT_EQ(leaf_of("expired").not_after(), std::chrono::sys_days(2021y / 1 / 1));
}

TEST(certificate_fields, name_the_key) {
    EXPECT_EQ(leaf_of("server").key_type(), "EC");
    EXPECT_EQ(leaf_of("server").key_bits(), 256U);
    EXPECT_EQ(leaf_of("server-rsa").key_type(), "RSA");
    EXPECT_EQ(leaf_of("server-rsa").key_bits(), 2048U);
    EXPECT_EQ(leaf_of("server-ed25519").key_type(), "Ed25519");
}

TEST(certificate_fields, hold_a_serial_number_of_their_own) {
    EXPECT_FALSE(leaf_of("server").serial().empty());
    EXPECT_NE(leaf_of("server").serial(), leaf_of("client").serial());
    EXPECT_EQ(leaf_of("server").serial().find_first_not_of("0123456789abcdef"), std::string::npos);
}

TEST(certificate_bytes, are_those_that_were_parsed) {
    const auto der = to_bytes(pki::bytes("server-leaf.der"));
    const auto parsed = certificate::from_der(der);
    ASSERT_TRUE(ok(parsed));
    EXPECT_EQ(std::vector<std::byte>(parsed->der().begin(), parsed->der().end()), der);
    EXPECT_EQ(*parsed, leaf_of("server"));
    EXPECT_FALSE(*parsed == leaf_of("client"));
}

TEST(certificate_bytes, of_a_peer_parse_to_the_same_certificate) {
    const auto pair = open_pair();
    const auto& peer = pair.client.info().peer_certificates.front();
    EXPECT_EQ(peer.subject(), "CN=server");
    EXPECT_EQ(or_throw(certificate::from_der(peer.der())), peer);
}

TEST(certificate_bytes, that_are_too_few_too_many_or_none_are_malformed) {
    const auto der = to_bytes(pki::bytes("server-leaf.der"));
    for (std::size_t size = 0; size < der.size(); size += size + 20 < der.size() ? 7 : 1) {
        EXPECT_TRUE(fails_with(certificate::from_der(std::span(der).first(size)), errc::malformed_certificate)) << size;
    }
    auto longer = der;
    longer.push_back(std::byte{0});
    EXPECT_TRUE(fails_with(certificate::from_der(longer), errc::malformed_certificate));
    EXPECT_TRUE(fails_with(certificate::from_der(as_bytes(pki::bytes("root.crt"))), errc::malformed_certificate));
}

// VC-030, INF-005: whatever the bytes, an answer; and text without control characters.
TEST(certificate_bytes, with_any_byte_changed_are_parsed_or_refused) {
    const auto der = to_bytes(pki::bytes("server-leaf.der"));
    std::size_t refused = 0;
    for (std::size_t at = 0; at < der.size(); ++at) {
        for (const unsigned value : {0x00U, 0x7fU, 0x80U, 0xffU}) {
            auto changed = der;
            changed[at] = static_cast<std::byte>(value);
            const auto parsed = certificate::from_der(changed);
            if (!parsed) {
                ++refused;
                EXPECT_TRUE(fails_with(parsed, errc::malformed_certificate)) << at;
                continue;
            }
            std::string text = parsed->subject() + parsed->issuer() + parsed->serial() + parsed->key_type();
            for (const auto& name : parsed->dns_names()) text += name;
            for (const auto& address : parsed->ip_addresses()) text += address;
            for (const char c : text) ASSERT_GE(static_cast<unsigned char>(c), 0x20) << at;
        }
    }
    EXPECT_GT(refused, 100U);
}

}  // namespace
