// SPDX-License-Identifier: Apache-2.0
// The look at the first ClientHello: good ones however they are cut, and every way to be wrong.
#include "core/client_hello.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/core/support.hpp"

namespace {

using namespace tlseam::seam;
using namespace core_test;

buffer number(std::size_t value, unsigned size) {
    buffer out;
    while (size-- > 0) out.push_back(static_cast<std::byte>(value >> (8 * size)));
    return out;
}

buffer vector(unsigned length_size, view content) {
    buffer out = number(content.size(), length_size);
    append(out, content);
    return out;
}

buffer extension(unsigned type, view content) {
    buffer out = number(type, 2);
    append(out, vector(2, content));
    return out;
}

buffer server_name(std::string_view name) {
    buffer entry = bytes({0});
    append(entry, vector(2, bytes(name)));
    return extension(0, vector(2, entry));
}

buffer alpn(std::initializer_list<std::string_view> names) {
    buffer list;
    for (const auto name : names) append(list, vector(1, bytes(name)));
    return extension(16, vector(2, list));
}

buffer supported_versions(std::initializer_list<unsigned> versions) {
    buffer list;
    for (const unsigned v : versions) append(list, number(v, 2));
    return extension(43, vector(1, list));
}

buffer join(std::initializer_list<buffer> parts) {
    buffer out;
    for (const auto& part : parts) append(out, part);
    return out;
}

struct hello_parts {
    buffer session_id = {};
    buffer suites = bytes({0x13, 0x01, 0xc0, 0x2b});
    buffer compression = bytes({0});
    buffer extensions = join({server_name("Example.com"), alpn({"h2", "http/1.1"}),
                              supported_versions({0x0304, 0x0303}), extension(0x0a0a, bytes("grease"))});
    bool with_extensions = true;
};

/// The handshake message.
buffer message(const hello_parts& parts = {}) {
    buffer body = bytes({3, 3});
    for (unsigned i = 0; i < 32; ++i) body.push_back(static_cast<std::byte>(i));
    append(body, vector(1, parts.session_id));
    append(body, vector(2, parts.suites));
    append(body, vector(1, parts.compression));
    if (parts.with_extensions) append(body, vector(2, parts.extensions));
    buffer out = bytes({1});
    append(out, vector(3, body));
    return out;
}

buffer in_records(view message, std::size_t size) {
    buffer out;
    for (; !message.empty(); message = message.subspan(std::min(size, message.size()))) {
        append(out, record(22, message.first(std::min(size, message.size()))));
    }
    return out;
}

buffer hello(const hello_parts& parts = {}) { return in_records(message(parts), 16384); }

buffer hello_with(buffer extensions) {
    hello_parts parts;
    parts.extensions = std::move(extensions);
    return hello(parts);
}

void expect_the_good_one(const peek_result& got) {
    ASSERT_EQ(got.status, peek_status::complete) << got.reason;
    EXPECT_EQ(got.hello.legacy_version, 0x0303);
    EXPECT_EQ(got.hello.versions, (std::vector<std::uint16_t>{0x0304, 0x0303}));
    EXPECT_EQ(got.hello.server_name, "example.com");
    EXPECT_TRUE(got.hello.has_alpn);
    EXPECT_EQ(got.hello.alpn, (std::vector<std::string>{"h2", "http/1.1"}));
}

void expect_malformed(const buffer& received, unsigned alert) {
    const auto got = peek_client_hello(received);
    EXPECT_EQ(got.status, peek_status::malformed);
    EXPECT_EQ(got.alert, alert) << got.reason;
    EXPECT_STRNE(got.reason, "");
}

constexpr unsigned unexpected_message = 10, record_overflow = 22, illegal_parameter = 47, decode_error = 50;

TEST(ClientHello, InOneRecord) { expect_the_good_one(peek_client_hello(hello())); }

TEST(ClientHello, InRecordsOfEverySize) {
    for (std::size_t size = 1; size <= message().size(); ++size) {
        SCOPED_TRACE(size);
        expect_the_good_one(peek_client_hello(in_records(message(), size)));
    }
}

TEST(ClientHello, EveryPrefixNeedsMore) {
    for (const std::size_t size : {1U, 3U, 4U, 50U, 16384U}) {
        const buffer whole = in_records(message(), size);
        for (std::size_t cut = 0; cut < whole.size(); ++cut) {
            ASSERT_EQ(peek_client_hello(view(whole).first(cut)).status, peek_status::need_more) << size << " " << cut;
        }
    }
}

TEST(ClientHello, ARecordBehindItIsNotLookedAt) {
    buffer received = hello();
    append(received, bytes({23, 3, 3, 0, 1, 'x'}));
    expect_the_good_one(peek_client_hello(received));
}

TEST(ClientHello, WithoutExtensions) {
    hello_parts parts;
    parts.with_extensions = false;
    const auto got = peek_client_hello(hello(parts));
    ASSERT_EQ(got.status, peek_status::complete) << got.reason;
    EXPECT_EQ(got.hello.versions, std::vector<std::uint16_t>{0x0303});
    EXPECT_EQ(got.hello.server_name, "");
    EXPECT_FALSE(got.hello.has_alpn);
}

TEST(ClientHello, EveryByteFlippedNeverCrashesAndNeverLies) {
    const buffer good = hello();
    for (std::size_t at = 0; at < good.size(); ++at) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            buffer bad = good;
            bad[at] ^= static_cast<std::byte>(1U << bit);
            const auto got = peek_client_hello(bad);
            if (got.status == peek_status::malformed) {
                EXPECT_NE(got.alert, 0) << at;
                EXPECT_STRNE(got.reason, "") << at;
            }
            if (at == 0) {
                EXPECT_NE(got.status, peek_status::complete);
            }
            if (at == 5) {
                EXPECT_EQ(got.status, peek_status::malformed) << "another message type";
            }
        }
    }
}

TEST(ClientHello, RandomMutations) {
    generator random(20240607);
    const buffer good = in_records(message(), 40);
    std::size_t complete = 0;
    for (int round = 0; round < 20000; ++round) {
        buffer bad = good;
        for (std::size_t n = 1 + random.below(4); n > 0; --n) {
            const std::size_t at = random.below(bad.size());
            switch (random.below(3)) {
                case 0: bad[at] = static_cast<std::byte>(random()); break;
                case 1: bad.erase(bad.begin() + static_cast<std::ptrdiff_t>(at)); break;
                default: bad.insert(bad.begin() + static_cast<std::ptrdiff_t>(at), static_cast<std::byte>(random()));
            }
        }
        const auto got = peek_client_hello(bad);
        if (got.status == peek_status::complete) {
            ++complete;
            EXPECT_TRUE(std::ranges::none_of(got.hello.alpn, [](const auto& name) { return name.empty(); }));
            EXPECT_EQ(got.hello.server_name.find('\0'), std::string::npos);
        }
    }
    EXPECT_GT(complete, 100U) << "the random and GREASE may change";
    EXPECT_LT(complete, 19000U);
}

TEST(ClientHello, Http) {
    for (const char* request : {"GET / HTTP/1.1", "POST /", "HEAD /", "PUT /x", "OPTIONS *", "DELETE /", "CONNECT a:1",
                                "TRACE /", "PATCH /", "PRI * HTTP/2.0"}) {
        const buffer all = bytes(request);
        for (std::size_t size = 1; size < 4; ++size) {
            EXPECT_EQ(peek_client_hello(view(all).first(size)).status, peek_status::need_more) << request;
        }
        EXPECT_EQ(peek_client_hello(view(all).first(4)).status, peek_status::http) << request;
        EXPECT_EQ(peek_client_hello(all).status, peek_status::http) << request;
    }
    EXPECT_EQ(peek_client_hello(bytes("GOT")).status, peek_status::not_tls);
    EXPECT_EQ(peek_client_hello(bytes("get /")).status, peek_status::not_tls);
}

TEST(ClientHello, NotTls) {
    EXPECT_EQ(peek_client_hello(bytes({0x80, 0x2e, 1, 3, 1})).status, peek_status::not_tls) << "SSL 2";
    EXPECT_EQ(peek_client_hello(bytes("SSH-2.0-x")).status, peek_status::not_tls);
    EXPECT_EQ(peek_client_hello(bytes({22, 2})).status, peek_status::not_tls);
    EXPECT_EQ(peek_client_hello(bytes({23, 3, 3, 0, 1})).status, peek_status::not_tls);
    EXPECT_EQ(peek_client_hello(bytes({0})).status, peek_status::not_tls);
    EXPECT_EQ(peek_client_hello(bytes({21, 2})).status, peek_status::not_tls);
}

TEST(ClientHello, WrongRecords) {
    expect_malformed(record(21, bytes({1, 40})), unexpected_message);
    expect_malformed(record(22, {}), unexpected_message);
    expect_malformed(bytes({22, 3, 3, 0x40, 1}), record_overflow);
    expect_malformed(record(22, bytes({2, 0, 0, 1})), unexpected_message);
    buffer interrupted = record(22, view(message()).first(20));
    append(interrupted, record(21, bytes({1, 0})));
    expect_malformed(interrupted, unexpected_message);
    interrupted = record(22, view(message()).first(20));
    append(interrupted, record(22, {}));
    expect_malformed(interrupted, unexpected_message);
    interrupted = record(22, view(message()).first(20));
    append(interrupted, record(23, bytes("x")));
    expect_malformed(interrupted, unexpected_message);
}

TEST(ClientHello, WrongFields) {
    hello_parts parts;
    parts.session_id = buffer(33);
    expect_malformed(hello(parts), decode_error);
    parts = {};
    parts.suites = {};
    expect_malformed(hello(parts), decode_error);
    parts.suites = bytes({0x13, 0x01, 0});
    expect_malformed(hello(parts), decode_error);
    parts = {};
    parts.compression = {};
    expect_malformed(hello(parts), decode_error);
    const buffer whole = message();
    for (std::size_t size = 4; size < whole.size(); ++size) {  // the message itself ends early, and says so
        if (size - 4 == 2 + 32 + 1 + 6 + 2) continue;          // this is where extensions may be absent
        buffer cut = bytes({1});
        append(cut, vector(3, view(whole).subspan(4, size - 4)));
        const auto got = peek_client_hello(record(22, cut));
        EXPECT_EQ(got.status, peek_status::malformed) << size;
        EXPECT_EQ(got.alert, decode_error) << size;
    }
    buffer longer = view(whole).size() ? buffer(whole.begin() + 4, whole.end()) : buffer();
    longer.push_back(std::byte{0});
    buffer padded = bytes({1});
    append(padded, vector(3, longer));
    expect_malformed(record(22, padded), decode_error);
}

TEST(ClientHello, DuplicateExtensions) {
    expect_malformed(hello_with(join({server_name("a.example"), server_name("b.example")})), illegal_parameter);
    expect_malformed(hello_with(join({alpn({"h2"}), alpn({"h2"})})), illegal_parameter);
    expect_malformed(hello_with(join({extension(99, {}), extension(98, {}), extension(99, {})})), illegal_parameter);
}

TEST(ClientHello, WrongServerNames) {
    for (const std::string_view name : {"127.0.0.1.", "a.example.", "a b", "*.example", "a..b", "-\n"}) {
        SCOPED_TRACE(name);
        expect_malformed(hello_with(server_name(name)), illegal_parameter);
    }
    expect_malformed(hello_with(server_name(std::string_view("a\0b", 3))), illegal_parameter);
    expect_malformed(hello_with(server_name(std::string(254, 'a'))), illegal_parameter);
    expect_malformed(hello_with(server_name("")), decode_error);
    expect_malformed(hello_with(extension(0, {})), decode_error);
    expect_malformed(hello_with(extension(0, bytes({0, 0}))), decode_error);
    expect_malformed(hello_with(extension(0, bytes({0, 4, 1, 0, 1, 'a'}))), decode_error);  // not type 0
    expect_malformed(hello_with(extension(0, bytes({0, 4, 0, 0, 1, 'a', 0}))), decode_error);
    expect_malformed(hello_with(extension(0, bytes({0, 8, 0, 0, 1, 'a', 0, 0, 1, 'b'}))), decode_error);  // two
}

// Tools that connect to an address send it, against RFC 6066 3.
TEST(ClientHello, AnAddressIsNoServerName) {
    for (const std::string_view address : {"127.0.0.1", "::1", "[::1]", "2001:db8::1"}) {
        SCOPED_TRACE(address);
        const auto got = peek_client_hello(hello_with(server_name(address)));
        ASSERT_EQ(got.status, peek_status::complete) << got.reason;
        EXPECT_FALSE(got.hello.has_server_name);
        EXPECT_EQ(got.hello.server_name, "");
    }
}

TEST(ClientHello, WrongAlpn) {
    expect_malformed(hello_with(alpn({})), decode_error);
    expect_malformed(hello_with(alpn({"h2", ""})), decode_error);
    expect_malformed(hello_with(extension(16, {})), decode_error);
    expect_malformed(hello_with(extension(16, bytes({0, 3, 3, 'h', '2'}))), decode_error);
    expect_malformed(hello_with(extension(16, bytes({0, 3, 2, 'h', '2', 0}))), decode_error);
    const std::string long_name(255, 'x');
    const auto got = peek_client_hello(hello_with(alpn({long_name})));
    ASSERT_EQ(got.status, peek_status::complete);
    EXPECT_EQ(got.hello.alpn, std::vector<std::string>{long_name});
}

TEST(ClientHello, WrongVersions) {
    expect_malformed(hello_with(supported_versions({})), decode_error);
    expect_malformed(hello_with(extension(43, bytes({3, 3, 4, 3}))), decode_error);
    expect_malformed(hello_with(extension(43, bytes({2, 3, 4, 0}))), decode_error);
    expect_malformed(hello_with(extension(43, {})), decode_error);
}

TEST(ClientHello, TooLarge) {
    const auto announced = [](std::size_t body) {
        buffer out = bytes({1});
        append(out, number(body, 3));
        return record(22, out);
    };
    EXPECT_EQ(peek_client_hello(announced(max_client_hello - 4)).status, peek_status::need_more);
    const auto got = peek_client_hello(announced(max_client_hello - 3));
    EXPECT_EQ(got.status, peek_status::too_large);
    EXPECT_EQ(got.alert, illegal_parameter);
    EXPECT_EQ(peek_client_hello(announced(0xffffff)).status, peek_status::too_large);

    hello_parts parts;
    parts.extensions =
        extension(99, buffer(max_client_hello - 4 - message({.extensions = extension(99, {})}).size() + 4));
    ASSERT_EQ(message(parts).size(), max_client_hello);
    EXPECT_EQ(peek_client_hello(hello(parts)).status, peek_status::complete);
}

}  // namespace
