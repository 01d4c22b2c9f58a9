// SPDX-License-Identifier: Apache-2.0
// What a certificate is for, where to ask about it, and its digests: the values are those of the x509
// command of another program.
#include <algorithm>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/bytes.hpp"
#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/pki.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

using words = std::vector<std::string>;

certificate leaf_of(const char* name) { return pki::identity(name).chain().front(); }
certificate first_of(const char* file) { return or_throw(certificate::load_all(pki::file(file))).front(); }

// Made with the req command of another program: everything that a certificate may have of all this, names and other
// kinds of addresses among.
constexpr const char* rich_pem = R"(-----BEGIN CERTIFICATE-----
MIIDKTCCAtCgAwIBAgIBATAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARyaWNoMCAX
DTI2MTEyNzE5NTYwN1oYDzIwNjcxMjIyMTk1NjA3WjAPMQ0wCwYDVQQDDARyaWNo
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAENSy9tI8361QYKzjnr7IeGQziB9D1
61g8Wy0ouuKRcc09/puq/ahcCTY2K3m3rKXmAiYwREtEX0CzkRd6usCTLaOCAhkw
ggIVMBIGA1UdEwEB/wQIMAYBAf8CAQMwDgYDVR0PAQH/BAQDAgHGMDIGA1UdJQQr
MCkGCCsGAQUFBwMBBggrBgEFBQcDAgYIKwYBBQUHAwkGCSsGAQQBho0fATBwBgNV
HREEaTBnghByaWNoLnRsc2VhbS50ZXN0gRFhK2I9Y0B0bHNlYW0udGVzdIYiaHR0
cHM6Ly90bHNlYW0udGVzdC9wYXRoP3g9MTt5PTwyPoYWc3BpZmZlOi8vdGxzZWFt
LnRlc3QvYYcEwAACATCBoAYIKwYBBQUHAQEEgZMwgZAwJAYIKwYBBQUHMAGGGGh0
dHA6Ly9vY3NwLnRsc2VhbS50ZXN0LzAlBggrBgEFBQcwAYYZaHR0cDovL29jc3Ay
LnRsc2VhbS50ZXN0LzAlBggrBgEFBQcwAoYZaHR0cDovL3Rsc2VhbS50ZXN0L2Nh
LmRlcjAaBggrBgEFBQcwAoEOY2FAdGxzZWFtLnRlc3QwgYYGA1UdHwR/MH0wQqBA
oD6GGGh0dHA6Ly90bHNlYW0udGVzdC9hLmNybIYXbGRhcDovL3Rsc2VhbS50ZXN0
L2NuPWGCCW5vdC1hLXVyaTA3oBygGoYYaHR0cDovL3Rsc2VhbS50ZXN0L2IuY3Js
gQIGQKITpBEwDzENMAsGA1UEAwwEcmljaDAdBgNVHQ4EFgQUkEQbj8lsG3OrHIOX
8CI9R66F4WcwCgYIKoZIzj0EAwIDRwAwRAIgIxOngLu+iJ9O4gPVyBAWYVaI/ExX
LhY2+OD3GqDN8iACIHOU7dPh1Abtad/TjiX8nI8L1teqUi7Z7xI4JgyIdYgo
-----END CERTIFICATE-----
)";
certificate rich() { return or_throw(certificate::parse_all(rich_pem)).front(); }

std::string all_of(const certificate& c) {
    std::string text = c.sha256_fingerprint() + c.public_key_pin() + c.signature_algorithm();
    text += std::to_string(c.version()) + (c.is_ca() ? "ca" : "");
    for (const auto& list : {c.key_usage(), c.extended_key_usage(), c.email_addresses(), c.uris(), c.ocsp_urls(),
                             c.ca_issuer_urls(), c.crl_urls()}) {
        for (const auto& word : list) text += word;
    }
    return text;
}

TEST(certificate_details, of_a_server) {
    const auto leaf = leaf_of("server");
    EXPECT_EQ(leaf.version(), 3U);
    EXPECT_EQ(leaf.signature_algorithm(), "ecdsa-with-SHA256");
    EXPECT_FALSE(leaf.is_ca());
    EXPECT_EQ(leaf.key_usage(), (words{"digitalSignature"}));
    EXPECT_EQ(leaf.extended_key_usage(), (words{"serverAuth"}));
    EXPECT_EQ(leaf.email_addresses(), words());
    EXPECT_EQ(leaf.uris(), words());
    EXPECT_EQ(leaf.ocsp_urls(), words());
    EXPECT_EQ(leaf.ca_issuer_urls(), words());
    EXPECT_EQ(leaf.crl_urls(), words());
    EXPECT_EQ(leaf_of("server-rsa").key_usage(), (words{"digitalSignature", "keyEncipherment"}));
    EXPECT_EQ(leaf_of("client").extended_key_usage(), (words{"clientAuth"}));
}

TEST(certificate_details, of_an_authority) {
    const auto root = first_of("root.crt");
    EXPECT_TRUE(root.is_ca());
    EXPECT_EQ(root.key_usage(), (words{"keyCertSign", "cRLSign"}));
    EXPECT_EQ(root.extended_key_usage(), words());
}

TEST(certificate_details, of_one_that_has_them_all) {
    const auto it = rich();
    EXPECT_TRUE(it.is_ca());
    EXPECT_EQ(it.key_usage(), (words{"digitalSignature", "nonRepudiation", "keyCertSign", "cRLSign"}));
    EXPECT_EQ(it.extended_key_usage(), (words{"serverAuth", "clientAuth", "OCSPSigning", "1.3.6.1.4.1.99999.1"}));
    EXPECT_EQ(it.email_addresses(), (words{"a+b=c@tlseam.test"}));
    EXPECT_EQ(it.uris(), (words{"https://tlseam.test/path?x=1;y=\\3c2\\3e", "spiffe://tlseam.test/a"}));
    EXPECT_EQ(it.ocsp_urls(), (words{"http://ocsp.tlseam.test/", "http://ocsp2.tlseam.test/"}));
    EXPECT_EQ(it.ca_issuer_urls(), (words{"http://tlseam.test/ca.der"}));
    EXPECT_EQ(it.crl_urls(),
              (words{"http://tlseam.test/a.crl", "ldap://tlseam.test/cn=a", "http://tlseam.test/b.crl"}));
    EXPECT_EQ(it.dns_names(), (words{"rich.tlseam.test"}));
}

TEST(certificate_details, include_digests) {
    EXPECT_EQ(leaf_of("server").sha256_fingerprint(),
              "1422fbdd0185b0889e966cd320ac08a8201ed24f81313daad0d48433a383a9d5");
    EXPECT_EQ(leaf_of("server").public_key_pin(), "sha256//6Z2+XYV8Rsu2pMkcqzH3IukpLL84xB3QluO3E9/KMQo=");
    EXPECT_EQ(rich().sha256_fingerprint(), "39956a88a41add10c964ee76cd49a00bc2d1987a345801deeb8919fdec24b985");
    EXPECT_EQ(rich().public_key_pin(), "sha256//Wxp/3nvn3BfrSWP5fWFzefjpuFgKmRRpC7K968eGFzw=");
}

TEST(certificate_details, include_a_pin_as_the_settings_take_it) {
    setup s;
    for (const auto& each : or_throw(certificate::load_all(pki::file("server.crt")))) {
        s.client.verification.pins = {each.public_key_pin()};
        EXPECT_TRUE(open_pair(s).client.info().peer_verified);
    }
    s.client.verification.pins = {rich().public_key_pin()};
    auto pair = new_pair(s);
    EXPECT_TRUE(refused_for(run_handshake(pair).client, cert_errc::pin_mismatch));
}

TEST(certificate_details, include_pem_that_reads_the_same) {
    EXPECT_EQ(rich().to_pem(), rich_pem);
    EXPECT_EQ(first_of("root.crt").to_pem(), pki::bytes("root.crt"));
    for (const char* name : {"server", "server-rsa", "server-ed25519", "ip", "wildcard", "cn-only", "weak-key"}) {
        for (const auto& each : or_throw(certificate::load_all(pki::file(std::string(name) + ".crt")))) {
            EXPECT_EQ(or_throw(certificate::parse_all(each.to_pem())), std::vector{each}) << name;
        }
    }
}

// Whatever the bytes, an answer, and text without control characters.
TEST(certificate_details, of_spoilt_certificates_are_text_all_the_same) {
    const auto whole = rich();
    const std::vector<std::byte> der(whole.der().begin(), whole.der().end());
    std::size_t read = 0;
    for (std::size_t at = 0; at < der.size(); ++at) {
        for (const unsigned value : {0x00U, 0x01U, 0x7fU, 0x80U, 0xffU}) {
            auto changed = der;
            changed[at] = static_cast<std::byte>(value);
            const auto parsed = certificate::from_der(changed);
            if (!parsed) continue;
            ++read;
            const auto text = all_of(*parsed);
            const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
            ASSERT_TRUE(std::ranges::none_of(text, control)) << at;
        }
    }
    EXPECT_GT(read, 500U);
}

}  // namespace
