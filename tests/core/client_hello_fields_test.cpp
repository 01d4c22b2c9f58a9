// SPDX-License-Identifier: Apache-2.0
// The lists of a ClientHello that decide which credential a server shows, and the bounds of reading one: the first
// wrong byte ends it, and a client cannot make the looks at it expensive.
#include <gtest/gtest.h>

#include "core/client_hello.hpp"
#include "tests/core/hostile.hpp"

namespace {

using namespace tlseam_test;
using namespace tlseam::seam;

constexpr std::uint8_t unexpected_message = 10, record_overflow = 22, illegal_parameter = 47, decode_error = 50;

byte_vector with_length(std::size_t digits, const byte_vector& content) {
    byte_vector out;
    for (std::size_t i = digits; i-- > 0;) out.push_back(static_cast<std::byte>(content.size() >> (8 * i)));
    out.insert(out.end(), content.begin(), content.end());
    return out;
}

byte_vector joined(std::initializer_list<byte_vector> parts) {
    byte_vector out;
    for (const auto& part : parts) out.insert(out.end(), part.begin(), part.end());
    return out;
}

byte_vector extension(std::string_view type, const byte_vector& content) {
    return joined({hex(type), with_length(2, content)});
}
byte_vector list_extension(std::string_view type, std::string_view numbers) {
    return extension(type, with_length(2, hex(numbers)));
}

byte_vector message(const byte_vector& extensions) {
    const auto body = joined({hex("03 03"), byte_vector(32, std::byte{7}), hex("00"), hex("00 06 0a 0a 13 01 c0 2b"),
                              hex("01 00"), with_length(2, extensions)});
    return joined({hex("01"), with_length(3, body)});
}

byte_vector identity(std::string_view name) {
    return joined({with_length(2, to_byte_vector(name)), hex("00 00 00 00")});
}
byte_vector binder(std::size_t size) { return with_length(1, byte_vector(size, std::byte{1})); }
byte_vector pre_shared_keys(std::initializer_list<byte_vector> identities, std::initializer_list<byte_vector> binders) {
    return joined({with_length(2, joined(identities)), with_length(2, joined(binders))});
}

byte_vector record(const byte_vector& fragment) { return joined({hex("16 03 01"), with_length(2, fragment)}); }

byte_vector in_records(const byte_vector& message, std::size_t size) {
    byte_vector out;
    for (auto at = message.begin(); at != message.end();) {
        const auto end = message.end() - at > static_cast<std::ptrdiff_t>(size) ? at + static_cast<std::ptrdiff_t>(size)
                                                                                : message.end();
        const auto one = record(byte_vector(at, end));
        out.insert(out.end(), one.begin(), one.end());
        at = end;
    }
    return out;
}

void expect_refused(const byte_vector& received, peek_status status, std::uint8_t alert) {
    const auto got = peek_client_hello(received);
    EXPECT_EQ(got.status, status);
    EXPECT_EQ(got.alert, alert) << got.reason;
}
void expect_refused_extension(const byte_vector& one, std::uint8_t alert) {
    expect_refused(record(message(one)), peek_status::malformed, alert);
}

const std::vector<std::uint16_t> none;

TEST(ClientHelloFields, AreInTheClientsOrderWithGrease) {
    const auto got = peek_client_hello(record(message(joined({
        extension("ba ba", {}),
        list_extension("00 0a", "1a 1a 00 1d 00 17"),
        list_extension("00 0d", "04 03 08 04"),
        extension("00 2b", with_length(1, hex("2a 2a 03 04"))),
        extension("00 00", with_length(2, joined({hex("00"), with_length(2, to_byte_vector("A.Test"))}))),
        extension("00 29", pre_shared_keys({identity("a ticket")}, {binder(32)})),
    }))));
    ASSERT_EQ(got.status, peek_status::complete) << got.reason;
    EXPECT_EQ(got.hello.cipher_suites, (std::vector<std::uint16_t>{0x0a0a, 0x1301, 0xc02b}));
    EXPECT_EQ(got.hello.groups, (std::vector<std::uint16_t>{0x1a1a, 0x001d, 0x0017}));
    EXPECT_EQ(got.hello.signature_schemes, (std::vector<std::uint16_t>{0x0403, 0x0804}));
    EXPECT_EQ(got.hello.versions, (std::vector<std::uint16_t>{0x2a2a, 0x0304}));
    EXPECT_TRUE(got.hello.has_server_name);
    EXPECT_EQ(got.hello.server_name, "a.test");
    EXPECT_TRUE(got.hello.has_pre_shared_key);
}

TEST(ClientHelloFields, IdentitiesOfPreSharedKeysAreRead) {
    const auto one = identity("one"), two = identity("two"), key = binder(32), long_key = binder(48);
    const auto got =
        peek_client_hello(record(message(extension("00 29", pre_shared_keys({one, two}, {key, long_key})))));
    ASSERT_EQ(got.status, peek_status::complete) << got.reason;
    EXPECT_TRUE(got.hello.has_pre_shared_key);
    EXPECT_EQ(got.hello.psk_identities, (std::vector<std::string>{"one", "two"}));
}

TEST(ClientHelloFields, PreSharedKeysAreWholeAndEachHasItsBinder) {
    const auto one = identity("one"), two = identity("two"), key = binder(32);
    const auto refuse = [](const byte_vector& content, std::uint8_t alert) {
        expect_refused_extension(extension("00 29", content), alert);
    };
    const auto whole = pre_shared_keys({one, two}, {key, key});
    for (std::size_t size = 0; size < whole.size(); ++size) {
        refuse(byte_vector(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)), decode_error);
    }
    refuse(joined({whole, hex("00")}), decode_error);
    refuse(pre_shared_keys({}, {}), decode_error);
    refuse(pre_shared_keys({identity("")}, {key}), decode_error);
    refuse(pre_shared_keys({byte_vector(one.begin(), one.end() - 1)}, {key}), decode_error);
    refuse(pre_shared_keys({one}, {binder(31)}), decode_error);
    refuse(pre_shared_keys({one}, {hex("20 00")}), decode_error);
    refuse(pre_shared_keys({one, two}, {key}), illegal_parameter);
    refuse(pre_shared_keys({one}, {key, key}), illegal_parameter);
}

TEST(ClientHelloFields, AreEmptyWhenTheyWereNotSent) {
    const auto got = peek_client_hello(record(message({})));
    ASSERT_EQ(got.status, peek_status::complete) << got.reason;
    EXPECT_EQ(got.hello.groups, none);
    EXPECT_EQ(got.hello.signature_schemes, none);
    EXPECT_EQ(got.hello.versions, std::vector<std::uint16_t>{0x0303});
    EXPECT_FALSE(got.hello.has_server_name);
    EXPECT_FALSE(got.hello.has_alpn);
    EXPECT_FALSE(got.hello.has_pre_shared_key);
}

TEST(ClientHelloFields, ListsOfNumbersAreWholeAndNotEmpty) {
    for (const char* type : {"00 0a", "00 0d"}) {
        expect_refused_extension(extension(type, {}), decode_error);
        expect_refused_extension(extension(type, hex("00 00")), decode_error);
        expect_refused_extension(extension(type, hex("00 01 17")), decode_error);
        expect_refused_extension(extension(type, hex("00 03 00 17 00")), decode_error);
        expect_refused_extension(extension(type, hex("00 04 00 17")), decode_error);
        expect_refused_extension(extension(type, hex("00 02 00 17 00")), decode_error);
    }
}

TEST(ClientHelloFields, TheFirstWrongByteEndsIt) {
    expect_refused(hex("17"), peek_status::not_tls, 0);
    expect_refused(hex("16 02"), peek_status::not_tls, 0);
    expect_refused(hex("15 03 01 00 03"), peek_status::malformed, decode_error);
    expect_refused(hex("16 03 01 41"), peek_status::malformed, record_overflow);
    expect_refused(hex("16 03 01 40 01"), peek_status::malformed, record_overflow);
    expect_refused(hex("16 03 01 00 00"), peek_status::malformed, unexpected_message);
    expect_refused(hex("16 03 01 40 00 02"), peek_status::malformed, unexpected_message);
    expect_refused(hex("16 03 01 40 00 01 01"), peek_status::too_large, illegal_parameter);
    EXPECT_EQ(peek_client_hello(hex("16 03 01 40 00 01 00")).status, peek_status::need_more);
    EXPECT_EQ(peek_client_hello(hex("16 03 01 40")).status, peek_status::need_more);
    EXPECT_EQ(peek_client_hello(hex("15 03 01 00 02 02")).status, peek_status::need_more);

    // What an alert says is known when it is all there.
    expect_refused(hex("15 03 01 00 02 02 28"), peek_status::alert, 40);
    expect_refused(hex("15 03 01 00 02 02 00"), peek_status::alert, 0);
    expect_refused(hex("15 03 01 00 02 01 00"), peek_status::closed, 0);
    expect_refused(hex("15 03 01 00 02 01 5a"), peek_status::malformed, unexpected_message);

    const auto first = record(hex("01 00"));
    expect_refused(joined({first, hex("17")}), peek_status::malformed, unexpected_message);
    expect_refused(joined({first, hex("15 03")}), peek_status::malformed, unexpected_message);
    expect_refused(joined({first, hex("16 02")}), peek_status::malformed, decode_error);
    EXPECT_EQ(peek_client_hello(joined({first, hex("16 03")})).status, peek_status::need_more);
}

TEST(ClientHelloFields, NothingFollowsItInItsLastRecord) {
    const auto whole = message({});
    const auto followed = record(joined({whole, hex("0b")}));
    expect_refused(followed, peek_status::malformed, unexpected_message);
    // The record's header already says so, when no more than the message's header has arrived.
    expect_refused(byte_vector(followed.begin(), followed.begin() + 9), peek_status::malformed, unexpected_message);
    const std::ptrdiff_t half = 20;
    expect_refused(joined({record(byte_vector(whole.begin(), whole.begin() + half)),
                           record(joined({byte_vector(whole.begin() + half, whole.end()), hex("0b")}))}),
                   peek_status::malformed, unexpected_message);
}

TEST(ClientHelloFields, TheLargestIsReadHoweverItIsCut) {
    const auto empty = message(extension("00 15", {}));
    const auto largest = message(extension("00 15", byte_vector(max_client_hello - empty.size())));
    ASSERT_EQ(largest.size(), max_client_hello);
    for (const std::size_t size : {32u, 100u, 16384u}) {
        EXPECT_EQ(peek_client_hello(in_records(largest, size)).status, peek_status::complete) << size;
    }
}

TEST(ClientHelloFields, ItMayComeInALimitedNumberOfRecords) {
    const auto empty = message(extension("00 15", {}));
    const auto just = message(extension("00 15", byte_vector(max_client_hello_records - empty.size())));
    ASSERT_EQ(just.size(), max_client_hello_records);
    EXPECT_EQ(peek_client_hello(in_records(just, 1)).status, peek_status::complete);
    const auto more = message(extension("00 15", byte_vector(max_client_hello_records - empty.size() + 1)));
    expect_refused(in_records(more, 1), peek_status::too_large, illegal_parameter);
}

/// The worst that a client can do: as many records as it may, the rest byte by byte. Copying at each look would move
/// two gigabytes; a square of the records would take minutes.
TEST(ClientHelloFields, LookingAgainAtEveryByteIsCheap) {
    const auto empty = message(extension("00 15", {}));
    const auto largest = message(extension("00 15", byte_vector(max_client_hello - empty.size())));
    const auto split = static_cast<std::ptrdiff_t>(max_client_hello_records - 5);
    const auto received = joined({in_records(byte_vector(largest.begin(), largest.begin() + split), 1),
                                  in_records(byte_vector(largest.begin() + split, largest.end()), 16384)});
    std::size_t looks = 0;
    for (std::size_t size = 0; size < received.size(); size += size < received.size() - 2000 ? 61 : 1, ++looks) {
        ASSERT_EQ(peek_client_hello(std::span(received).first(size)).status, peek_status::need_more) << size;
    }
    EXPECT_GT(looks, 2500u);
    EXPECT_EQ(peek_client_hello(received).status, peek_status::complete);
}

TEST(ClientHelloFields, KeySharesAreCounted) {
    for (const std::size_t count : {max_key_shares, max_key_shares + 1}) {
        byte_vector groups, shares;
        for (std::size_t i = 0; i < count; ++i) {
            const auto number = static_cast<std::byte>(i);
            groups.insert(groups.end(), {std::byte{0x70}, number});
            shares.insert(shares.end(), {std::byte{0x70}, number, std::byte{0}, std::byte{1}, std::byte{0}});
        }
        const auto whole = message(
            joined({extension("00 0a", with_length(2, groups)), extension("00 33", with_length(2, shares))}));
        const auto got = peek_client_hello(in_records(whole, 16384));
        EXPECT_EQ(got.status, count == max_key_shares ? peek_status::complete : peek_status::too_large);
    }
}

TEST(ClientHelloFields, SpoiledOnesNeverHurt) {
    const auto whole = message(joined({
        list_extension("00 0a", "00 1d 00 17"),
        list_extension("00 0d", "04 03 08 04"),
        extension("00 2b", with_length(1, hex("03 04 03 03"))),
        extension("00 00", with_length(2, joined({hex("00"), with_length(2, to_byte_vector("a.test"))}))),
        extension("00 10", with_length(2, with_length(1, to_byte_vector("h2")))),
    }));
    const auto look = [](const byte_vector& spoiled) {
        const auto got = peek_client_hello(spoiled);
        const bool has_alert = got.status == peek_status::malformed || got.status == peek_status::too_large;
        EXPECT_EQ(got.alert != 0, has_alert);
        EXPECT_EQ(*got.reason != '\0', has_alert);
        if (got.status == peek_status::complete) {
            EXPECT_FALSE(got.hello.cipher_suites.empty());
            EXPECT_FALSE(got.hello.versions.empty());
            EXPECT_EQ(got.hello.has_server_name, !got.hello.server_name.empty());
            EXPECT_EQ(got.hello.has_alpn, !got.hello.alpn.empty());
        }
    };
    for (const std::size_t size : {16384u, 9u, 1u}) {
        const auto received = in_records(whole, size);
        every_prefix(received, [](const byte_vector& cut) {
            EXPECT_EQ(peek_client_hello(cut).status, peek_status::need_more) << cut.size();
        });
        every_flip(received, look);
        random_mutations(received, 5000, look);
    }
}

}  // namespace
