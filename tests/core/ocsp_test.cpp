// SPDX-License-Identifier: Apache-2.0
// OCSP responses: what core reads from those of certs/ocsp/, and that no bytes hurt. tests/conformance/ocsp.cpp has
// what follows from it.
#include "core/ocsp.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "core/pem.hpp"
#include "tests/core/hostile.hpp"
#include "tests/core/support.hpp"

namespace {

using namespace tlseam_test;
using namespace tlseam::seam;
using std::chrono::sys_days;

byte_vector response_of(std::string_view name) {
    return to_byte_vector(tlseam_test::cert_file("ocsp/" + std::string(name) + ".der"));
}

std::string problem_of(const byte_vector& response) {
    const auto parsed = parse_ocsp_response(response);
    if (parsed) return "none";
    return std::string(parsed.error().malformed ? "malformed: " : "refusal: ") + parsed.error().what;
}

TEST(Ocsp, ReadsWhoWhenAndWhat) {
    const auto der = response_of("good");
    const auto response = parse_ocsp_response(der);
    ASSERT_TRUE(response);
    EXPECT_FALSE(response->responder_name);
    EXPECT_EQ(response->responder_key.size(), 20U);
    EXPECT_TRUE(response->understood);
    EXPECT_TRUE(response->certificates.empty());
    ASSERT_EQ(response->singles.size(), 1U);
    const ocsp_single& single = response->singles.front();
    EXPECT_EQ(single.hash, hash_kind::sha1);
    EXPECT_EQ(single.issuer_name_hash.size(), 20U);
    EXPECT_EQ(single.status, ocsp_status::good);
    EXPECT_EQ(single.this_update, sys_days(std::chrono::year(2020) / 1 / 1));
    ASSERT_TRUE(single.next_update);
    EXPECT_GT(*single.next_update, sys_days(std::chrono::year(2069) / 12 / 30));
    EXPECT_TRUE(single.understood);
    const auto server = core_test::cert_der("server.crt");
    EXPECT_TRUE(std::ranges::equal(single.serial, parse_x509(server)->serial));
}

TEST(Ocsp, ReadsTheOtherForms) {
    const auto by_name = response_of("good-by-name"), two = response_of("good-among-others"),
               open = response_of("good-without-end"), delegated = response_of("delegated"),
               critical = response_of("critical"), whole_critical = response_of("critical-response"),
               nonce = response_of("good-with-nonce"), other_hash = response_of("other-hash");
    const auto issuer = core_test::cert_der("intermediate.crt");
    EXPECT_TRUE(parse_ocsp_response(by_name)->names(*parse_x509(issuer)));
    const auto singles = parse_ocsp_response(two)->singles;
    ASSERT_EQ(singles.size(), 2U);
    EXPECT_EQ(singles[0].status, ocsp_status::revoked);
    EXPECT_EQ(singles[1].status, ocsp_status::good);
    EXPECT_FALSE(parse_ocsp_response(open)->singles.front().next_update);
    EXPECT_EQ(parse_ocsp_response(delegated)->certificates.size(), 1U);
    EXPECT_FALSE(parse_ocsp_response(critical)->singles.front().understood);
    EXPECT_FALSE(parse_ocsp_response(whole_critical)->understood);
    EXPECT_TRUE(parse_ocsp_response(nonce)->understood);
    EXPECT_FALSE(parse_ocsp_response(other_hash)->singles.front().hash);
}

TEST(Ocsp, SaysWhatIsWrong) {
    EXPECT_EQ(problem_of(response_of("try-later")), "refusal: says only to try later (tryLater)");
    EXPECT_EQ(problem_of(response_of("malformed")), "malformed: cannot be parsed");
    EXPECT_EQ(problem_of({}), "malformed: cannot be parsed");
    EXPECT_EQ(problem_of(hex("3003 0a0104")), "malformed: cannot be parsed") << "there is no such status";
    EXPECT_EQ(problem_of(hex("3003 0a0100")), "malformed: cannot be parsed") << "successful, with nothing in it";
    EXPECT_EQ(problem_of(hex("3010 0a0100 a00b 3009 0603 2a0304 0402 3000")), "malformed: is not of the basic kind");
    auto longer = response_of("good");
    longer.push_back(std::byte{0});
    EXPECT_EQ(problem_of(longer), "malformed: cannot be parsed");
}

/// A CertID for a certificate, by the hash of this backend, which is a sum.
TEST(Ocsp, IsAboutOneCertificateOfOneIssuer) {
    const auto leaf_der = core_test::cert_der("server.crt"), issuer_der = core_test::cert_der("intermediate.crt"),
               root_der = core_test::cert_der("root.crt");
    const auto leaf = *parse_x509(leaf_der), issuer = *parse_x509(issuer_der), root = *parse_x509(root_der);
    constexpr std::size_t key_size = 65;  // of a point on P-256, at the end of SubjectPublicKeyInfo
    byte_vector name(20), key(20);
    hash(hash_kind::sha1, der::encode(der::tag::sequence, {issuer.subject}), name);
    hash(hash_kind::sha1, issuer.spki.last(key_size), key);
    ocsp_single single{.hash = hash_kind::sha1,
                       .issuer_name_hash = name,
                       .issuer_key_hash = key,
                       .serial = leaf.serial,
                       .this_update = {},
                       .next_update = {}};
    EXPECT_TRUE(single.is_about(leaf, &issuer));
    EXPECT_TRUE(single.is_about(leaf, nullptr));
    EXPECT_FALSE(single.is_about(leaf, &root)) << "another key";
    EXPECT_FALSE(single.is_about(issuer, &issuer)) << "another number";
    single.hash.reset();
    EXPECT_FALSE(single.is_about(leaf, &issuer)) << "a hash that nobody knows";
    single.hash = hash_kind::sha256;
    EXPECT_FALSE(single.is_about(leaf, nullptr)) << "of another length";
    single.hash = hash_kind::sha1;
    name[3] ^= std::byte{1};
    EXPECT_FALSE(single.is_about(leaf, nullptr)) << "another name";
}

TEST(Ocsp, SpoiledResponsesNeverHurt) {
    for (const auto* name : {"good", "delegated", "revoked", "good-with-nonce"}) {
        const auto der = response_of(name);
        every_prefix(der, [](const byte_vector& prefix) { EXPECT_FALSE(parse_ocsp_response(prefix)); });
        std::size_t refused = 0, tried = 0;
        every_flip(der, [&](const byte_vector& spoiled) {
            ++tried;
            refused += parse_ocsp_response(spoiled) ? 0U : 1U;
        });
        EXPECT_GT(refused, tried / 8) << "much of the structure matters";
        random_mutations(der, 2000, [](const byte_vector& spoiled) { (void)parse_ocsp_response(spoiled); });
    }
}

TEST(Ocsp, ThatDoesNotComeIsMissedOnThisBackendToo) {
    core_test::pair_settings settings;
    settings.client.verification.ocsp = tlseam::ocsp_stapling::if_present;
    core_test::engine_pair without(settings);
    EXPECT_EQ(core_test::word(without.handshake()), "ok");
    settings.client.verification.ocsp = tlseam::ocsp_stapling::required;
    core_test::engine_pair required(settings);
    EXPECT_EQ(core_test::word(required.client.handshake()), "want_read");
    (void)required.handshake();
    const auto verdict = required.client.handshake();
    ASSERT_FALSE(verdict);
    EXPECT_EQ(verdict.error().certificate(), tlseam::cert_errc::revocation_unavailable);
}

}  // namespace
