// SPDX-License-Identifier: Apache-2.0
// What core reads from certificates, checked against what the x509 command of another program says about certs/; and
// certificates made by hand for what that program would not make.
#include "core/x509.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "core/pem.hpp"
#include "tests/core/hostile.hpp"

namespace {

using namespace tlseam_test;
using namespace tlseam::seam;
using namespace std::chrono_literals;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

byte_vector first_certificate(std::string_view name) {
    auto all = split_certificates(cert_file(name), std::string(name));
    if (!all) throw std::runtime_error(all.error().message());
    return all->front();
}

// ---- a certificate made by hand, part by part ----

byte_vector encode(std::uint8_t tag, std::initializer_list<der::bytes> parts) { return der::encode(tag, parts); }
byte_vector sequence(std::initializer_list<der::bytes> parts) { return der::encode(der::tag::sequence, parts); }

byte_vector common_name(std::string_view value) {
    return sequence(
        {encode(der::tag::set, {sequence({hex("06 03 55 04 03"), encode(0x0c, {to_byte_vector(value)})})})});
}

byte_vector extension(std::string_view oid, const byte_vector& value) {
    return sequence({encode(der::tag::oid, {hex(oid)}), encode(der::tag::octet_string, {value})});
}

byte_vector alt_names(std::initializer_list<byte_vector> names) {
    byte_vector content;
    for (const auto& name : names) content.insert(content.end(), name.begin(), name.end());
    return extension("55 1d 11", sequence({content}));
}

byte_vector dns(std::string_view name) { return encode(der::tag::context(2), {to_byte_vector(name)}); }
byte_vector ip(std::string_view address) { return encode(der::tag::context(7), {hex(address)}); }

struct parts {
    byte_vector version = hex("a0 03 02 01 02");
    byte_vector serial = hex("02 01 2a");
    byte_vector algorithm = hex("30 05 06 03 2b 65 70");  // Ed25519
    byte_vector issuer = common_name("issuer");
    byte_vector not_before = encode(der::tag::utc_time, {to_byte_vector("200101000000Z")});
    byte_vector not_after = encode(der::tag::utc_time, {to_byte_vector("300101000000Z")});
    byte_vector subject = common_name("subject");
    byte_vector key = sequence({hex("30 05 06 03 2b 65 70"), hex("03 03 00 01 02")});
    byte_vector between;  // unique identifiers
    byte_vector extensions;
    byte_vector behind;
    byte_vector signature = hex("03 02 00 55");
};

byte_vector build(const parts& p) {
    byte_vector wrapped;
    if (!p.extensions.empty()) wrapped = encode(der::tag::context_constructed(3), {sequence({p.extensions})});
    const auto tbs = sequence({p.version, p.serial, p.algorithm, p.issuer, sequence({p.not_before, p.not_after}),
                               p.subject, p.key, p.between, wrapped, p.behind});
    return sequence({tbs, p.algorithm, p.signature});
}

byte_vector joined(std::initializer_list<byte_vector> all) {
    byte_vector out;
    for (const auto& one : all) out.insert(out.end(), one.begin(), one.end());
    return out;
}

std::optional<sys_seconds> time(std::uint8_t tag, std::string_view text) {
    const auto content = to_byte_vector(text);
    return parse_time({tag, content, content});
}

// ---- tests ----

TEST(X509, ReadsAServerCertificate) {
    const auto der = to_byte_vector(cert_file("server-leaf.der"));
    const auto fields = parse_x509(der);
    ASSERT_TRUE(fields);
    EXPECT_EQ(fields->key, key_kind::ec);
    EXPECT_EQ(fields->key_bits, 256u);
    EXPECT_EQ(fields->not_before, sys_days(std::chrono::year(2020) / 1 / 1));
    EXPECT_EQ(fields->not_after, sys_days(std::chrono::year(2069) / 12 / 31) + 23h + 59min + 59s);
    EXPECT_TRUE(fields->has_alt_name);
    ASSERT_EQ(fields->dns_names.size(), 2u);
    EXPECT_EQ(to_view(fields->dns_names[0]), "localhost");
    EXPECT_EQ(to_view(fields->dns_names[1]), "server.tlseam.test");
    EXPECT_TRUE(fields->ip_addresses.empty());
    EXPECT_FALSE(fields->is_self_issued());
}

TEST(X509, EverySpanLiesWithinTheCertificate) {
    const auto der = first_certificate("ip.crt");
    const auto fields = parse_x509(der);
    ASSERT_TRUE(fields);
    const auto within = [&](der::bytes span) {
        return span.data() >= der.data() && span.data() + span.size() <= der.data() + der.size() && !span.empty();
    };
    EXPECT_TRUE(within(fields->tbs));
    EXPECT_TRUE(within(fields->spki));
    EXPECT_TRUE(within(fields->serial));
    EXPECT_TRUE(within(fields->issuer));
    EXPECT_TRUE(within(fields->subject));
    EXPECT_TRUE(within(fields->key_algorithm));
    EXPECT_TRUE(der::single(fields->tbs, der::tag::sequence));
    EXPECT_TRUE(der::single(fields->spki, der::tag::sequence));
    for (const auto address : fields->ip_addresses) EXPECT_TRUE(within(address));
}

TEST(X509, ReadsAddressesOfBothKinds) {
    const auto der = first_certificate("ip.crt");
    const auto fields = parse_x509(der);
    ASSERT_TRUE(fields);
    EXPECT_TRUE(fields->dns_names.empty());
    ASSERT_EQ(fields->ip_addresses.size(), 2u);
    EXPECT_EQ(to_view(fields->ip_addresses[0]), to_view(hex("7f 00 00 01")));
    EXPECT_EQ(to_view(fields->ip_addresses[1]), to_view(hex("00000000 00000000 00000000 00000001")));
}

TEST(X509, KnowsTheKindAndSizeOfEachKey) {
    struct example {
        const char* file;
        key_kind kind;
        unsigned bits;
    };
    const example examples[] = {{"server.crt", key_kind::ec, 256},
                                {"server-rsa.crt", key_kind::rsa, 2048},
                                {"weak-key.crt", key_kind::rsa, 1024},
                                {"server-ed25519.crt", key_kind::ed25519, 256}};
    for (const auto& e : examples) {
        const auto der = first_certificate(e.file);
        const auto fields = parse_x509(der);
        ASSERT_TRUE(fields) << e.file;
        EXPECT_EQ(fields->key, e.kind) << e.file;
        EXPECT_EQ(fields->key_bits, e.bits) << e.file;
    }
}

TEST(X509, KnowsTheSizeOfNamedCurvesOnly) {
    struct example {
        const char* parameters;
        unsigned bits;
    };
    const example examples[] = {{"06 08 2a8648ce3d030101", 192},
                                {"06 05 2b81040021", 224},
                                {"06 08 2a8648ce3d030107", 256},
                                {"06 05 2b81040022", 384},
                                {"06 05 2b81040023", 521},
                                {"06 05 2b8104000a", 256},
                                {"06 09 2b2403030208010107", 256},
                                {"06 09 2b240303020801010b", 384},
                                {"06 09 2b240303020801010d", 512},
                                {"06 05 2b81040008", 0},  // secp160r1
                                {"30 03 02 01 01", 0},
                                {"", 0}};
    for (const auto& e : examples) {
        parts p;
        p.key = sequence({sequence({hex("06 07 2a8648ce3d0201"), hex(e.parameters)}), hex("03 03 00 04 01")});
        const auto der = build(p);
        const auto fields = parse_x509(der);
        ASSERT_TRUE(fields) << e.parameters;
        EXPECT_EQ(fields->key, key_kind::ec);
        EXPECT_EQ(fields->key_bits, e.bits) << e.parameters;
    }
}

TEST(X509, CountsTheBitsOfAnRsaModulus) {
    for (const auto& [modulus, bits] : {std::pair{"02 02 00 80", 8u},
                                        {"02 01 7f", 7u},
                                        {"02 01 01", 1u},
                                        {"02 01 00", 0u},
                                        {"02 03 01 00 00", 17u}}) {
        parts p;
        const auto rsa = sequence({hex(modulus), hex("02 03 01 00 01")});
        p.key = sequence({hex("30 0d 06 09 2a864886f70d010101 05 00"), encode(der::tag::bit_string, {hex("00"), rsa})});
        const auto der = build(p);
        const auto fields = parse_x509(der);
        ASSERT_TRUE(fields) << modulus;
        EXPECT_EQ(fields->key_bits, bits) << modulus;
    }
}

TEST(X509, AnUnknownKindOfKeyIsOther) {
    parts p;
    p.key = sequence({hex("30 05 06 03 2b 65 6e"), hex("03 03 00 01 02")});  // X25519
    const auto der = build(p);
    const auto fields = parse_x509(der);
    ASSERT_TRUE(fields);
    EXPECT_EQ(fields->key, key_kind::other);
    EXPECT_EQ(fields->key_bits, 0u);
    EXPECT_EQ(to_view(fields->key_algorithm), to_view(hex("2b 65 6e")));
}

TEST(X509, SelfIssuedMeansTheSameNameTwice) {
    const auto root = first_certificate("root.crt");
    EXPECT_TRUE(parse_x509(root)->is_self_issued());
    const auto intermediate = first_certificate("intermediate.crt");
    EXPECT_FALSE(parse_x509(intermediate)->is_self_issued());
}

TEST(X509, ACertificateWithoutAlternativeNamesSaysSo) {
    const auto der = first_certificate("cn-only.crt");
    const auto fields = parse_x509(der);
    ASSERT_TRUE(fields);
    EXPECT_FALSE(fields->has_alt_name);
    EXPECT_TRUE(fields->dns_names.empty());
}

TEST(X509, KeepsNamesInOrderAndPassesOverOtherKinds) {
    parts p;
    p.extensions = alt_names({dns("b.test"), encode(der::tag::context(1), {to_byte_vector("mail@b.test")}),
                              ip("c0 00 02 01"), dns(""), dns("a.test")});
    const auto der = build(p);
    const auto fields = parse_x509(der);
    ASSERT_TRUE(fields);
    ASSERT_EQ(fields->dns_names.size(), 3u);
    EXPECT_EQ(to_view(fields->dns_names[0]), "b.test");
    EXPECT_EQ(to_view(fields->dns_names[1]), "");
    EXPECT_EQ(to_view(fields->dns_names[2]), "a.test");
    ASSERT_EQ(fields->ip_addresses.size(), 1u);
    EXPECT_EQ(to_view(fields->ip_addresses[0]), to_view(hex("c0 00 02 01")));
    EXPECT_EQ(fields->alt_names.email.size(), 1u);
}

TEST(X509, RefusesNamesThatReadersWouldNotAgreeOn) {
    for (const auto& names :
         {alt_names({}), alt_names({ip("c0 00 02")}), alt_names({ip("")}), alt_names({ip("c0 00 02 01 ff ff ff 00")}),
          alt_names({dns({"a\0.test", 7})}), alt_names({dns("good.test"), ip("c0 00")})}) {
        parts p;
        p.extensions = names;
        EXPECT_FALSE(parse_x509(build(p)));
    }
}

TEST(X509, NotesWhatIsWrongWithOtherExtensions) {
    const auto fields_with = [](const byte_vector& extensions) {
        parts p;
        p.extensions = extensions;
        const auto der = build(p);
        const auto fields = parse_x509(der);
        EXPECT_TRUE(fields);
        return fields.value_or(x509_fields{});
    };
    EXPECT_TRUE(fields_with(extension("55 1d 13", hex("30 03 01 01 ff"))).is_ca);
    EXPECT_EQ(fields_with(extension("55 1d 13", hex("30 06 01 01 ff 02 01 05"))).path_length, 5u);
    EXPECT_FALSE(fields_with(extension("55 1d 13", hex("30 00"))).is_ca);
    for (const auto& broken :
         {extension("55 1d 13", hex("30 03 01 01 01")), extension("55 1d 13", hex("30 03 02 01 ff")),
          extension("55 1d 0f", hex("03 01 00")), extension("55 1d 0f", hex("03 02 02 04")),
          extension("55 1d 25", hex("04 00")), extension("55 1d 1e", hex("30 00")), extension("55 1d 1f", hex("30 00")),
          extension("55 1d 23", hex("04 00"))}) {
        EXPECT_TRUE(fields_with(broken).malformed_extension);
    }
    EXPECT_EQ(fields_with(extension("55 1d 0f", hex("03 02 07 80"))).usage, 1u) << "digitalSignature is bit 0";
    EXPECT_TRUE(fields_with(extension("55 1d 25", hex("30 0a 06 08 2b 06 01 05 05 07 03 01"))).extended->server);
    EXPECT_FALSE(fields_with(extension("55 1d 25", hex("30 0a 06 08 2b 06 01 05 05 07 03 01"))).extended->client);
    EXPECT_FALSE(fields_with(extension("2a 03", hex("05 00"))).unknown_critical);
}

TEST(X509, TheCertificateMadeByHandIsGood) {
    EXPECT_TRUE(parse_x509(build({})));
    parts version_1;
    version_1.version = {};
    EXPECT_TRUE(parse_x509(build(version_1)));
    parts empty_subject;
    empty_subject.subject = hex("30 00");
    EXPECT_TRUE(parse_x509(build(empty_subject)));
    parts unique;
    unique.between = hex("81 02 00 01 82 02 00 02");
    unique.extensions = alt_names({dns("a.test")});
    EXPECT_TRUE(parse_x509(build(unique)));
}

TEST(X509, RefusesBytesBehindTheCertificate) {
    auto der = build({});
    der.push_back(std::byte{0});
    EXPECT_FALSE(parse_x509(der));
}

TEST(X509, RefusesAnExtensionThatComesTwice) {
    const auto names = alt_names({dns("a.test")});
    const auto other = extension("55 1d 0f", hex("03 02 05 a0"));
    parts p;
    p.extensions = joined({names, other});
    EXPECT_TRUE(parse_x509(build(p)));
    p.extensions = joined({names, other, names});
    EXPECT_FALSE(parse_x509(build(p)));
    p.extensions = joined({other, other, names});
    EXPECT_FALSE(parse_x509(build(p)));
}

TEST(X509, RefusesWhatIsNotACertificate) {
    const auto broken = [](auto change) {
        parts p;
        change(p);
        return !parse_x509(build(p)).has_value();
    };
    EXPECT_TRUE(broken([](parts& p) { p.version = hex("a0 03 02 01 03"); }));
    EXPECT_TRUE(broken([](parts& p) { p.version = hex("a0 01 02"); }));
    EXPECT_TRUE(broken([](parts& p) { p.serial = hex("02 00"); }));
    EXPECT_TRUE(broken([](parts& p) { p.serial = hex("02 02 00 01"); }));
    EXPECT_TRUE(broken([](parts& p) { p.serial = {}; }));
    EXPECT_TRUE(broken([](parts& p) { p.issuer = hex("30 02 31 00"); }));
    EXPECT_TRUE(broken([](parts& p) { p.issuer = hex("30 04 30 02 05 00"); }));
    EXPECT_TRUE(broken([](parts& p) { p.subject = hex("30 09 31 07 30 05 06 03 55 04 03"); }));  // no value
    EXPECT_TRUE(broken([](parts& p) { p.subject = hex("30 0b 31 09 30 07 06 03 55 84 83 05 00"); }));
    EXPECT_TRUE(broken([](parts& p) { p.not_before = {}; }));
    EXPECT_TRUE(broken([](parts& p) { p.not_after = hex("02 01 01"); }));
    EXPECT_TRUE(broken([](parts& p) { p.key = hex("30 00"); }));
    EXPECT_TRUE(broken([](parts& p) { p.key = sequence({hex("30 02 06 00"), hex("03 03 00 01 02")}); }));
    EXPECT_TRUE(broken([](parts& p) { p.key = sequence({hex("30 05 06 03 2b 65 70"), hex("03 00")}); }));
    EXPECT_TRUE(broken([](parts& p) { p.key = sequence({hex("30 05 06 03 2b 65 70"), hex("03 02 08 01")}); }));
    EXPECT_TRUE(broken([](parts& p) { p.between = hex("81 7f 00"); }));  // longer than what is left
    EXPECT_TRUE(broken([](parts& p) { p.behind = hex("a3 05 30"); }));
    EXPECT_TRUE(broken([](parts& p) { p.behind = hex("05 00"); }));
    EXPECT_TRUE(broken([](parts& p) { p.extensions = hex("05 00"); }));
    EXPECT_TRUE(broken([](parts& p) { p.extensions = sequence({hex("06 03 55 1d 0f")}); }));
    EXPECT_TRUE(broken([](parts& p) {
        p.extensions = sequence({hex("06 03 55 1d 0f"), hex("01 02 ff ff"), hex("04 00")});
    }));
    EXPECT_TRUE(broken([](parts& p) { p.extensions = extension("55 1d 11", hex("04 00")); }));
    EXPECT_TRUE(broken([](parts& p) { p.extensions = extension("55 1d 11", hex("30 02 82 05")); }));
    EXPECT_TRUE(broken([](parts& p) { p.signature = hex("03 00"); }));
    EXPECT_TRUE(broken([](parts& p) { p.signature = hex("04 02 00 55"); }));
}

TEST(X509, ReadsTimesOfEveryCentury) {
    EXPECT_EQ(time(der::tag::utc_time, "491231235959Z"), sys_days(std::chrono::year(2049) / 12 / 31) + 86399s);
    EXPECT_EQ(time(der::tag::utc_time, "500101000000Z"), sys_days(std::chrono::year(1950) / 1 / 1));
    EXPECT_EQ(time(der::tag::utc_time, "691231235959Z"), sys_seconds(-1s));
    EXPECT_EQ(time(der::tag::utc_time, "700101000000Z"), sys_seconds(0s));
    EXPECT_EQ(time(der::tag::generalized_time, "20380119031408Z"), sys_seconds(2147483648s));
    EXPECT_EQ(time(der::tag::generalized_time, "19691231235958Z"), sys_seconds(-2s));
    EXPECT_EQ(time(der::tag::generalized_time, "99991231235959Z"), sys_seconds(253402300799s));
    EXPECT_EQ(time(der::tag::generalized_time, "20000229120000Z"), sys_seconds(951825600s));
}

TEST(X509, RefusesTimesThatDoNotExist) {
    for (const char* text :
         {"", "Z", "2001010000Z", "200101000000", "200101000000z", "200101000000+0000", "20010100000aZ",
          "201301000000Z", "200001000000Z", "200132000000Z", "200230000000Z", "210229000000Z", "200101240000Z",
          "200101006000Z", "200101000060Z", "-10101000000Z", "20200101000000Z"}) {
        EXPECT_FALSE(time(der::tag::utc_time, text)) << text;
    }
    for (const char* text :
         {"200101000000Z", "20200101000000", "20200101000000.5Z", "21000229000000Z", "2020010100000 Z"}) {
        EXPECT_FALSE(time(der::tag::generalized_time, text)) << text;
    }
    EXPECT_FALSE(time(der::tag::integer, "200101000000Z"));
}

/// A time limit of its own would be a matter of luck; the square of this number would take minutes.
TEST(X509, ManyExtensionsCostNoSquareOfTheirNumber) {
    constexpr std::size_t count = 200'000;
    byte_vector all;
    for (std::size_t i = 0; i < count; ++i) {
        const std::byte oid[] = {std::byte{0x2a}, static_cast<std::byte>(0x90 | i >> 14),
                                 static_cast<std::byte>(0x80 | (i >> 7 & 0x7f)), static_cast<std::byte>(i & 0x7f)};
        const auto one = sequence({encode(der::tag::oid, {oid}), hex("04 00")});
        all.insert(all.end(), one.begin(), one.end());
    }
    parts p;
    p.extensions = std::move(all);
    EXPECT_TRUE(parse_x509(build(p)));
}

TEST(X509, SpoiledCertificatesNeverHurt) {
    for (const char* file : {"server.crt", "server-rsa.crt", "ip.crt"}) {
        const auto der = first_certificate(file);
        every_prefix(der, [](const byte_vector& cut) { EXPECT_FALSE(parse_x509(cut)); });
        const auto look = [](const byte_vector& spoiled) {
            const auto fields = parse_x509(spoiled);
            if (!fields) return;
            EXPECT_LE(fields->tbs.size(), spoiled.size());
            EXPECT_LT(fields->key_bits, 8 * spoiled.size());
            for (const auto address : fields->ip_addresses) EXPECT_TRUE(address.size() == 4 || address.size() == 16);
        };
        every_flip(der, look);
        random_mutations(der, 5000, look);
    }
}

}  // namespace
