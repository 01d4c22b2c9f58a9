// SPDX-License-Identifier: Apache-2.0
// A client's judgement of ServerHellos. What each fault must give is in tests/conformance/faults; here, that no bytes
// make it read where it may not, and what must be let through.
#include "core/server_hello.hpp"

#include <gtest/gtest.h>

#include "tests/core/hostile.hpp"

namespace {

using namespace tlseam::seam;
using namespace tlseam_test;

constexpr first_message_rules rules = {
    .type = 2, .largest = max_server_hello, .most_records = max_server_hello_records, .alone = false};

client_hello offer() {
    client_hello hello;
    hello.versions = {0x0304, 0x0303};
    hello.cipher_suites = {0x1301, 0xc02b};
    hello.groups = {0x001d, 0x0017};
    hello.key_shares = {0x001d};
    hello.extensions = {10, 13, 16, 43, 51, 0xff01};
    hello.alpn = {"h2"};
    return hello;
}

byte_vector message(const char* suite, const char* extensions) {
    byte_vector body = hex("03 03");
    body.resize(body.size() + 32, std::byte{7});
    for (const char* part : {"00", suite, "00", extensions}) {
        const auto bytes = hex(part);
        body.insert(body.end(), bytes.begin(), bytes.end());
    }
    byte_vector record = hex("16 03 03 00");
    record.push_back(static_cast<std::byte>(body.size() + 4));
    for (const std::byte b : hex("02 00 00")) record.push_back(b);
    record.push_back(static_cast<std::byte>(body.size()));
    record.insert(record.end(), body.begin(), body.end());
    return record;
}

byte_vector tls1_3() {
    return message("13 01",
                   "00 2e 00 2b 00 02 03 04 00 33 00 24 00 1d 00 20"
                   "09 09 09 09 09 09 09 09 09 09 09 09 09 09 09 09 09 09 09 09 09 09 09 09 09 09 09 09 09 09 09 09");
}

byte_vector tls1_2() { return message("c0 2b", "00 0e ff 01 00 01 00 00 10 00 05 00 03 02 68 32"); }

unsigned alert_for(const byte_vector& received) {
    const auto found = read_first_message(received, rules);
    if (found.status != first_status::complete) return found.problem.alert;
    return answer_judge(offer()).judge(found).problem.alert;
}

TEST(ServerHello, SoundOnesPass) {
    EXPECT_EQ(alert_for(tls1_3()), 0U);
    EXPECT_EQ(alert_for(tls1_2()), 0U);
}

TEST(ServerHello, TheBeginningIsNeverRefused) {
    for (const auto& whole : {tls1_3(), tls1_2()}) {
        every_prefix(whole, [](const byte_vector& prefix) {
            EXPECT_EQ(read_first_message(prefix, rules).status, first_status::need_more) << prefix.size();
        });
    }
}

TEST(ServerHello, HostileBytesAreJudgedWithoutHarm) {
    int refused = 0, tried = 0;
    const auto judge = [&](const byte_vector& received) {
        ++tried;
        refused += alert_for(received) != 0;
    };
    for (const auto& whole : {tls1_3(), tls1_2()}) {
        every_flip(whole, judge);
        random_mutations(whole, 20'000, judge);
    }
    EXPECT_GT(refused, tried / 4);
}

TEST(ServerHello, AHelloAndWhatFollowsInOneRecord) {
    auto older = read_first_message(tls1_2(), rules);
    auto newer = read_first_message(tls1_3(), rules);
    ASSERT_EQ(older.status, first_status::complete);
    older.more_in_record = newer.more_in_record = true;
    EXPECT_EQ(answer_judge(offer()).judge(older).problem.alert, 0U) << "TLS 1.2 may go on in the same record";
    EXPECT_EQ(answer_judge(offer()).judge(newer).problem.alert, 10U) << "TLS 1.3 changes its keys here";
}

}  // namespace
