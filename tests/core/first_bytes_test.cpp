// SPDX-License-Identifier: Apache-2.0
// What a client makes of the first five bytes of a server.
#include "core/first_bytes.hpp"

#include <gtest/gtest.h>

#include "tests/core/support.hpp"

namespace {

using namespace tlseam::seam;
using namespace core_test;

TEST(FirstBytes, RecordsOfTls) {
    EXPECT_EQ(judge_first_bytes(bytes({22, 3, 3, 0, 90})), first_bytes::tls);
    EXPECT_EQ(judge_first_bytes(bytes({22, 3, 1, 0, 1})), first_bytes::tls);
    EXPECT_EQ(judge_first_bytes(bytes({21, 3, 3, 0, 2})), first_bytes::tls);
    EXPECT_EQ(judge_first_bytes(bytes({22, 3, 3, 0x41, 0})), first_bytes::tls) << "16640, the longest";
    EXPECT_EQ(judge_first_bytes(bytes({22, 3, 3, 0, 90, 2, 0})), first_bytes::tls) << "more than a header";
}

TEST(FirstBytes, EveryPrefixNeedsMore) {
    for (const auto& whole : {bytes({22, 3, 3, 0, 90}), bytes({21, 3, 3, 0, 2}), bytes("HTTP/")}) {
        for (std::size_t size = 0; size < 5; ++size) {
            EXPECT_EQ(judge_first_bytes(view(whole).first(size)), first_bytes::need_more) << size;
        }
    }
}

TEST(FirstBytes, Http) {
    EXPECT_EQ(judge_first_bytes(bytes("HTTP/1.1 400 Bad Request")), first_bytes::http);
    EXPECT_EQ(judge_first_bytes(bytes("HTTP/")), first_bytes::http);
    EXPECT_EQ(judge_first_bytes(bytes("HTTX")), first_bytes::not_tls);
    EXPECT_EQ(judge_first_bytes(bytes("http/")), first_bytes::not_tls);
}

TEST(FirstBytes, FailsAtTheFirstWrongByte) {
    for (unsigned first = 0; first < 256; ++first) {
        const bool possible = first == 21 || first == 22 || first == 'H';
        EXPECT_EQ(judge_first_bytes(bytes({first})) == first_bytes::not_tls, !possible) << first;
    }
    for (unsigned major = 0; major < 256; ++major) {
        EXPECT_EQ(judge_first_bytes(bytes({22, major})) == first_bytes::not_tls, major != 3) << major;
    }
    EXPECT_EQ(judge_first_bytes(bytes({22, 3, 3, 0, 0})), first_bytes::not_tls) << "empty";
    EXPECT_EQ(judge_first_bytes(bytes({22, 3, 3, 0x41, 1})), first_bytes::not_tls) << "too long";
    EXPECT_EQ(judge_first_bytes(bytes("220 mail.example ESMTP")), first_bytes::not_tls);
    EXPECT_EQ(judge_first_bytes(bytes("SSH-2.0-OpenSSH_9.2")), first_bytes::not_tls);
}

}  // namespace
