// SPDX-License-Identifier: Apache-2.0
// PEM as people have it in their files, and as attackers and accidents leave it.
#include "core/pem.hpp"

#include <array>

#include <gtest/gtest.h>

#include "core/secret.hpp"
#include "tests/core/hostile.hpp"

namespace {

using namespace tlseam_test;
using namespace tlseam::seam;
using tlseam::errc;

auto split(std::string_view text) { return split_pem(text, errc::malformed_key, "'file'"); }

/// The one block's bytes, or what is wrong.
std::string decode(std::string_view base64) {
    const auto blocks = split("-----BEGIN X-----\n" + std::string(base64) + "\n-----END X-----\n");
    if (!blocks) return "refused";
    return std::string(to_view(blocks->front().der.bytes()));
}

std::string sentence(std::string_view text) {
    const auto blocks = split(text);
    return blocks ? "no error" : blocks.error().message();
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
        text.replace(at, from.size(), to);
    }
    return text;
}

TEST(Pem, DecodesBase64OfEveryLength) {
    EXPECT_EQ(decode("TQ=="), "M");
    EXPECT_EQ(decode("TWE="), "Ma");
    EXPECT_EQ(decode("TWFu"), "Man");
    EXPECT_EQ(decode("TWFuTQ=="), "ManM");
    EXPECT_EQ(decode("TWFuTWE="), "ManMa");
    EXPECT_EQ(decode("TWFuTWFu"), "ManMan");
    EXPECT_EQ(decode("+/+/"), "\xfb\xff\xbf");
    EXPECT_EQ(decode("TW\nFu\nTQ\n=="), "ManM") << "lines may end anywhere";
}

TEST(Pem, RefusesWhatIsNotStrictlyBase64) {
    for (const char* text :
         {"",     "T",    "TQ",   "TQ=",  "TWF",   "TWFuT", "TQ===", "TWE==", "TWFu=", "TWFu==", "TWFu====", "TQ==TQ==",
          "TR==", "TWF=", "TW-u", "TW_u", "TW Fu", " TWFu", "TWFu!", "=",     "====",  "T=Q=",   "TWFu\n-"}) {
        EXPECT_EQ(decode(text), "refused") << "'" << text << "'";
    }
}

TEST(Pem, FindsTheBlocksOfAFileInOrder) {
    const auto blocks = split(
        "text before\n-----BEGIN A-----\nTWFu\n-----END A-----\nSubject: between\n\n"
        "-----BEGIN B C-----\nTQ==\n-----END B C-----\ntext after");
    ASSERT_TRUE(blocks);
    ASSERT_EQ(blocks->size(), 2u);
    EXPECT_EQ((*blocks)[0].label, "A");
    EXPECT_EQ((*blocks)[0].line, 2u);
    EXPECT_EQ(to_view((*blocks)[0].der.bytes()), "Man");
    EXPECT_EQ((*blocks)[1].label, "B C");
    EXPECT_EQ((*blocks)[1].line, 7u);
    EXPECT_EQ(to_view((*blocks)[1].der.bytes()), "M");
}

TEST(Pem, TextWithoutBlocksHasNone) {
    for (const char* text : {"", "\n\n", "hello", "----BEGIN A----", "x -----BEGIN A-----"}) {
        EXPECT_FALSE(looks_like_pem(text)) << text;
        const auto blocks = split(text);
        ASSERT_TRUE(blocks) << text;
        EXPECT_TRUE(blocks->empty()) << text;
    }
}

TEST(Pem, ToleratesWhatEditorsDoToAFile) {
    const std::string plain = cert_file("server.crt");
    const auto expected = split_certificates(plain, "plain");
    ASSERT_TRUE(expected);
    ASSERT_EQ(expected->size(), 2u);
    const auto same = [&](const std::string& text) {
        const auto found = split_certificates(text, "changed");
        return looks_like_pem(text) && found && *found == *expected;
    };
    EXPECT_TRUE(same(replace_all(plain, "\n", "\r\n")));
    EXPECT_TRUE(same("\xef\xbb\xbf" + plain));
    EXPECT_TRUE(same(replace_all(plain, "\n", " \t\n")));
    EXPECT_TRUE(same(replace_all(plain, "\n", "\n\n")));
    EXPECT_TRUE(same("Certificate: CN = server\n" + plain + "\nthe end"));
    EXPECT_TRUE(same(plain.substr(0, plain.size() - 1))) << "no newline behind the last END";
    EXPECT_TRUE(same(replace_all(plain, " CERTIFICATE", " X509 CERTIFICATE")));
}

TEST(Pem, AByteOrderMarkBeforeTheOnlyBlockIsFine) {
    EXPECT_TRUE(looks_like_pem("\xef\xbb\xbf-----BEGIN A-----"));
    EXPECT_FALSE(looks_like_pem("\xef\xbb-----BEGIN A-----"));
}

TEST(Pem, ReadsHeadersOfEncryptedKeys) {
    const auto blocks = split(
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: DES-EDE3-CBC,0123\n with: more\n\n"
        "TWFu\n-----END RSA PRIVATE KEY-----\n");
    ASSERT_TRUE(blocks);
    EXPECT_TRUE(blocks->front().legacy_encrypted);
    EXPECT_EQ(to_view(blocks->front().der.bytes()), "Man");

    const auto other = split("-----BEGIN A-----\nComment: mine\n\nTWFu\n-----END A-----\n");
    ASSERT_TRUE(other);
    EXPECT_FALSE(other->front().legacy_encrypted);
}

TEST(Pem, HeadersStandBeforeTheData) {
    EXPECT_FALSE(split("-----BEGIN A-----\nTWFu\nProc-Type: 4,ENCRYPTED\n\nTWFu\n-----END A-----\n"));
    EXPECT_FALSE(split("-----BEGIN A-----\nComment: x\nTWFu\n-----END A-----\n")) << "no blank line behind them";
    EXPECT_FALSE(split("-----BEGIN A-----\nComment: x\n\n-----END A-----\n")) << "no data";
}

TEST(Pem, ABrokenBlockIsAnErrorThatNamesTheLine) {
    EXPECT_EQ(sentence("\n-----BEGIN A-----\nTWFu\n"), "'file', line 2: the PEM block has no END");
    EXPECT_EQ(sentence("-----BEGIN A-----\nTWFu\n-----END A----\n"), "'file', line 1: the PEM block has no END");
    EXPECT_EQ(sentence("-----BEGIN A-----\nTWFu\n-----BEGIN A-----\nTWFu\n-----END A-----\n"),
              "'file', line 1: the PEM block has no END");
    EXPECT_EQ(sentence("-----BEGIN A-----\nTWFu\n-----END B-----\n"),
              "'file', line 3: the PEM block ends with another label");
    EXPECT_EQ(sentence("-----BEGIN A-----\nTWFu\nTW?u\n-----END A-----\n"),
              "'file', line 3: the PEM block is not base64");
    EXPECT_EQ(sentence("-----BEGIN A-----\nTWF\n-----END A-----\n"), "'file', line 1: the PEM block is not base64");
    EXPECT_EQ(sentence("-----BEGIN A----\nTWFu\n-----END A-----\n"), "'file', line 1: a broken BEGIN");
    EXPECT_EQ(sentence("TWFu\n-----END A-----\n"), "'file', line 2: an END without its BEGIN");
    EXPECT_EQ(split("-----BEGIN A-----\n").error().code(), errc::malformed_key) << "the caller's code";
}

TEST(Pem, NoErrorShowsWhatWasInTheBlock) {
    const std::string secret = "c2VjcmV0?";
    EXPECT_EQ(sentence("-----BEGIN A-----\n" + secret + "\n-----END A-----\n").find("c2Vj"), std::string::npos);
}

TEST(Certificates, TakesOnlyCertificatesFromPem) {
    const auto der = cert_file("server-leaf.der");
    const auto with_key = split_certificates(cert_file("server.key") + cert_file("server.crt"), "'both'");
    ASSERT_TRUE(with_key);
    ASSERT_EQ(with_key->size(), 2u);
    EXPECT_EQ(to_view((*with_key)[0]), der);

    for (const std::string& none :
         {cert_file("server.key"), cert_file("crl.pem"), std::string(), std::string("hello\n"),
          replace_all(cert_file("server.crt"), " CERTIFICATE", " TRUSTED CERTIFICATE")}) {
        const auto found = split_certificates(none, "'none'");
        ASSERT_FALSE(found);
        EXPECT_EQ(found.error().code(), errc::no_certificate);
        EXPECT_EQ(found.error().message(), "'none' holds no certificate");
    }
}

TEST(Certificates, TakesCertificatesOneBehindTheOtherFromDer) {
    const auto der = cert_file("server-leaf.der");
    const auto one = split_certificates(der, "'der'");
    ASSERT_TRUE(one);
    ASSERT_EQ(one->size(), 1u);
    EXPECT_EQ(to_view((*one)[0]), der);
    const auto two = split_certificates(der + der, "'der'");
    ASSERT_TRUE(two);
    EXPECT_EQ(two->size(), 2u);
    for (const std::string& broken : {der + "\n", der + der.substr(0, 20), cert_file("server.key.der")}) {
        const auto found = split_certificates(broken, "'der'");
        ASSERT_FALSE(found);
        EXPECT_EQ(found.error().code(), errc::malformed_certificate);
    }
    EXPECT_EQ(split_certificates(der + der.substr(0, 20), "'der'").error().message(),
              "'der': certificate 2 cannot be parsed");
}

TEST(Certificates, AMalformedOneIsNamedByItsNumberAndLine) {
    const auto found = split_certificates(
        cert_file("root.crt") + "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", "'bundle'");
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code(), errc::malformed_certificate);
    EXPECT_EQ(found.error().message(), "'bundle', line 12: certificate 2 cannot be parsed");
}

TEST(Certificates, ACertificateWithTextThatLooksLikePemIsStillDer) {
    auto der = cert_file("server-leaf.der");
    EXPECT_FALSE(looks_like_pem(der + " -----BEGIN A-----"));
    EXPECT_TRUE(looks_like_pem(der + "\n-----BEGIN A-----"));
}

TEST(Certificates, ACutFileIsNeverAShorterChain) {
    const auto text = to_byte_vector(cert_file("server.crt"));
    const auto whole = split_certificates(to_view(text), "whole");
    ASSERT_TRUE(whole);
    const std::size_t first_end = to_view(text).find("-----END") + std::string_view("-----END CERTIFICATE-----").size();
    every_prefix(text, [&](const byte_vector& cut) {
        const auto found = split_certificates(to_view(cut), "cut");
        if (found) {  // cut between two blocks, or behind the last
            const auto rest = to_view(cut).substr(std::min(first_end, cut.size()));
            EXPECT_TRUE(cut.size() >= first_end) << cut.size();
            EXPECT_TRUE(rest.find("-----BEGIN C") == std::string_view::npos || found->size() == 2) << cut.size();
        }
    });
}

TEST(Certificates, SpoiledFilesNeverHurt) {
    const auto look = [](const byte_vector& spoiled) {
        const auto found = split_certificates(to_view(spoiled), "'spoiled'");
        if (found) {
            EXPECT_FALSE(found->empty());
        } else {
            EXPECT_TRUE(found.error() == errc::no_certificate || found.error() == errc::malformed_certificate);
            EXPECT_NE(found.error().message().find("'spoiled'"), std::string::npos);
        }
    };
    for (const char* file : {"root.crt", "server-leaf.der"}) {
        const auto input = to_byte_vector(cert_file(file));
        every_prefix(input, look);
        every_flip(input, look);
        random_mutations(input, 600, look);
    }
    random_mutations(to_byte_vector(cert_file("server-legacy-encrypted.key")), 600, look);
}

TEST(Secret, IsWipedWhenAskedAndEmptyWhenMovedFrom) {
    std::array<std::byte, 4> buffer = {std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
    wipe(buffer);
    EXPECT_EQ(buffer, (std::array<std::byte, 4>{}));
    wipe({});

    secret_bytes a(hex("01 02"));
    secret_bytes b(std::move(a));
    EXPECT_TRUE(a.bytes().empty());  // NOLINT(bugprone-use-after-move): what is left is the point
    a = std::move(b);
    EXPECT_EQ(to_view(a.bytes()), "\x01\x02");
    secret_bytes& same = a;
    a = std::move(same);
    EXPECT_EQ(to_view(a.bytes()), "\x01\x02");
    static_assert(!std::is_copy_constructible_v<secret_bytes> && !std::is_copy_assignable_v<secret_bytes>);

    std::string passphrase = "a passphrase that is longer than a small string";
    { const wipe_at_exit guard(passphrase); }
    EXPECT_EQ(passphrase, std::string(passphrase.size(), '\0'));
}

}  // namespace
