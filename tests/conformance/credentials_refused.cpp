// SPDX-License-Identifier: Apache-2.0
// Files and bytes that are no credentials: what is wrong, and with which file. KEY-005, KEY-016
#include <cerrno>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/expect.hpp"
#include "tests/support/pki.hpp"
#include "tests/support/temp_dir.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

const std::string begin_certificate = "-----BEGIN CERTIFICATE-----\n";
const std::string end_certificate = "-----END CERTIFICATE-----\n";
const std::string begin_key = "-----BEGIN PRIVATE KEY-----\n";
const std::string end_key = "-----END PRIVATE KEY-----\n";

result<credentials> with_chain(const std::string& chain) {
    return credentials::parse_cert_chain(chain, pki::bytes("server.key"));
}
result<credentials> with_key(const std::string& key) {
    return credentials::parse_cert_chain(pki::bytes("server.crt"), key);
}

TEST(credentials_file, that_is_missing_is_named) {
    const auto good = pki::file("server.crt");
    const auto missing = pki::file("there-is-no-such-file.pem");
    for (const auto& r : {credentials::load_cert_chain(missing, pki::file("server.key")),
                          credentials::load_cert_chain(good, missing)}) {
        EXPECT_TRUE(fails_with(r, errc::file_not_found));
        ASSERT_FALSE(r);
        EXPECT_NE(r.error().message().find("there-is-no-such-file.pem"), std::string::npos) << r.error().message();
        EXPECT_EQ(r.error().system_code(), ENOENT);
    }
}

TEST(credentials_file, that_is_a_directory_is_unreadable) {
    const temp_dir dir;
    EXPECT_TRUE(fails_with(credentials::load_cert_chain(dir.path(), pki::file("server.key")), errc::file_unreadable));
    EXPECT_TRUE(fails_with(credentials::load_cert_chain(pki::file("server.crt"), dir.path()), errc::file_unreadable));
}

// CTX-022
TEST(credentials_file, with_a_nul_in_its_path_is_an_invalid_argument) {
    const std::filesystem::path bad(pki::file("server.crt").string() + std::string("\0.txt", 5));
    EXPECT_TRUE(fails_with(credentials::load_cert_chain(bad, pki::file("server.key")), errc::invalid_argument));
    EXPECT_TRUE(fails_with(credentials::load_cert_chain(pki::file("server.crt"), bad), errc::invalid_argument));
}

TEST(credentials_file, with_the_wrong_content_is_named) {
    const temp_dir dir;
    const auto empty = dir.write("empty-file.pem", "");
    const auto chain = credentials::load_cert_chain(empty, pki::file("server.key"));
    EXPECT_TRUE(fails_with(chain, errc::no_certificate));
    EXPECT_NE(describe(chain).find("empty-file.pem"), std::string::npos) << describe(chain);
    const auto key = credentials::load_cert_chain(pki::file("server.crt"), empty);
    EXPECT_TRUE(fails_with(key, errc::no_private_key));
    EXPECT_NE(describe(key).find("empty-file.pem"), std::string::npos) << describe(key);
}

TEST(credentials_chain, without_a_certificate_in_it_is_refused) {
    EXPECT_TRUE(fails_with(with_chain(""), errc::no_certificate));
    EXPECT_TRUE(fails_with(with_chain("just text\nand more of it\n"), errc::no_certificate));
    EXPECT_TRUE(fails_with(with_chain(pki::bytes("server.key")), errc::no_certificate));
}

TEST(credentials_chain, with_a_broken_certificate_is_refused) {
    EXPECT_TRUE(fails_with(with_chain(begin_certificate + "AAAA\n" + end_certificate), errc::malformed_certificate));
    EXPECT_TRUE(
        fails_with(with_chain(begin_certificate + "not base64!\n" + end_certificate), errc::malformed_certificate));
    EXPECT_TRUE(fails_with(with_chain(begin_certificate + end_certificate), errc::malformed_certificate));
}

// Whoever is shown it refuses it (KEY-007); no library is asked.
TEST(credentials_chain, that_is_signed_with_an_old_hash_is_refused) {
    const auto signed_with = [](const std::string& name) {
        return credentials::load_cert_chain(pki::file("signatures/" + name + ".crt"), pki::file("signatures/key.key"));
    };
    EXPECT_TRUE(ok(signed_with("rsa-sha384")));
    for (const char* name : {"ecdsa-sha1", "rsa-sha1", "rsa-pss-sha1", "rsa-md5", "rsa-sha224"}) {
        const auto r = signed_with(name);
        EXPECT_TRUE(fails_with(r, errc::weak_signature)) << name;
        EXPECT_NE(describe(r).find(name), std::string::npos) << describe(r);
        EXPECT_NE(describe(r).find("CN=signatures"), std::string::npos) << describe(r);
    }
}

TEST(credentials_chain, with_a_weak_link_is_refused) {
    const auto server = pki::bytes("server.crt");
    EXPECT_TRUE(ok(with_chain(server + pki::bytes("intermediate.crt"))));
    EXPECT_TRUE(fails_with(with_chain(server + pki::bytes("signatures/rsa-sha1.crt")), errc::weak_signature));
    const auto weak = with_chain(server + pki::bytes("weak-key.crt"));
    EXPECT_TRUE(fails_with(weak, errc::weak_key));
    EXPECT_NE(describe(weak).find("CN=weak-key"), std::string::npos) << describe(weak);
    const auto external = credentials::with_external_key(
        or_throw(certificate::parse_all(server + pki::bytes("signatures/rsa-sha1.crt"))),
        [](signature_scheme, std::span<const std::byte>) -> result<std::vector<std::byte>> { return {}; });
    EXPECT_TRUE(fails_with(external, errc::weak_signature));
}

TEST(credentials_chain, with_a_broken_certificate_behind_good_ones_is_refused) {
    const auto chain = pki::bytes("server.crt") + begin_certificate + "AAAA\n" + end_certificate;
    EXPECT_TRUE(fails_with(with_chain(chain), errc::malformed_certificate));
}

TEST(credentials_chain, that_ends_too_early_is_refused) {
    const auto pem = pki::bytes("server.crt");
    const auto cut = pem.substr(0, pem.find("-----END"));
    EXPECT_TRUE(fails_with(with_chain(cut), errc::malformed_certificate));
    const auto der = pki::bytes("server-leaf.der");
    EXPECT_TRUE(fails_with(with_chain(der.substr(0, der.size() - 1)), errc::malformed_certificate));
}

TEST(credentials_chain, of_der_with_bytes_behind_it_is_refused) {
    EXPECT_TRUE(fails_with(with_chain(pki::bytes("server-leaf.der") + "x"), errc::malformed_certificate));
}

TEST(credentials_key, without_a_key_in_it_is_refused) {
    EXPECT_TRUE(fails_with(with_key(""), errc::no_private_key));
    EXPECT_TRUE(fails_with(with_key("just text\nand more of it\n"), errc::no_private_key));
    EXPECT_TRUE(fails_with(with_key(pki::bytes("server.crt")), errc::no_private_key));
}

TEST(credentials_key, that_is_broken_is_refused) {
    EXPECT_TRUE(fails_with(with_key(begin_key + "AAAA\n" + end_key), errc::malformed_key));
    EXPECT_TRUE(fails_with(with_key(begin_key + "not base64!\n" + end_key), errc::malformed_key));
    const auto pem = pki::bytes("server.key");
    EXPECT_TRUE(fails_with(with_key(pem.substr(0, pem.find("-----END"))), errc::malformed_key));
    const auto der = pki::bytes("server.key.der");
    EXPECT_TRUE(fails_with(with_key(der.substr(0, der.size() - 1)), errc::malformed_key));
}

TEST(credentials_key, of_every_form_that_is_cut_short_is_refused) {
    const auto ec = pki::bytes("server.crt");
    for (const auto* name : {"server-sec1.key", "server-encrypted.key"}) {
        const auto pem = pki::bytes(name);
        const auto r = credentials::parse_cert_chain(ec, pem.substr(0, pem.size() / 2), pki::passphrase);
        EXPECT_TRUE(fails_with(r, errc::malformed_key)) << name;
    }
}

// KEY-014
TEST(credentials_key, is_never_in_an_error) {
    const auto pem = pki::bytes("server.key");
    const auto line = pem.substr(pem.find('\n') + 1, 40);
    auto broken = pem;
    broken.erase(broken.find(line) + 50, 4);
    for (const auto& r : {with_key(broken), credentials::parse_cert_chain(pki::bytes("client.crt"), pem),
                          credentials::parse_cert_chain("", pem)}) {
        ASSERT_FALSE(r);
        EXPECT_EQ(describe(r).find(line.substr(0, 12)), std::string::npos);
    }
}

TEST(credentials_key, passphrase_is_never_in_an_error) {
    const auto r =
        credentials::load_cert_chain(pki::file("server.crt"), pki::file("server-encrypted.key"), "Tr0ub4dor&3");
    ASSERT_FALSE(r);
    EXPECT_EQ(describe(r).find("Tr0ub4dor"), std::string::npos);
}

}  // namespace
