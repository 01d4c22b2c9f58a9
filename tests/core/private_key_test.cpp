// SPDX-License-Identifier: Apache-2.0
// One private key out of whatever file people have, as PKCS#8.
#include "core/private_key.hpp"

#include <gtest/gtest.h>

#include "core/der.hpp"
#include "core/pem.hpp"
#include "tests/core/hostile.hpp"

namespace {

using namespace tlseam_test;
using namespace tlseam::seam;
using tlseam::errc;

auto find(std::string_view text) { return find_private_key(text, "'file'"); }

/// The bytes of a file's only PEM block.
byte_vector block(std::string_view name) {
    const auto blocks = split_pem(cert_file(name), errc::malformed_key, std::string(name));
    const auto bytes = blocks->front().der.bytes();
    return {bytes.begin(), bytes.end()};
}

std::string pem(std::string_view label, const byte_vector& der) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out = "-----BEGIN " + std::string(label) + "-----\n";
    for (std::size_t i = 0; i < der.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            group = group << 8 | (i + k < der.size() ? std::to_integer<std::uint32_t>(der[i + k]) : 0);
        }
        for (std::size_t k = 0; k < 4; ++k) out += i + k > der.size() ? '=' : digits[group >> (18 - 6 * k) & 63];
    }
    return out + "\n-----END " + std::string(label) + "-----\n";
}

/// What find() says: the code's name, or "plain" or "encrypted".
std::string verdict(std::string_view text) {
    const auto found = find(text);
    if (!found) return tlseam::name(found.error().code());
    return found->encrypted ? "encrypted" : "plain";
}

// The skeletons of keys: the right elements with nothing sensible in them.
byte_vector pkcs1(int numbers, std::string_view version = "02 01 00") {
    byte_vector content = hex(version);
    for (int i = 0; i < numbers; ++i) {
        for (const std::byte b : hex("02 01 03")) content.push_back(b);
    }
    return der::encode(der::tag::sequence, {content});
}
byte_vector sec1(std::string_view parameters, std::string_view version = "02 01 01") {
    return der::encode(der::tag::sequence,
                       {hex(version), hex("04 02 11 22"), hex(parameters), hex("a1 04 03 02 00 04")});
}
constexpr std::string_view p256_parameters = "a0 0a 06 08 2a8648ce3d030107";

TEST(PrivateKey, Pkcs8IsTakenAsItIs) {
    const auto expected = cert_file("server.key.der");
    for (const char* file : {"server.key", "server.key.der"}) {
        const auto found = find(cert_file(file));
        ASSERT_TRUE(found) << file;
        EXPECT_FALSE(found->encrypted) << file;
        EXPECT_EQ(to_view(found->pkcs8.bytes()), expected) << file;
    }
    EXPECT_EQ(verdict(cert_file("server-ed25519.key")), "plain");
    EXPECT_EQ(verdict(cert_file("server-rsa.key")), "plain");
}

TEST(PrivateKey, EncryptedPkcs8IsRecognised) {
    const auto der = block("server-encrypted.key");
    for (const std::string& text : {cert_file("server-encrypted.key"), std::string(to_view(der))}) {
        const auto found = find(text);
        ASSERT_TRUE(found);
        EXPECT_TRUE(found->encrypted);
        EXPECT_EQ(to_view(found->pkcs8.bytes()), to_view(der));
    }
}

TEST(PrivateKey, Pkcs1IsWrappedIntoWhatTheUsualToolMakesOfIt) {
    const auto expected = block("server-rsa.key");
    for (const std::string& text :
         {cert_file("server-rsa-pkcs1.key"), std::string(to_view(block("server-rsa-pkcs1.key")))}) {
        const auto found = find(text);
        ASSERT_TRUE(found);
        EXPECT_FALSE(found->encrypted);
        EXPECT_EQ(to_view(found->pkcs8.bytes()), to_view(expected));
    }
}

TEST(PrivateKey, Sec1IsWrappedWithItsCurve) {
    const auto inner = block("server-sec1.key");
    for (const std::string& text : {cert_file("server-sec1.key"), std::string(to_view(inner))}) {
        const auto found = find(text);
        ASSERT_TRUE(found);
        EXPECT_FALSE(found->encrypted);
        const auto outer = der::single(found->pkcs8.bytes(), der::tag::sequence);
        ASSERT_TRUE(outer);
        der::reader in(outer->content);
        EXPECT_EQ(to_view(in.any()->whole), to_view(hex("02 01 00")));
        EXPECT_EQ(to_view(in.any()->whole), to_view(hex("30 13 06 07 2a8648ce3d0201 06 08 2a8648ce3d030107")));
        const auto octets = in.expect(der::tag::octet_string);
        ASSERT_TRUE(octets);
        EXPECT_EQ(to_view(octets->content), to_view(inner));
        EXPECT_TRUE(in.at_end());
    }
}

TEST(PrivateKey, ParametersBeforeTheKeyArePassedOver) {
    const std::string parameters = pem("EC PARAMETERS", hex("06 08 2a8648ce3d030107"));
    EXPECT_EQ(verdict(parameters + cert_file("server-sec1.key")), "plain");
    EXPECT_EQ(verdict(parameters), "no_private_key");
}

TEST(PrivateKey, CertificatesAroundItArePassedOver) {
    EXPECT_EQ(verdict(cert_file("server.crt") + cert_file("server.key")), "plain");
    EXPECT_EQ(verdict(cert_file("server.key") + cert_file("server.crt")), "plain");
}

TEST(PrivateKey, TwoKeysAreOneTooMany) {
    const auto found = find(cert_file("server.key") + cert_file("server-rsa.key"));
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code(), errc::malformed_key);
    EXPECT_EQ(found.error().message(), "'file' holds more than one private key");
    EXPECT_EQ(verdict(cert_file("server.key") + pem("DSA PRIVATE KEY", pkcs1(5))), "malformed_key");
}

TEST(PrivateKey, WithoutAKeyThereIsNone) {
    for (const std::string& text : {std::string(), std::string("hello"), cert_file("server.crt"), cert_file("crl.pem"),
                                    pem("PUBLIC KEY", hex("30 00"))}) {
        EXPECT_EQ(verdict(text), "no_private_key");
    }
    EXPECT_EQ(find("").error().message(), "'file' holds no private key");
}

TEST(PrivateKey, TheOldEncryptionIsRefusedWithAWayOut) {
    const auto found = find(cert_file("server-legacy-encrypted.key"));
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code(), errc::unsupported_key);
    EXPECT_NE(found.error().message().find("openssl pkcs8 -topk8"), std::string::npos);
}

TEST(PrivateKey, OtherKindsOfKeysAreUnsupported) {
    for (const char* label : {"DSA PRIVATE KEY", "OPENSSH PRIVATE KEY", "ANY PRIVATE KEY"}) {
        EXPECT_EQ(verdict(pem(label, hex("01 02 03"))), "unsupported_key") << label;
    }
}

TEST(PrivateKey, AKeyMustBeWhatItsLabelSays) {
    const std::pair<const char*, byte_vector> keys[] = {{"PRIVATE KEY", block("server.key")},
                                                        {"ENCRYPTED PRIVATE KEY", block("server-encrypted.key")},
                                                        {"RSA PRIVATE KEY", block("server-rsa-pkcs1.key")},
                                                        {"EC PRIVATE KEY", block("server-sec1.key")}};
    for (const auto& [label, unused] : keys) {
        for (const auto& [right_label, key] : keys) {
            const bool right = std::string_view(label) == right_label;
            EXPECT_EQ(verdict(pem(label, key)) == "malformed_key", !right) << right_label << " called " << label;
        }
    }
}

TEST(PrivateKey, AnEcKeyNeedsANamedCurve) {
    EXPECT_EQ(verdict(to_view(sec1(p256_parameters))), "plain");
    EXPECT_EQ(verdict(to_view(sec1(""))), "malformed_key");
    EXPECT_EQ(verdict(pem("EC PRIVATE KEY", sec1(""))), "malformed_key");
    EXPECT_EQ(verdict(to_view(sec1("a0 05 30 03 02 01 01"))), "unsupported_key");
    EXPECT_EQ(verdict(to_view(sec1("a0 0c 06 08 2a8648ce3d030107 05 00"))), "unsupported_key");
    EXPECT_EQ(verdict(to_view(sec1("a0 0b 06 08 2a8648ce3d0301 07"))), "malformed_key");
}

TEST(PrivateKey, TheFormIsRecognisedByAllOfItsElements) {
    EXPECT_EQ(verdict(to_view(pkcs1(8))), "plain");
    EXPECT_EQ(verdict(to_view(pkcs1(7))), "malformed_key");
    EXPECT_EQ(verdict(to_view(pkcs1(9))), "malformed_key");
    EXPECT_EQ(verdict(to_view(pkcs1(5))), "malformed_key") << "DSA";
    EXPECT_EQ(verdict(to_view(pkcs1(8, "02 01 01"))), "malformed_key") << "more than two primes";
    EXPECT_EQ(verdict(to_view(sec1(p256_parameters, "02 01 00"))), "malformed_key");
    EXPECT_EQ(verdict(to_view(hex("30 09 02 01 00 30 00 04 02 11 22"))), "plain");
    EXPECT_EQ(verdict(to_view(hex("30 0d 02 01 01 30 00 04 02 11 22 81 02 00 01"))), "plain") << "RFC 5958";
    EXPECT_EQ(verdict(to_view(hex("30 09 02 01 02 30 00 04 02 11 22"))), "malformed_key");
    EXPECT_EQ(verdict(to_view(hex("30 0b 02 01 00 30 00 04 02 11 22 05 00"))), "malformed_key");
    EXPECT_EQ(verdict(to_view(hex("30 06 30 00 04 02 11 22"))), "encrypted");
    EXPECT_EQ(verdict(to_view(hex("30 08 30 00 04 02 11 22 05 00"))), "malformed_key");
    EXPECT_EQ(verdict(cert_file("server-leaf.der")), "malformed_key");
    EXPECT_EQ(verdict(cert_file("server.p12")), "malformed_key");
    EXPECT_EQ(verdict(cert_file("server.key.der") + "x"), "malformed_key");
}

TEST(PrivateKey, NoErrorShowsTheKey) {
    const std::string text = cert_file("server.key");
    const std::string secret = text.substr(text.find('\n') + 1, 20);
    const auto check = [&](const std::string& spoiled) {
        const auto found = find(spoiled);
        ASSERT_FALSE(found);
        EXPECT_EQ(found.error().message().find(secret.substr(0, 8)), std::string::npos);
    };
    check(text.substr(0, 60));
    check(text + text);
    auto wrong = text;
    wrong[40] = '?';
    check(wrong);
}

TEST(PrivateKey, SpoiledKeysNeverHurt) {
    const auto look = [](const byte_vector& spoiled) {
        const auto found = find(to_view(spoiled));
        if (found) {
            EXPECT_TRUE(der::single(found->pkcs8.bytes(), der::tag::sequence));
        } else {
            EXPECT_TRUE(found.error() == errc::no_private_key || found.error() == errc::malformed_key ||
                        found.error() == errc::unsupported_key)
                << found.error().message();
        }
    };
    for (const char* file : {"server.key", "server-sec1.key", "server-rsa-pkcs1.key", "server-encrypted.key",
                             "server-legacy-encrypted.key", "server.key.der"}) {
        const auto input = to_byte_vector(cert_file(file));
        every_prefix(input, look);
        every_flip(input, look);
        random_mutations(input, 400, look);
    }
    for (const char* file : {"server-sec1.key", "server-rsa-pkcs1.key", "server-encrypted.key"}) {
        const auto der = block(file);
        every_prefix(der, [&](const byte_vector& cut) { EXPECT_FALSE(find(to_view(cut))); });
        every_flip(der, look);
        random_mutations(der, 400, look);
    }
}

}  // namespace
