// SPDX-License-Identifier: Apache-2.0
// The error type itself: names, size, cost, and its ways into <system_error> and exceptions.
#include <tlseam/error.hpp>

#include <gtest/gtest.h>

#include <new>
#include <set>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "core/fail.hpp"
#include "core/seam.hpp"

namespace {

using namespace tlseam;

constexpr int errc_count = static_cast<int>(errc::internal);
constexpr int cert_errc_count = static_cast<int>(cert_errc::rejected) + 1;

TEST(Error, EveryCodeHasANameOfItsOwn) {
    std::set<std::string> names;
    for (int code = 1; code <= errc_count; ++code) {
        const std::string text = name(static_cast<errc>(code));
        EXPECT_NE(text, "unknown") << code;
        EXPECT_TRUE(names.insert(text).second) << text << " twice";
    }
    EXPECT_STREQ(name(errc{}), "unknown");
    EXPECT_STREQ(name(static_cast<errc>(errc_count + 1)), "unknown") << "a new code is missing in this test";
    EXPECT_STREQ(name(errc::want_read), "want_read");
    EXPECT_STREQ(name(errc::internal), "internal");
}

TEST(Error, EveryCertificateCodeHasANameOfItsOwn) {
    std::set<std::string> names;
    for (int code = 0; code < cert_errc_count; ++code) {
        const std::string text = name(static_cast<cert_errc>(code));
        EXPECT_NE(text, "unknown") << code;
        EXPECT_TRUE(names.insert(text).second) << text << " twice";
    }
    EXPECT_STREQ(name(static_cast<cert_errc>(cert_errc_count)), "unknown");
}

TEST(Error, AlertNames) {
    EXPECT_STREQ(alert_name(0), "close_notify");
    EXPECT_STREQ(alert_name(40), "handshake_failure");
    EXPECT_STREQ(alert_name(116), "certificate_required");
    EXPECT_STREQ(alert_name(120), "no_application_protocol");
    EXPECT_STREQ(alert_name(255), "unknown_alert");
    std::set<std::string> names;
    int known = 0;
    for (int alert = 0; alert < 256; ++alert) {
        const std::string text = alert_name(static_cast<std::uint8_t>(alert));
        if (text == "unknown_alert") continue;
        ++known;
        EXPECT_TRUE(names.insert(text).second) << text << " twice";
    }
    EXPECT_EQ(known, 36);
}

TEST(Error, IsSmallAndNeverThrows) {
    EXPECT_LE(sizeof(error), 24U);
    EXPECT_TRUE(std::is_nothrow_copy_constructible_v<error>);
    EXPECT_TRUE(std::is_nothrow_move_constructible_v<error>);
    EXPECT_TRUE((std::is_nothrow_constructible_v<error, errc>));
}

TEST(Error, ACodeAloneHasNoDetail) {
    for (const errc code : {errc::want_read, errc::want_write, errc::timed_out, errc::cancelled}) {
        const error e = code;
        EXPECT_EQ(e.detail(), nullptr);
        EXPECT_EQ(e.message(), name(code));
        EXPECT_EQ(e.certificate(), cert_errc::none);
        EXPECT_FALSE(e.alert());
        EXPECT_EQ(e.origin(), error_origin::local);
        EXPECT_EQ(e.system_code(), 0);
        EXPECT_EQ(e.native_code(), 0U);
    }
}

TEST(Error, DetailIsSharedByCopies) {
    const error e(errc::certificate_refused, {.message = "no",
                                              .certificate = cert_errc::expired,
                                              .alert = std::uint8_t{45},
                                              .origin = error_origin::peer,
                                              .system_code = 3,
                                              .native_code = 4});
    const error copy = e;
    EXPECT_EQ(copy.detail(), e.detail());
    EXPECT_EQ(copy.message(), "no");
    EXPECT_EQ(copy.certificate(), cert_errc::expired);
    EXPECT_EQ(copy.alert().value_or(0), 45);
    EXPECT_EQ(copy.origin(), error_origin::peer);
    EXPECT_EQ(copy.system_code(), 3);
    EXPECT_EQ(copy.native_code(), 4U);
    EXPECT_TRUE(copy == errc::certificate_refused);
    EXPECT_FALSE(copy == errc::closed);
}

TEST(Error, OrThrow) {
    EXPECT_EQ(or_throw(result<int>(7)), 7);
    EXPECT_NO_THROW(or_throw(result<void>()));
    try {
        or_throw(result<int>(std::unexpected(error(errc::weak_key, {.message = "a short key"}))));
        FAIL() << "nothing was thrown";
    } catch (const tlseam::exception& e) {
        EXPECT_TRUE(e.error() == errc::weak_key);
        EXPECT_EQ(e.code(), make_error_code(errc::weak_key));
        EXPECT_NE(std::string(e.what()).find("a short key"), std::string::npos);
    }
    EXPECT_THROW(or_throw(result<void>(std::unexpected(errc::closed))), std::system_error);
}

TEST(Error, IsAnErrorCode) {
    const std::error_code code = errc::truncated;
    EXPECT_STREQ(code.category().name(), "tlseam");
    EXPECT_EQ(code.message(), "truncated");
    EXPECT_EQ(code.value(), static_cast<int>(errc::truncated));
    EXPECT_TRUE(code == errc::truncated);
    EXPECT_FALSE(code == errc::closed);
    EXPECT_TRUE(static_cast<bool>(std::error_code(errc::want_read))) << "0 is no code";
}

TEST(Error, TheGuardTurnsExceptionsIntoErrors) {
    const auto thrown = [](auto&& what) { return seam::guarded([&]() -> result<void> { throw what; }).error(); };
    EXPECT_TRUE(thrown(std::bad_alloc()) == errc::out_of_memory);
    EXPECT_EQ(thrown(std::bad_alloc()).detail(), nullptr);
    EXPECT_TRUE(thrown(std::runtime_error("words")) == errc::internal);
    EXPECT_EQ(thrown(std::runtime_error("words")).message(), "words");
    EXPECT_TRUE(thrown(42) == errc::internal);
    EXPECT_TRUE(seam::guarded([]() -> result<void> { return {}; }).has_value());
}

/// One of them quotes a date of the peer's certificate.
TEST(Error, WordsOfALibraryHoldNoUnescapedByteOfThePeer) {
    const result<void> failed = seam::fail_native(errc::protocol_error, 1, "cannot read '\x1b[31m\x9f\n\\'");
    EXPECT_EQ(failed.error().detail()->native_text, "cannot read '\\1b[31m\\9f\\0a\\5c'");
}

TEST(Error, SystemErrorsNameTheReason) {
    const error e = seam::fail_system(errc::file_not_found, ENOENT, "cannot open 'x'").error();
    EXPECT_EQ(e.system_code(), ENOENT);
    EXPECT_EQ(e.origin(), error_origin::system);
    EXPECT_EQ(e.message(), "cannot open 'x': No such file or directory");
}

}  // namespace
