// SPDX-License-Identifier: Apache-2.0
// PKCS#12 files and passphrases that are asked for: what loads on every backend, and the one error for what does not.
#include <stdexcept>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/bytes.hpp"
#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

using loaded = result<credentials>;
using optional_passphrase = std::optional<std::string_view>;

std::filesystem::path in_pkcs12(std::string_view name) { return pki::file("pkcs12/" + std::string(name) + ".p12"); }
loaded load(std::string_view name, optional_passphrase passphrase = pki::passphrase) {
    return credentials::load_pkcs12(in_pkcs12(name), passphrase);
}
std::vector<std::byte> bytes(std::string_view name) {
    return to_bytes(pki::bytes("pkcs12/" + std::string(name) + ".p12"));
}

/// It has the chain of NAME, and a key that works.
void expect_identity(const loaded& r, std::string_view name = "server") {
    ASSERT_TRUE(ok(r));
    EXPECT_EQ(r->chain(), pki::identity(name).chain());
    if (!pki::usable(name)) return;
    setup s;
    s.server.credentials = {*r};
    auto pair = new_pair(s);
    EXPECT_TRUE(run_handshake(pair).complete());
}

// ---- what works ----

TEST(pkcs12_load, what_is_written_by_default) {
    expect_identity(credentials::load_pkcs12(pki::file("server.p12"), pki::passphrase));
}
TEST(pkcs12_load, every_kind_of_key) {
    expect_identity(load("rsa"), "server-rsa");
    expect_identity(load("ed25519"), "server-ed25519");
}
TEST(pkcs12_load, every_hash_of_the_mac) {
    for (const char* name : {"mac-sha1", "mac-sha224", "mac-sha384", "mac-sha512"}) {
        SCOPED_TRACE(name);
        expect_identity(load(name));
        EXPECT_TRUE(fails_with(load(name, "wrong"), errc::wrong_passphrase));
    }
}
// RFC 9579
TEST(pkcs12_load, a_mac_whose_key_is_derived_as_those_of_the_contents) {
    for (const char* name : {"pbmac1-sha256", "pbmac1-sha512"}) {
        SCOPED_TRACE(name);
        expect_identity(load(name));
        EXPECT_TRUE(fails_with(load(name, "wrong"), errc::wrong_passphrase));
    }
}
TEST(pkcs12_load, every_size_of_aes) {
    expect_identity(load("aes128"));
    expect_identity(load("aes192"));
}
TEST(pkcs12_load, more_iterations) { expect_identity(load("iterations")); }
TEST(pkcs12_load, without_a_mac) {
    expect_identity(load("no-mac"));
    EXPECT_TRUE(fails_with(load("no-mac", "wrong"), errc::wrong_passphrase));
}
TEST(pkcs12_load, without_encryption) {
    expect_identity(load("clear", std::nullopt));
    expect_identity(load("clear"));
    expect_identity(load("clear-mac"));
}
TEST(pkcs12_load, from_memory) {
    expect_identity(credentials::parse_pkcs12(bytes("rsa"), pki::passphrase), "server-rsa");
}

TEST(pkcs12_load, the_chain_without_roots_and_strangers) { expect_identity(load("mixed"), "server"); }
TEST(pkcs12_load, a_key_behind_many_certificates) { expect_identity(load("key-last", std::nullopt)); }

// ---- passphrases ----

TEST(pkcs12_passphrase, of_any_characters) {
    expect_identity(load("utf8", "p\xc3\xa4$$w\xc3\xb6rd \xe2\x82\xac\xf0\x9f\x98\x80"));
    EXPECT_TRUE(
        fails_with(load("utf8", "p\xc3\xa4$$w\xc3\xb6rd \xe2\x82\xac\xf0\x9f\x98\x81"), errc::wrong_passphrase));
}
TEST(pkcs12_passphrase, that_is_empty_is_one_too) {
    expect_identity(load("empty-passphrase", ""));
    EXPECT_TRUE(fails_with(load("empty-passphrase", " "), errc::wrong_passphrase));
    EXPECT_TRUE(fails_with(load("empty-passphrase", std::nullopt), errc::passphrase_required));
    EXPECT_TRUE(fails_with(load("rsa", ""), errc::wrong_passphrase));
}
TEST(pkcs12_passphrase, is_required) {
    for (const char* name : {"rsa", "no-mac", "clear-mac"}) {
        EXPECT_TRUE(fails_with(load(name, std::nullopt), errc::passphrase_required)) << name;
    }
}
TEST(pkcs12_passphrase, that_is_wrong_is_an_error_of_its_own) {
    for (const std::string& wrong : {std::string("wrong"), std::string("TLSEAM"), std::string("tlseam "),
                                     std::string("tls\0eam", 7), std::string(5000, 'x')}) {
        EXPECT_TRUE(fails_with(load("rsa", wrong), errc::wrong_passphrase));
    }
}
TEST(pkcs12_passphrase, that_is_no_utf8_is_a_mistake) {
    for (const char* wrong : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\xe2\x82"}) {
        EXPECT_TRUE(fails_with(load("rsa", wrong), errc::invalid_argument));
    }
}

// ---- passphrases that are asked for ----

struct counting {
    int calls = 0;
    passphrase_callback returning(std::string answer) {
        return [this, answer = std::move(answer)]() -> result<std::string> {
            ++calls;
            return answer;
        };
    }
};

TEST(passphrase_callback, is_called_once_when_needed) {
    counting asked;
    expect_identity(credentials::load_pkcs12(in_pkcs12("rsa"), asked.returning("tlseam")), "server-rsa");
    EXPECT_EQ(asked.calls, 1);
    expect_identity(credentials::parse_pkcs12(bytes("no-mac"), asked.returning("tlseam")));
    EXPECT_EQ(asked.calls, 2);
    EXPECT_TRUE(ok(credentials::load_cert_chain(pki::file("server.crt"), pki::file("server-encrypted.key"),
                                                asked.returning("tlseam"))));
    EXPECT_EQ(asked.calls, 3);
    EXPECT_TRUE(fails_with(credentials::parse_cert_chain(pki::bytes("server.crt"), pki::bytes("server-encrypted.key"),
                                                         asked.returning("wrong")),
                           errc::wrong_passphrase));
    EXPECT_EQ(asked.calls, 4);
}

TEST(passphrase_callback, is_not_called_when_nothing_is_encrypted) {
    counting asked;
    expect_identity(credentials::load_pkcs12(in_pkcs12("clear"), asked.returning("tlseam")));
    EXPECT_TRUE(
        ok(credentials::load_cert_chain(pki::file("server.crt"), pki::file("server.key"), asked.returning("tlseam"))));
    EXPECT_TRUE(fails_with(credentials::load_cert_chain(pki::file("nothing.crt"), pki::file("server-encrypted.key"),
                                                        asked.returning("tlseam")),
                           errc::file_not_found));
    EXPECT_EQ(asked.calls, 0);
}

TEST(passphrase_callback, that_fails_gives_its_error) {
    const passphrase_callback refuses = []() -> result<std::string> { return std::unexpected(error(errc::cancelled)); };
    const passphrase_callback throws = []() -> result<std::string> { throw std::runtime_error("no terminal"); };
    const auto load_both = [](const passphrase_callback& ask, errc expected) {
        EXPECT_TRUE(fails_with(credentials::load_pkcs12(in_pkcs12("rsa"), ask), expected));
        const auto chain =
            credentials::load_cert_chain(pki::file("server.crt"), pki::file("server-encrypted.key"), ask);
        EXPECT_TRUE(fails_with(chain, expected));
    };
    load_both(refuses, errc::cancelled);
    load_both(throws, errc::callback_failed);
    load_both(passphrase_callback(), errc::passphrase_required);
}

// ---- what does not load ----

TEST(pkcs12_refused, old_encryption_with_the_way_out) {
    for (const char* name : {"3des", "legacy"}) {
        const auto r = load(name);
        ASSERT_TRUE(fails_with(r, errc::unsupported_key)) << name;
        EXPECT_NE(r.error().message().find("pkcs12 -export"), std::string::npos) << r.error().message();
        EXPECT_NE(r.error().message().find(std::string(name) + ".p12"), std::string::npos) << r.error().message();
        EXPECT_TRUE(fails_with(load(name, "wrong"), errc::wrong_passphrase)) << name;
    }
}
TEST(pkcs12_refused, what_is_missing_or_too_much) {
    EXPECT_TRUE(fails_with(load("no-key"), errc::no_private_key));
    EXPECT_TRUE(fails_with(load("no-certificate"), errc::no_certificate));
    EXPECT_TRUE(fails_with(load("mismatch"), errc::key_mismatch));
    EXPECT_TRUE(fails_with(load("two-keys"), errc::malformed_key));
}
TEST(pkcs12_refused, what_is_none) {
    EXPECT_TRUE(fails_with(credentials::load_pkcs12(pki::file("server.crt"), pki::passphrase), errc::malformed_key));
    EXPECT_TRUE(
        fails_with(credentials::load_pkcs12(pki::file("server.key.der"), pki::passphrase), errc::malformed_key));
    EXPECT_TRUE(fails_with(credentials::parse_pkcs12({}, pki::passphrase), errc::malformed_key));
    EXPECT_TRUE(fails_with(load("no-such-file"), errc::file_not_found));
    EXPECT_TRUE(fails_with(credentials::load_pkcs12("", pki::passphrase), errc::invalid_argument));
    const std::vector<std::byte> large((std::size_t{16} << 20) + 1);
    EXPECT_TRUE(fails_with(credentials::parse_pkcs12(large, pki::passphrase), errc::too_large));
}

TEST(pkcs12_refused, what_is_cut_anywhere) {
    for (const char* name : {"clear", "rsa"}) {
        const auto whole = bytes(name);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            ASSERT_TRUE(fails_with(credentials::parse_pkcs12(std::span(whole).first(size), pki::passphrase),
                                   errc::malformed_key))
                << name << " " << size;
        }
    }
}

/// Whatever a changed byte does, it is a refusal with a reason, or something that the key does not depend on, and never
/// a crash. (A changed issuer leads nowhere: the chain is shorter.)
TEST(pkcs12_refused, what_is_changed_anywhere) {
    auto changed = bytes("clear");
    const auto chain = pki::identity("server").chain();
    for (std::size_t at = 0; at < changed.size(); ++at) {
        changed[at] ^= std::byte{0x01};
        const auto r = credentials::parse_pkcs12(changed, pki::passphrase);
        if (r) {
            EXPECT_LE(r->chain().size(), chain.size()) << at;
            EXPECT_EQ(r->chain().front().public_key_pin(), chain.front().public_key_pin()) << at;
        } else {
            EXPECT_NE(r.error(), errc::internal) << at;
        }
        changed[at] ^= std::byte{0x01};
    }
    changed = bytes("rsa");
    for (std::size_t at = 0; at < changed.size(); at += 7) {
        changed[at] ^= std::byte{0x80};
        EXPECT_FALSE(credentials::parse_pkcs12(changed, pki::passphrase)) << at;
        changed[at] ^= std::byte{0x80};
    }
}

}  // namespace
