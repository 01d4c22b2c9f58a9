// SPDX-License-Identifier: Apache-2.0
// What a program sees of a certificate. The expected texts of certs/ are those of the x509 command of another program;
// names that it would not issue are built here.
#include <tlseam/certificate.hpp>

#include <gtest/gtest.h>

#include "core/der.hpp"
#include "core/pem.hpp"
#include "tests/core/hostile.hpp"

namespace {

using namespace tlseam_test;
using tlseam::certificate;
namespace der = tlseam::seam::der;

certificate first_certificate(std::string_view name) {
    auto all = tlseam::seam::split_certificates(cert_file(name), std::string(name));
    return tlseam::or_throw(certificate::from_der(tlseam::or_throw(std::move(all)).front()));
}

byte_vector sequence(std::initializer_list<der::bytes> parts) { return der::encode(der::tag::sequence, parts); }
byte_vector attribute(std::string_view oid, std::uint8_t tag, const byte_vector& value) {
    return sequence({der::encode(der::tag::oid, {hex(oid)}), der::encode(tag, {value})});
}
byte_vector step(std::initializer_list<der::bytes> attributes) { return der::encode(der::tag::set, attributes); }

/// A certificate with this subject (the steps of the name) and these GeneralNames.
certificate with(const byte_vector& subject, const byte_vector& alt_names = {}, const byte_vector& serial = hex("2a"),
                 const byte_vector& key_oid = hex("2b 65 70")) {
    const auto date = der::encode(der::tag::utc_time, {to_byte_vector("200101000000Z")});
    const auto algorithm = sequence({der::encode(der::tag::oid, {key_oid})});
    byte_vector extensions;
    if (!alt_names.empty()) {
        const auto value = der::encode(der::tag::octet_string, {sequence({alt_names})});
        extensions =
            der::encode(der::tag::context_constructed(3), {sequence({sequence({hex("06 03 55 1d 11"), value})})});
    }
    const auto tbs =
        sequence({hex("a0 03 02 01 02"), der::encode(der::tag::integer, {serial}), algorithm, hex("30 00"),
                  sequence({date, date}), sequence({subject}), sequence({algorithm, hex("03 02 00 01")}), extensions});
    return tlseam::or_throw(certificate::from_der(sequence({tbs, algorithm, hex("03 02 00 01")})));
}

constexpr std::uint8_t utf8_string = 0x0c, printable_string = 0x13, t61_string = 0x14, ia5_string = 0x16,
                       bmp_string = 0x1e;

std::string common_name(std::uint8_t tag, const byte_vector& value) {
    const auto subject = with(step({attribute("55 04 03", tag, value)})).subject();
    return subject.substr(0, 3) == "CN=" ? subject.substr(3) : "not a common name: " + subject;
}
std::string common_name(std::string_view utf8) { return common_name(utf8_string, to_byte_vector(utf8)); }

TEST(Certificate, ShowsTheFieldsOfAServer) {
    const auto server = first_certificate("server.crt");
    EXPECT_EQ(server.subject(), "CN=server");
    EXPECT_EQ(server.key_type(), "EC");
    EXPECT_EQ(server.key_bits(), 256u);
    EXPECT_EQ(server.dns_names(), (std::vector<std::string>{"localhost", "server.tlseam.test"}));
    EXPECT_TRUE(server.ip_addresses().empty());
    EXPECT_EQ(server.not_before(), std::chrono::sys_days(std::chrono::year(2020) / 1 / 1));
    EXPECT_EQ(server.not_after() + std::chrono::seconds(1), std::chrono::sys_days(std::chrono::year(2070) / 1 / 1));
    EXPECT_EQ(server.issuer(), first_certificate("intermediate.crt").subject());
    EXPECT_EQ(to_view(server.der()), cert_file("server-leaf.der"));
    EXPECT_EQ(server, tlseam::or_throw(certificate::from_der(server.der())));
    EXPECT_FALSE(server == first_certificate("root.crt"));
}

TEST(Certificate, ShowsKeysAndAddresses) {
    EXPECT_EQ(first_certificate("server-rsa.crt").key_type(), "RSA");
    EXPECT_EQ(first_certificate("server-rsa.crt").key_bits(), 2048u);
    EXPECT_EQ(first_certificate("server-ed25519.crt").key_type(), "Ed25519");
    EXPECT_EQ(first_certificate("ip.crt").ip_addresses(), (std::vector<std::string>{"127.0.0.1", "::1"}));
    EXPECT_EQ(with({}, {}, hex("01"), hex("2b 65 71")).key_type(), "Ed448");
    EXPECT_EQ(with({}, {}, hex("01"), hex("2b 65 6e")).key_type(), "1.3.101.110");
    EXPECT_EQ(with({}, {}, hex("01"), hex("2b 65 6e")).key_bits(), 0u);
}

TEST(Certificate, RefusesAnythingButOneCertificate) {
    const auto der = cert_file("server-leaf.der");
    const auto refused = [](std::string_view bytes) {
        const auto made = certificate::from_der(to_byte_vector(bytes));
        return !made && made.error() == tlseam::errc::malformed_certificate && !made.error().message().empty();
    };
    EXPECT_FALSE(refused(der));
    EXPECT_TRUE(refused(""));
    EXPECT_TRUE(refused(der + der));
    EXPECT_TRUE(refused(der.substr(1)));
    EXPECT_TRUE(refused(cert_file("server.crt")));
    EXPECT_TRUE(refused(cert_file("server.key.der")));
}

TEST(Certificate, TheSerialNumberKeepsItsSignByte) {
    EXPECT_EQ(with({}, {}, hex("00 f3 01")).serial(), "00f301");
    EXPECT_EQ(with({}, {}, hex("0a")).serial(), "0a");
    EXPECT_EQ(with({}, {}, hex("00")).serial(), "00");
}

TEST(Certificate, NamesAreInTheirOrderWithShortNames) {
    const auto text = [](std::string_view t) { return to_byte_vector(t); };
    const auto subject = step({attribute("55 04 06", printable_string, text("DE"))});
    const auto rest = {step({attribute("55 04 08", utf8_string, text("Hessen"))}),
                       step({attribute("55 04 07", utf8_string, text("Kassel"))}),
                       step({attribute("55 04 0a", utf8_string, text("Example"))}),
                       step({attribute("55 04 0b", utf8_string, text("Unit"))}),
                       step({attribute("55 04 03", utf8_string, text("host"))}),
                       step({attribute("2a 86 48 86 f7 0d 01 09 01", ia5_string, text("a@b.test"))}),
                       step({attribute("09 92 26 89 93 f2 2c 64 01 19", ia5_string, text("test"))}),
                       step({attribute("55 04 05", printable_string, text("12"))})};
    auto all = subject;
    for (const auto& one : rest) all.insert(all.end(), one.begin(), one.end());
    EXPECT_EQ(
        with(all).subject(),
        "C=DE, ST=Hessen, L=Kassel, O=Example, OU=Unit, CN=host, emailAddress=a@b.test, DC=test, serialNumber=12");
    EXPECT_EQ(with({}).subject(), "");
}

TEST(Certificate, SeveralAttributesInOneStepAreJoinedByAPlus) {
    const auto a = attribute("55 04 03", utf8_string, to_byte_vector("a"));
    const auto b = attribute("55 04 0b", utf8_string, to_byte_vector("b"));
    const auto c = step({attribute("55 04 0a", utf8_string, to_byte_vector("c"))});
    auto all = step({a, b});
    all.insert(all.end(), c.begin(), c.end());
    EXPECT_EQ(with(all).subject(), "CN=a+OU=b, O=c");
}

TEST(Certificate, UnknownAttributesHaveTheirNumber) {
    const auto value = to_byte_vector("x");
    const auto name = [&](std::string_view oid) { return with(step({attribute(oid, utf8_string, value)})).subject(); };
    EXPECT_EQ(name("55 04 7f"), "2.5.4.127=x");
    EXPECT_EQ(name("2a 03 04"), "1.2.3.4=x");
    EXPECT_EQ(name("88 37"), "2.999=x");
    EXPECT_EQ(name("27"), "0.39=x");
    EXPECT_EQ(name("2a 81 ff ff ff ff ff ff ff ff 7f"), "1.2.18446744073709551615=x") << "the largest arc of 64 bits";
    EXPECT_EQ(name("2a 82 80 80 80 80 80 80 80 80 00"), "#2a82808080808080808000=x");
    EXPECT_EQ(name("55 04 82 80 80 80 80 80 80 80 80 03"), "#550482808080808080808003=x") << "and not the common name";
}

TEST(Certificate, EscapesWhatCouldBeTakenForSomethingElse) {
    EXPECT_EQ(common_name("a, b+c=d"), "a\\2c b\\2bc\\3dd");
    EXPECT_EQ(common_name("\"<q>\"; \\"), "\\22\\3cq\\3e\\22\\3b \\5c");
    EXPECT_EQ(common_name("line\nreturn\rtab\tescape\x1b[0m\x7f"), "line\\0areturn\\0dtab\\09escape\\1b[0m\\7f");
    EXPECT_EQ(common_name(std::string_view("a\0b", 3)), "a\\00b");
    EXPECT_EQ(common_name("plain-Text_0.9 (x)"), "plain-Text_0.9 (x)");
}

TEST(Certificate, ValidUtf8StaysAndInvalidIsEscaped) {
    EXPECT_EQ(common_name("M\u00fcller \u20ac \U0001f512"), "M\u00fcller \u20ac \U0001f512");
    EXPECT_EQ(common_name("\xc3"), "\\c3");
    EXPECT_EQ(common_name("\xc3(x"), "\\c3(x");
    EXPECT_EQ(common_name("\xc0\xaf"), "\\c0\\af");                  // overlong
    EXPECT_EQ(common_name("\xe0\x80\xaf"), "\\e0\\80\\af");          // overlong
    EXPECT_EQ(common_name("\xf0\x80\x80\xaf"), "\\f0\\80\\80\\af");  // overlong
    EXPECT_EQ(common_name("\xed\xa0\x80"), "\\ed\\a0\\80");          // a surrogate
    EXPECT_EQ(common_name("\xf4\x90\x80\x80"), "\\f4\\90\\80\\80");  // above U+10FFFF
    EXPECT_EQ(common_name("\xf5\x80\x80\x80"), "\\f5\\80\\80\\80");
    EXPECT_EQ(common_name("\x80\xbf\xff"), "\\80\\bf\\ff");
    EXPECT_EQ(common_name("\xc2\x9b"
                          "31m"),
              "\\c2\\9b31m");  // a control character of C1
    EXPECT_EQ(common_name("\xe2\x82"), "\\e2\\82");
}

TEST(Certificate, OtherKindsOfStringsBecomeUtf8) {
    EXPECT_EQ(common_name(printable_string, to_byte_vector("abc")), "abc");
    EXPECT_EQ(common_name(t61_string, hex("4d fc")), "M\u00fc");
    EXPECT_EQ(common_name(bmp_string, hex("00 4d 00 fc 20 ac")), "M\u00fc\u20ac");
    EXPECT_EQ(common_name(bmp_string, hex("00 00 00 2c")), "\\00\\2c");
    EXPECT_EQ(common_name(bmp_string, hex("d8 3d dd 12")), "\\ed\\a0\\bd\\ed\\b4\\92") << "UCS-2 has no surrogates";
    EXPECT_EQ(common_name(bmp_string, hex("00 4d 00")), "\\00M\\00") << "half a character";
    EXPECT_EQ(common_name(ia5_string, hex("c3 28")), "\\c3(");
    EXPECT_EQ(common_name(0x30, hex("05 00")), "\\05\\00") << "no string at all";
    EXPECT_EQ(common_name(bmp_string, {}), "");
}

TEST(Certificate, AlternativeNamesAreEscapedToo) {
    byte_vector names;
    for (const std::string_view one : {std::string_view("good.test"), std::string_view("one\x01.test"),
                                       std::string_view("*.w.test"), std::string_view("\xff,")}) {
        const auto encoded = der::encode(der::tag::context(2), {to_byte_vector(one)});
        names.insert(names.end(), encoded.begin(), encoded.end());
    }
    EXPECT_EQ(with({}, names).dns_names(),
              (std::vector<std::string>{"good.test", "one\\01.test", "*.w.test", "\\ff\\2c"}));
}

TEST(Certificate, SpoiledCertificatesNeverHurt) {
    const auto der = to_byte_vector(cert_file("server-leaf.der"));
    const auto show_all = [](const byte_vector& spoiled) {
        const auto made = certificate::from_der(spoiled);
        if (!made) return;
        for (const auto& text : {made->subject(), made->issuer(), made->serial(), made->key_type()}) {
            for (const char c : text) EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
        }
        (void)made->not_before();
        (void)made->not_after();
        (void)made->dns_names();
        (void)made->ip_addresses();
        EXPECT_FALSE(made->serial().empty());
    };
    every_flip(der, show_all);
    random_mutations(der, 5000, show_all);
}

}  // namespace
