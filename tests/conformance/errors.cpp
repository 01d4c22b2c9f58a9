// SPDX-License-Identifier: Apache-2.0
// The error type itself: names, sentences, exceptions.
#include <set>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

TEST(error_names, are_those_of_the_header_and_all_different) {
    EXPECT_STREQ(name(errc::want_read), "want_read");
    EXPECT_STREQ(name(errc::certificate_refused), "certificate_refused");
    EXPECT_STREQ(name(errc::internal), "internal");
    EXPECT_STREQ(name(cert_errc::none), "none");
    EXPECT_STREQ(name(cert_errc::name_mismatch), "name_mismatch");
    EXPECT_STREQ(name(cert_errc::rejected), "rejected");
    std::set<std::string> seen;
    for (int i = 1; i <= static_cast<int>(errc::internal); ++i) seen.insert(name(static_cast<errc>(i)));
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(errc::internal));
    seen.clear();
    for (int i = 0; i <= static_cast<int>(cert_errc::rejected); ++i) seen.insert(name(static_cast<cert_errc>(i)));
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(cert_errc::rejected) + 1);
}

TEST(error_names, of_alerts_are_those_of_the_rfc) {
    EXPECT_STREQ(alert_name(0), "close_notify");
    EXPECT_STREQ(alert_name(20), "bad_record_mac");
    EXPECT_STREQ(alert_name(40), "handshake_failure");
    EXPECT_STREQ(alert_name(45), "certificate_expired");
    EXPECT_STREQ(alert_name(48), "unknown_ca");
    EXPECT_STREQ(alert_name(70), "protocol_version");
    EXPECT_STREQ(alert_name(116), "certificate_required");
    EXPECT_STREQ(alert_name(120), "no_application_protocol");
    EXPECT_STREQ(alert_name(255), "unknown_alert");
}

TEST(error_sentences, exist_for_every_code) {
    for (int i = 1; i <= static_cast<int>(errc::internal); ++i) {
        const auto code = static_cast<errc>(i);
        EXPECT_FALSE(error(code).message().empty()) << name(code);
        EXPECT_FALSE(make_error_code(code).message().empty()) << name(code);
    }
}

TEST(error_sentences, name_the_reason_and_the_host_of_a_refused_certificate) {
    setup s;
    s.server.credentials = {pki::identity("wrong-name")};
    auto pair = new_pair(s);
    const auto seen = run_handshake(pair);
    ASSERT_FALSE(seen.client);
    EXPECT_NE(seen.client.error().message().find("localhost"), std::string::npos) << seen.client.error().message();
}

// ERR-012
TEST(error_sentences, hold_no_raw_bytes_of_the_peer) {
    setup s;
    s.client.alpn = {"evil\x1b[31m\n"};
    s.server.alpn = {"h2"};
    auto pair = new_pair(s);
    const auto seen = run_handshake(pair);
    ASSERT_FALSE(seen.server);
    for (const char c : describe(seen.server.error())) EXPECT_GE(static_cast<unsigned char>(c), 0x20);
}

TEST(error_code, is_a_std_error_code_of_the_category_tlseam) {
    const std::error_code code = errc::truncated;
    EXPECT_EQ(code.category(), error_category());
    EXPECT_STREQ(code.category().name(), "tlseam");
    EXPECT_TRUE(code == errc::truncated);
    EXPECT_FALSE(code == errc::closed);
}

TEST(error_value, is_shared_by_its_copies) {
    const error original(errc::alert_received, {.message = "gone", .alert = 40, .origin = error_origin::peer});
    const error copy = original;
    EXPECT_EQ(copy, errc::alert_received);
    EXPECT_EQ(copy.detail(), original.detail());
    EXPECT_EQ(copy.alert(), 40);
    EXPECT_EQ(copy.origin(), error_origin::peer);
}

TEST(error_value, of_a_wait_has_no_detail) {
    auto pair = open_pair();
    const auto read = read_text(pair.client);
    ASSERT_TRUE(fails_with(read, errc::want_read));
    EXPECT_EQ(read.error().detail(), nullptr);
    EXPECT_EQ(read.error().certificate(), cert_errc::none);
    EXPECT_FALSE(read.error().alert().has_value());
    EXPECT_EQ(read.error().system_code(), 0);
}

TEST(or_throw, gives_the_value_or_throws_the_error) {
    EXPECT_EQ(or_throw(result<int>(7)), 7);
    EXPECT_NO_THROW(or_throw(result<void>()));
    try {
        or_throw(context::server({}));
        FAIL() << "nothing was thrown";
    } catch (const exception& e) {
        EXPECT_EQ(e.code(), errc::invalid_argument);
        EXPECT_EQ(e.error(), errc::invalid_argument);
        EXPECT_FALSE(std::string(e.what()).empty());
    }
}

TEST(or_throw, throws_what_programs_catch_as_system_error) {
    EXPECT_THROW(or_throw(trust_store::parse("")), std::system_error);
}

}  // namespace
