// SPDX-License-Identifier: Apache-2.0
// Assertions about result<T>: EXPECT_TRUE(fails_with(stream.read_some(buffer), errc::truncated)).
#pragma once

#include <algorithm>
#include <initializer_list>
#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

namespace tlseam {
inline namespace v0 {
// Found by GoogleTest through argument-dependent lookup.
void PrintTo(errc code, std::ostream* out);
void PrintTo(cert_errc code, std::ostream* out);
void PrintTo(protocol_version version, std::ostream* out);
}  // namespace v0
}  // namespace tlseam

namespace tlseam_test {

/// Code, certificate code, alert and sentence in one line, for failure messages.
[[nodiscard]] std::string describe(const tlseam::error& e);

template <class T>
[[nodiscard]] std::string describe(const tlseam::result<T>& r) {
    return r ? std::string("success") : describe(r.error());
}

template <class T>
[[nodiscard]] testing::AssertionResult ok(const tlseam::result<T>& r) {
    if (r) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "expected success, got " << describe(r);
}

template <class T>
[[nodiscard]] testing::AssertionResult fails_with(const tlseam::result<T>& r, tlseam::errc expected) {
    if (!r && r.error() == expected) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "expected " << tlseam::name(expected) << ", got " << describe(r);
}

template <class T>
[[nodiscard]] testing::AssertionResult fails_with_one_of(const tlseam::result<T>& r,
                                                         std::initializer_list<tlseam::errc> expected) {
    if (!r && std::ranges::find(expected, r.error().code()) != expected.end()) return testing::AssertionSuccess();
    auto failure = testing::AssertionFailure() << "expected one of";
    for (const auto code : expected) failure << ' ' << tlseam::name(code);
    return failure << ", got " << describe(r);
}

/// We refused the peer's certificate, for this reason.
template <class T>
[[nodiscard]] testing::AssertionResult refused_for(const tlseam::result<T>& r, tlseam::cert_errc reason) {
    if (!r && r.error() == tlseam::errc::certificate_refused && r.error().certificate() == reason) {
        return testing::AssertionSuccess();
    }
    return testing::AssertionFailure() << "expected certificate_refused for " << tlseam::name(reason) << ", got "
                                       << describe(r);
}

/// The peer ended the connection with this alert.
template <class T>
[[nodiscard]] testing::AssertionResult received_alert(const tlseam::result<T>& r, std::uint8_t alert) {
    if (!r && r.error() == tlseam::errc::alert_received && r.error().alert() == alert &&
        r.error().origin() == tlseam::error_origin::peer) {
        return testing::AssertionSuccess();
    }
    return testing::AssertionFailure() << "expected alert_received " << tlseam::alert_name(alert) << ", got "
                                       << describe(r);
}

/// What a peer sees of a connection that the other side refused: its alert, or at least the end.
template <class T>
[[nodiscard]] testing::AssertionResult saw_the_refusal(const tlseam::result<T>& r) {
    return fails_with_one_of(r, {tlseam::errc::alert_received, tlseam::errc::truncated});
}

template <class T>
[[nodiscard]] bool needs_input(const tlseam::result<T>& r) {
    return !r && r.error() == tlseam::errc::want_read;
}

/// A failure that ends the connection, as opposed to "call me again".
template <class T>
[[nodiscard]] bool failed_for_good(const tlseam::result<T>& r) {
    using tlseam::errc;
    if (r) return false;
    const auto again = {errc::want_read, errc::want_write, errc::want_context, errc::timed_out, errc::cancelled};
    return std::ranges::find(again, r.error().code()) == again.end();
}

}  // namespace tlseam_test
