// SPDX-License-Identifier: Apache-2.0
// Loading chains and keys: every form that works, and an error of its own for everything that does not.
#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/temp_dir.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

using loaded = result<credentials>;

loaded load(const char* chain, const char* key, std::optional<std::string_view> passphrase = std::nullopt) {
    return credentials::load_cert_chain(pki::file(chain), pki::file(key), passphrase);
}

/// From memory, with parts of server.crt and server.key.
loaded parse(const std::string& chain, const std::string& key) { return credentials::parse_cert_chain(chain, key); }

/// The credentials can really serve a client.
void expect_usable(const loaded& r) {
    ASSERT_TRUE(ok(r));
    setup s;
    s.server.credentials = {*r};
    auto pair = new_pair(s);
    const auto seen = run_handshake(pair);
    EXPECT_TRUE(ok(seen.client));
    EXPECT_TRUE(ok(seen.server));
}

std::string with_crlf(const std::string& text) {
    std::string out;
    for (const char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
    return out;
}

// ---- what works: KEY-001, KEY-002 ----

TEST(credentials_load, a_chain_and_a_pkcs8_key) { expect_usable(load("server.crt", "server.key")); }
TEST(credentials_load, an_rsa_pkcs8_key) { expect_usable(load("server-rsa.crt", "server-rsa.key")); }
TEST(credentials_load, an_ed25519_key) {
    const auto r = load("server-ed25519.crt", "server-ed25519.key");
    if (pki::usable("server-ed25519")) return expect_usable(r);
    ASSERT_TRUE(ok(r));
    EXPECT_TRUE(fails_with(context::server({.credentials = {*r}}), errc::unsupported));
    EXPECT_TRUE(fails_with(context::client({.trust = pki::trust(), .credentials = {*r}}), errc::unsupported));
}
TEST(credentials_load, a_pkcs1_key) { expect_usable(load("server-rsa.crt", "server-rsa-pkcs1.key")); }
TEST(credentials_load, a_sec1_key) { expect_usable(load("server.crt", "server-sec1.key")); }
TEST(credentials_load, a_der_key) { expect_usable(load("server.crt", "server.key.der")); }
TEST(credentials_load, an_encrypted_key) { expect_usable(load("server.crt", "server-encrypted.key", pki::passphrase)); }

TEST(credentials_load, a_der_certificate) {
    const auto r = load("server-leaf.der", "server.key");
    ASSERT_TRUE(ok(r));
    EXPECT_EQ(r->chain().size(), 1U);
}

TEST(credentials_load, der_certificates_one_behind_the_other) {
    std::string der;
    const auto chain = pki::identity("server").chain();
    for (const auto& c : chain) {
        der.append(reinterpret_cast<const char*>(c.der().data()), c.der().size());
    }
    const auto r = parse(der, pki::bytes("server.key.der"));
    expect_usable(r);
    EXPECT_EQ(r->chain(), chain);
}

TEST(credentials_load, the_chain_as_it_stands_in_the_file) {
    const auto chain = pki::identity("server").chain();
    ASSERT_EQ(chain.size(), 2U);
    EXPECT_EQ(chain[0], load("server-leaf.der", "server.key")->chain().front());
    EXPECT_EQ(chain[0].subject(), "CN=server");
    EXPECT_EQ(chain[0].issuer(), chain[1].subject());
}

TEST(credentials_load, one_file_with_both_in_either_order) {
    const temp_dir dir;
    const auto key_first = dir.write("key-first.pem", pki::bytes("server.key") + pki::bytes("server.crt"));
    const auto key_last = dir.write("key-last.pem", pki::bytes("server.crt") + pki::bytes("server.key"));
    expect_usable(credentials::load_cert_chain(key_first, key_first));
    expect_usable(credentials::load_cert_chain(key_last, key_last));
}

// KEY-005
TEST(credentials_load, text_with_crlf_line_ends) {
    expect_usable(parse(with_crlf(pki::bytes("server.crt")), with_crlf(pki::bytes("server.key"))));
}

TEST(credentials_load, text_around_the_blocks) {
    const std::string before = "Bag Attributes\n  friendlyName: server\nsubject=CN = server\n\n";
    const std::string after = "\nthat was it\n";
    expect_usable(parse(before + pki::bytes("server.crt") + after, before + pki::bytes("server.key") + after));
}

TEST(credentials_load, text_without_a_line_end_at_the_end) {
    auto chain = pki::bytes("server.crt");
    auto key = pki::bytes("server.key");
    while (chain.back() == '\n') chain.pop_back();
    while (key.back() == '\n') key.pop_back();
    expect_usable(parse(chain, key));
}

TEST(credentials_load, text_behind_a_byte_order_mark) {
    const std::string mark = "\xef\xbb\xbf";
    expect_usable(parse(mark + pki::bytes("server.crt"), mark + pki::bytes("server.key")));
}

// With the block of parameters that the usual tool writes in front of a key.
TEST(credentials_load, an_ec_key_behind_its_parameters) {
    const std::string parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    expect_usable(parse(pki::bytes("server.crt"), parameters + pki::bytes("server-sec1.key")));
}

// KEY-011: a server may be late to renew; it is the client that refuses.
TEST(credentials_load, an_expired_certificate) { EXPECT_TRUE(ok(load("expired.crt", "expired.key"))); }

// ---- passphrases: KEY-003 ----

TEST(credentials_passphrase, is_required_for_an_encrypted_key) {
    EXPECT_TRUE(fails_with(load("server.crt", "server-encrypted.key"), errc::passphrase_required));
}

TEST(credentials_passphrase, that_is_wrong_is_an_error_of_its_own) {
    for (const std::string& wrong : {std::string("wrong"), std::string(), std::string("tlseam "), std::string("TLSEAM"),
                                     std::string("tls\0eam", 7), std::string(5000, 'x')}) {
        EXPECT_TRUE(fails_with(load("server.crt", "server-encrypted.key", wrong), errc::wrong_passphrase));
    }
}

TEST(credentials_passphrase, does_not_help_the_old_encryption_of_pem) {
    EXPECT_TRUE(fails_with(load("server.crt", "server-legacy-encrypted.key", pki::passphrase), errc::unsupported_key));
    EXPECT_TRUE(fails_with(load("server.crt", "server-legacy-encrypted.key"), errc::unsupported_key));
}

// ---- mismatch: KEY-004 ----

TEST(credentials_mismatch, of_two_keys_of_one_kind_is_refused) {
    EXPECT_TRUE(fails_with(load("server.crt", "client.key"), errc::key_mismatch));
}

TEST(credentials_mismatch, of_two_kinds_of_key_is_refused) {
    EXPECT_TRUE(fails_with(load("server.crt", "server-rsa.key"), errc::key_mismatch));
    EXPECT_TRUE(fails_with(load("server-rsa.crt", "server.key"), errc::key_mismatch));
    EXPECT_TRUE(fails_with(load("server-rsa.crt", "server-ed25519.key"), errc::key_mismatch));
    EXPECT_TRUE(fails_with(load("server-ed25519.crt", "server.key"), errc::key_mismatch));
}

TEST(credentials_mismatch, of_the_key_and_a_chain_with_another_leaf_first_is_refused) {
    EXPECT_TRUE(fails_with(parse(pki::bytes("intermediate.crt") + pki::bytes("server.crt"), pki::bytes("server.key")),
                           errc::key_mismatch));
}

// KEY-018
TEST(credentials_threads, may_load_at_the_same_time) {
    std::vector<std::jthread> threads;
    std::atomic<int> good = 0, refused = 0;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < 20; ++n) {
                if (load("server.crt", "server.key")) ++good;
                if (fails_with(load("server.crt", "client.key"), errc::key_mismatch)) ++refused;
            }
        });
    }
    threads.clear();
    EXPECT_EQ(good, 80);
    EXPECT_EQ(refused, 80);
}

}  // namespace
