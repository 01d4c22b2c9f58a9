// SPDX-License-Identifier: Apache-2.0
// Revocation lists: what core reads from those of certs/, and that no bytes hurt. tests/chains has what follows from
// it.
#include "core/crl.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "core/pem.hpp"
#include "core/verify.hpp"
#include "core/x509.hpp"
#include "tests/core/hostile.hpp"

namespace {

using namespace tlseam_test;
using namespace tlseam::seam;
using std::chrono::sys_days;

byte_vector list_of(std::string_view name) {
    auto blocks = split_pem(cert_file(name), tlseam::errc::malformed_crl, std::string(name));
    if (!blocks) throw std::runtime_error(blocks.error().message());
    const auto bytes = blocks->front().der.bytes();
    return {bytes.begin(), bytes.end()};
}

byte_vector certificate_of(std::string_view name) {
    auto all = split_certificates(cert_file(name), std::string(name));
    if (!all) throw std::runtime_error(all.error().message());
    return all->front();
}

TEST(Crl, ReadsWhoWhenAndWhat) {
    const auto der = list_of("crl.pem");
    const auto list = parse_crl(der);
    ASSERT_TRUE(list);
    const auto issuer = certificate_of("intermediate.crt"), revoked = certificate_of("revoked.crt"),
               good = certificate_of("server.crt");
    const auto issuer_fields = parse_x509(issuer);
    ASSERT_TRUE(issuer_fields);
    EXPECT_TRUE(std::ranges::equal(list->issuer, issuer_fields->subject));
    EXPECT_TRUE(std::ranges::equal(list->issuer_key_id, issuer_fields->key_id));
    EXPECT_EQ(list->this_update, sys_days(std::chrono::year(2020) / 1 / 1));
    ASSERT_TRUE(list->next_update);
    EXPECT_GT(*list->next_update, sys_days(std::chrono::year(2069) / 12 / 30));
    EXPECT_TRUE(list->understood);
    EXPECT_EQ(list->revoked.size(), 1U);
    EXPECT_TRUE(list->lists(parse_x509(revoked)->serial));
    EXPECT_FALSE(list->lists(parse_x509(good)->serial));
    EXPECT_FALSE(list->lists({}));
}

TEST(Crl, AnEmptyListListsNobody) {
    const auto der = list_of("revoked-intermediate.crl.pem");
    const auto list = parse_crl(der);
    ASSERT_TRUE(list);
    EXPECT_TRUE(list->revoked.empty());
}

TEST(Crl, IsNoCertificateAndHasNothingBehindIt) {
    EXPECT_FALSE(parse_crl(certificate_of("server.crt")));
    auto longer = list_of("crl.pem");
    longer.push_back(std::byte{0});
    EXPECT_FALSE(parse_crl(longer));
    EXPECT_FALSE(parse_crl({}));
}

TEST(Crl, SpoiledListsNeverHurt) {
    const auto der = list_of("crl.pem");
    every_prefix(der, [](const byte_vector& prefix) { EXPECT_FALSE(parse_crl(prefix)); });
    std::size_t refused = 0;
    for (std::size_t i = 0; i < der.size(); ++i) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            auto spoiled = der;
            spoiled[i] ^= static_cast<std::byte>(1U << bit);
            refused += parse_crl(spoiled) ? 0U : 1U;
        }
    }
    EXPECT_GT(refused, der.size()) << "most bits of the structure matter";
}

// Was: an element that is not there, read all the same.
TEST(Crl, ANextUpdateThatEndsBehindTheListIsRefused) {
    auto der = list_of("crl.pem");
    const auto utc_time = to_byte_vector("\x17\x0d");
    const auto this_update = std::ranges::search(der, utc_time);
    const auto next_update = std::ranges::search(std::ranges::subrange(this_update.end(), der.end()), utc_time);
    ASSERT_FALSE(next_update.empty());
    *std::next(next_update.begin()) = std::byte{0x7f};
    EXPECT_FALSE(parse_crl(der));
}

TEST(Pins, AreBase64OfThirtyTwoBytes) {
    const auto zeros = parse_pin("sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    ASSERT_TRUE(zeros);
    EXPECT_EQ(*zeros, digest{});
    const auto counted = parse_pin("sha256//AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    ASSERT_TRUE(counted);
    for (unsigned i = 0; i < counted->size(); ++i) EXPECT_EQ((*counted)[i], static_cast<std::byte>(i));
    const auto ones = parse_pin("sha256////////////////////////////////////////////8=");
    ASSERT_TRUE(ones);
    EXPECT_EQ((*ones)[31], std::byte{0xff});
    for (const auto* text :
         {"", "sha256//", "sha256//AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=",  // bits that stand for nothing
          "sha256//AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
          "sha256//AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8==",
          "SHA256//AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
          "sha256//AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh\n="}) {
        EXPECT_FALSE(parse_pin(text)) << text;
    }
}

}  // namespace
