// SPDX-License-Identifier: Apache-2.0
// What core makes of the secrets that a library reports: which become lines, and what a callback that fails does.
#include <gtest/gtest.h>

#include <system_error>

#include "tests/core/support.hpp"

namespace {

using namespace tlseam;
using namespace core_test;

std::vector<std::string> lines_of(protocol_version version, bool of_client) {
    std::vector<std::string> lines;
    pair_settings settings(version);
    (of_client ? settings.client.key_log : settings.server.key_log) = [&](std::string_view line) {
        lines.emplace_back(line);
    };
    engine_pair pair{settings};
    EXPECT_EQ(word(pair.handshake()), "ok");
    return lines;
}

std::string twice(std::string_view byte, int times) {
    std::string out;
    while (times-- > 0) out += byte;
    return out;
}

TEST(KeyLog, HasTheLabelsOfTheDraftAndNoOthers) {
    const std::string rest = " " + twice("01", 32) + " " + twice("ab", 32);
    const std::vector<std::string> tls1_2 = {"CLIENT_RANDOM" + rest};
    // The null backend reports CLIENT_TRAFFIC_SECRET_1 too.
    const std::vector<std::string> tls1_3 = {"CLIENT_HANDSHAKE_TRAFFIC_SECRET" + rest,
                                             "SERVER_HANDSHAKE_TRAFFIC_SECRET" + rest, "CLIENT_TRAFFIC_SECRET_0" + rest,
                                             "SERVER_TRAFFIC_SECRET_0" + rest, "EXPORTER_SECRET" + rest};
    for (const bool of_client : {true, false}) {
        EXPECT_EQ(lines_of(protocol_version::tls1_2, of_client), tls1_2);
        EXPECT_EQ(lines_of(protocol_version::tls1_3, of_client), tls1_3);
    }
}

template <class Throw>
result<void> server_after(Throw&& thrower, int& calls) {
    pair_settings settings;
    settings.server.key_log = [&](std::string_view) {
        ++calls;
        thrower();
    };
    engine_pair pair{settings};
    auto failed = pair.handshake();
    // The client was given all that the server put out.
    EXPECT_EQ(pair.client.unread().size(), 0U) << "nothing that was made in the failed call leaves";
    EXPECT_EQ(word(pair.server.handshake()), word(failed)) << "sticky";
    return failed;
}

TEST(KeyLog, OneThatThrowsEndsTheHandshake) {
    int calls = 0;
    const auto failed = server_after([] { throw std::runtime_error("no room"); }, calls);
    ASSERT_EQ(word(failed), "callback_failed");
    EXPECT_NE(failed.error().message().find("no room"), std::string::npos) << failed.error().message();
    EXPECT_EQ(failed.error().system_code(), 0);
    EXPECT_FALSE(failed.error().alert());
    EXPECT_EQ(calls, 1) << "not asked again";
}

TEST(KeyLog, TheSystemsErrorIsKept) {
    int calls = 0;
    const auto failed =
        server_after([] { throw std::system_error(ENOSPC, std::generic_category(), "keys.log"); }, calls);
    ASSERT_EQ(word(failed), "callback_failed");
    EXPECT_EQ(failed.error().system_code(), ENOSPC);
    EXPECT_NE(failed.error().message().find("keys.log"), std::string::npos) << failed.error().message();
    const auto other = server_after([] { throw exception(error(errc::misuse)); }, calls);
    ASSERT_EQ(word(other), "callback_failed");
    EXPECT_EQ(other.error().system_code(), 0) << "a number of another list";
}

}  // namespace
