// SPDX-License-Identifier: Apache-2.0
// Loading the certificates that a program trusts.
#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/stream_pair.hpp"
#include "tests/support/temp_dir.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

const std::string broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

std::size_t size_of(const result<trust_store>& r) {
    EXPECT_TRUE(ok(r));
    return r ? r->size() : 0;
}

/// Whether a client with this trust accepts the server "server".
bool trusts_the_server(const trust_store& anchors) {
    setup s;
    s.client.trust = anchors;
    auto pair = new_pair(s);
    return run_handshake(pair).complete();
}

// ---- sources: CTX-012 ----

TEST(trust_source, may_be_a_file) {
    EXPECT_EQ(size_of(trust_store::load_file(pki::file("root.crt"))), 1U);
    EXPECT_EQ(size_of(trust_store::load_file(pki::file("ca-bundle.crt"))), 2U);
    EXPECT_TRUE(trusts_the_server(pki::trust("root")));
    EXPECT_FALSE(trusts_the_server(pki::trust("other-root")));
}

TEST(trust_source, may_be_a_der_file) { EXPECT_EQ(size_of(trust_store::load_file(pki::file("server-leaf.der"))), 1U); }

TEST(trust_source, may_be_text_or_bytes) {
    EXPECT_TRUE(trusts_the_server(or_throw(trust_store::parse(pki::bytes("root.crt")))));
    EXPECT_EQ(size_of(trust_store::parse(pki::bytes("ca-bundle.crt"))), 2U);
    EXPECT_EQ(size_of(trust_store::parse(pki::bytes("server-leaf.der"))), 1U);
}

TEST(trust_source, may_be_a_directory_of_which_certificate_files_count) {
    const temp_dir dir;
    (void)dir.write("a.pem", pki::bytes("root.crt"));
    (void)dir.write("b.crt", pki::bytes("other-root.crt"));
    (void)dir.write("c.cer", pki::bytes("intermediate.crt"));
    (void)dir.write("0123abcd.0", pki::bytes("expired-root-ca.crt"));
    (void)dir.write("README.txt", "not a certificate");
    (void)dir.write("root.key", pki::bytes("root.key"));
    EXPECT_EQ(size_of(trust_store::load_directory(dir.path())), 4U);
    EXPECT_TRUE(trusts_the_server(or_throw(trust_store::load_directory(dir.path()))));
}

TEST(trust_source, directories_are_not_searched_deeper) {
    const temp_dir dir;
    (void)dir.write("a.pem", pki::bytes("root.crt"));
    std::filesystem::create_directory(dir.path() / "deeper.pem");
    (void)dir.write("deeper.pem/b.pem", pki::bytes("other-root.crt"));
    EXPECT_EQ(size_of(trust_store::load_directory(dir.path())), 1U);
}

TEST(trust_source, several_add_up) {
    const temp_dir dir;
    (void)dir.write("a.pem", pki::bytes("intermediate.crt"));
    EXPECT_EQ(
        size_of(trust_store::load(
            {.files = {pki::file("root.crt")}, .directories = {dir.path()}, .memory = {pki::bytes("other-root.crt")}})),
        3U);
}

// CTX-014
TEST(trust_source, with_the_same_certificate_again_is_no_error) {
    EXPECT_EQ(size_of(trust_store::load({.files = {pki::file("root.crt"), pki::file("root.crt")},
                                         .memory = {pki::bytes("root.crt") + pki::bytes("root.crt")}})),
              1U);
}

TEST(trust_source, of_none_is_a_store_that_trusts_nobody) {
    EXPECT_EQ(size_of(trust_store::load({})), 0U);
    EXPECT_FALSE(trusts_the_server(pki::no_trust()));
}

TEST(trust_source, may_have_crlf_and_text_around) {
    std::string text = "# my roots\r\n";
    for (const char c : pki::bytes("root.crt")) text += c == '\n' ? std::string("\r\n") : std::string(1, c);
    EXPECT_EQ(size_of(trust_store::parse(text + "the end")), 1U);
}

// ---- refusals: CTX-013, CTX-015 ----

TEST(trust_refused, when_the_file_or_directory_is_missing) {
    const auto missing = pki::file("there-is-no-such-file.pem");
    for (const auto& r : {trust_store::load_file(missing), trust_store::load_directory(missing),
                          trust_store::load({.files = {pki::file("root.crt"), missing}})}) {
        EXPECT_TRUE(fails_with(r, errc::file_not_found));
        EXPECT_NE(describe(r).find("there-is-no-such-file.pem"), std::string::npos) << describe(r);
    }
}

TEST(trust_refused, when_the_file_is_a_directory) {
    const temp_dir dir;
    EXPECT_TRUE(fails_with(trust_store::load_file(dir.path()), errc::file_unreadable));
}

TEST(trust_refused, when_there_is_no_certificate) {
    const temp_dir dir;
    const auto empty = dir.write("empty.pem", "");
    const auto text = dir.write("text.pem", "no certificate here\n");
    for (const auto& file : {empty, text, pki::file("server.key")}) {
        const auto r = trust_store::load_file(file);
        EXPECT_TRUE(fails_with(r, errc::no_certificate));
        EXPECT_NE(describe(r).find(file.filename().string()), std::string::npos) << describe(r);
    }
    EXPECT_TRUE(fails_with(trust_store::parse(""), errc::no_certificate));
}

TEST(trust_refused, when_one_certificate_among_good_ones_is_broken) {
    EXPECT_TRUE(fails_with(trust_store::parse(broken), errc::malformed_certificate));
    EXPECT_TRUE(fails_with(trust_store::parse(pki::bytes("root.crt") + broken), errc::malformed_certificate));
    EXPECT_TRUE(fails_with(trust_store::parse(broken + pki::bytes("root.crt")), errc::malformed_certificate));
}

TEST(trust_refused, when_one_file_of_a_directory_is_broken_and_that_file_is_named) {
    const temp_dir dir;
    (void)dir.write("a-good.pem", pki::bytes("root.crt"));
    (void)dir.write("b-broken.pem", broken);
    const auto r = trust_store::load_directory(dir.path());
    EXPECT_TRUE(fails_with(r, errc::malformed_certificate));
    EXPECT_NE(describe(r).find("b-broken.pem"), std::string::npos) << describe(r);
}

// ---- the system's: CTX-017 ----

TEST(trust_system, is_the_file_that_the_environment_names) {
    const scoped_environment named("SSL_CERT_FILE", pki::file("ca-bundle.crt").string());
    EXPECT_EQ(size_of(trust_store::system()), 2U);
    EXPECT_EQ(size_of(trust_store::load({.system = true, .files = {pki::file("intermediate.crt")}})), 3U);
}

TEST(trust_system, is_parsed_once_for_all_who_hold_it) {
    const scoped_environment named("SSL_CERT_FILE", pki::file("ca-bundle.crt").string());
    const auto first = or_throw(trust_store::system());
    EXPECT_EQ(or_throw(trust_store::system()).data(), first.data());
    std::vector<std::future<trust_store>> others;
    for (int i = 0; i < 4; ++i) others.push_back(in_background([] { return or_throw(trust_store::system()); }));
    for (auto& other : others) EXPECT_EQ(other.get().data(), first.data());
    const scoped_environment another("SSL_CERT_FILE", pki::file("root.crt").string());
    EXPECT_EQ(size_of(trust_store::system()), 1U);
}

TEST(trust_system, is_read_again_when_its_file_has_changed) {
    const temp_dir dir;
    const scoped_environment named("SSL_CERT_FILE", dir.write("roots.pem", pki::bytes("root.crt")).string());
    const auto first = or_throw(trust_store::system());
    EXPECT_EQ(first.size(), 1U);
    (void)dir.write("roots.pem", pki::bytes("ca-bundle.crt"));
    EXPECT_EQ(size_of(trust_store::system()), 2U);
    (void)dir.write("roots.pem", std::string(pki::bytes("ca-bundle.crt").size(), 'x'));
    EXPECT_TRUE(fails_with(trust_store::system(), errc::no_certificate));
    EXPECT_EQ(first.size(), 1U);
}

// CTX-001
TEST(trust_system, is_what_a_client_without_settings_trusts) {
    const setup defaults;
    const auto server = or_throw(context::server(defaults.server));
    const auto try_with = [&](const char* roots) {
        const scoped_environment named("SSL_CERT_FILE", pki::file(roots).string());
        const auto client = or_throw(context::client());
        engine_pair pair{.client = or_throw(engine::create(client, {.server_name = "localhost"})),
                         .server = or_throw(engine::create(server))};
        return run_handshake(pair).client;
    };
    EXPECT_TRUE(ok(try_with("root.crt")));
    EXPECT_TRUE(refused_for(try_with("other-root.crt"), cert_errc::unknown_ca));
}

TEST(trust_system, that_is_missing_is_an_error_of_the_context) {
    const scoped_environment named("SSL_CERT_FILE", pki::file("there-is-no-such-file.pem").string());
    EXPECT_TRUE(fails_with(trust_store::system(), errc::file_not_found));
    EXPECT_TRUE(fails_with(context::client(), errc::file_not_found));
}

TEST(trust_system, does_not_depend_on_the_directory_of_the_environment) {
    const temp_dir dir;
    (void)dir.write("a.pem", pki::bytes("other-root.crt"));
    const scoped_environment file("SSL_CERT_FILE", pki::file("root.crt").string());
    const scoped_environment directory("SSL_CERT_DIR", dir.path().string());
    EXPECT_EQ(size_of(trust_store::system()), 1U);
}

TEST(trust_system, is_not_loaded_when_trust_is_set) {
    const scoped_environment named("SSL_CERT_FILE", pki::file("there-is-no-such-file.pem").string());
    EXPECT_TRUE(ok(context::client({.trust = pki::trust()})));
}

}  // namespace
