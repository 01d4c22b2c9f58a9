// SPDX-License-Identifier: Apache-2.0
// The program decides who answers a ClientHello: at once, or later.
#include <algorithm>
#include <stdexcept>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/bytes.hpp"
#include "tests/support/client_hello.hpp"
#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/stream_pair.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

constexpr std::uint8_t handshake_failure = 40, access_denied = 49, internal_error = 80;

hello_callback always(hello_answer answer) {
    return [answer](const hello_summary&) -> result<hello_answer> { return answer; };
}

class hello_callback_of_a_server : public in_each_version {
protected:
    [[nodiscard]] static setup asking(hello_callback callback) {
        auto s = only(version());
        s.client.insecure_skip_verification = true;
        s.server.on_hello = std::move(callback);
        return s;
    }
    [[nodiscard]] static context another() {
        return or_throw(context::server({.credentials = {pki::identity("server-rsa")}}));
    }
    static outcome seen(const setup& s) {
        auto pair = new_pair(s);
        return run_handshake(pair);
    }
};
INSTANTIATE_TEST_SUITE_P(tls, hello_callback_of_a_server, both_versions(), version_name());

TEST_P(hello_callback_of_a_server, sees_what_the_client_offers) {
    std::vector<hello_summary> shown;
    auto s = asking([&](const hello_summary& hello) -> result<hello_answer> {
        shown.push_back(hello);
        return hello_answer::proceed();
    });
    s.names = {.server_name = "Name.Example"};
    s.client.alpn = {"h2", "http/1.1"};
    s.client.groups = {"secp384r1", "secp256r1"};
    ASSERT_TRUE(seen(s).complete());
    ASSERT_EQ(shown.size(), 1U);
    const hello_summary& hello = shown.front();
    EXPECT_EQ(hello.server_name, "name.example");
    EXPECT_EQ(hello.alpn, (std::vector<std::string>{"h2", "http/1.1"}));
    EXPECT_EQ(hello.groups, (std::vector<std::uint16_t>{0x0018, 0x0017}));
    const auto has = [](const std::vector<std::uint16_t>& list, std::uint16_t number) {
        return std::ranges::find(list, number) != list.end();
    };
    EXPECT_TRUE(has(hello.versions, static_cast<std::uint16_t>(version())));
    EXPECT_TRUE(has(hello.cipher_suites, version() == protocol_version::tls1_3 ? 0x1301 : 0xc02b));
    EXPECT_TRUE(has(hello.signature_schemes, 0x0403));
    EXPECT_TRUE(has(hello.extensions, 0) && has(hello.extensions, 16));
    EXPECT_EQ(hello.ja4.substr(0, 4), version() == protocol_version::tls1_3 ? "t13d" : "t12d");
    EXPECT_EQ(hello.ja4.substr(8, 3), "h2_");
    EXPECT_EQ(hello.ja4.size(), 36U);
}

TEST_P(hello_callback_of_a_server, is_asked_once_however_the_hello_arrives) {
    int asked = 0;
    auto s = asking([&](const hello_summary&) -> result<hello_answer> {
        ++asked;
        return hello_answer::proceed();
    });
    auto pair = new_pair(s);
    (void)pair.client.handshake();
    const auto flight = pair.client.output();
    for (const std::byte& each : flight) {
        EXPECT_EQ(asked, 0);
        ASSERT_TRUE(ok(pair.server.feed(std::span(&each, 1))));
        EXPECT_TRUE(needs_input(pair.server.handshake()));
    }
    EXPECT_EQ(asked, 1);
    EXPECT_TRUE(needs_input(pair.server.handshake()));
    EXPECT_EQ(asked, 1);
}

TEST_P(hello_callback_of_a_server, picks_a_context) {
    auto pair = open_pair(asking(always(hello_answer::use(another()))));
    EXPECT_EQ(pair.client.info().peer_certificates, pki::identity("server-rsa").chain());
}

TEST_P(hello_callback_of_a_server, may_leave_it_to_the_names) {
    auto s = asking(always(hello_answer::proceed()));
    s.names = {.server_name = "a.test"};
    s.server.names = {{"a.test", another()}};
    EXPECT_EQ(open_pair(s).client.info().peer_certificates, pki::identity("server-rsa").chain());
}

TEST_P(hello_callback_of_a_server, goes_before_names_that_nobody_has) {
    auto s = asking(always(hello_answer::use(another())));
    s.names = {.server_name = "unknown.test"};
    s.server.unknown_name = unknown_name::refuse;
    EXPECT_TRUE(seen(s).complete());
    s.server.on_hello = always(hello_answer::proceed());
    EXPECT_TRUE(fails_with(seen(s).server, errc::unrecognized_name));
}

// SNI-006
TEST_P(hello_callback_of_a_server, refuses_with_an_alert) {
    for (const auto& [answer, alert] : {std::pair(hello_answer::refuse(), handshake_failure),
                                        std::pair(hello_answer::refuse(hello_alert::access_denied), access_denied)}) {
        const auto refused = seen(asking(always(answer)));
        ASSERT_TRUE(fails_with(refused.server, errc::callback_failed));
        EXPECT_EQ(refused.server.error().alert(), alert);
        EXPECT_TRUE(received_alert(refused.client, alert));
    }
}

// SNI-006
TEST_P(hello_callback_of_a_server, that_throws_or_fails_ends_this_handshake_only) {
    int asked = 0;
    const contexts made(asking([&](const hello_summary&) -> result<hello_answer> {
        if (++asked == 1) throw std::runtime_error("no database");
        if (asked == 2) return std::unexpected(error(errc::host_not_found, {.message = "no such tenant"}));
        return hello_answer::proceed();
    }));
    for (const char* words : {"threw", "no such tenant"}) {
        auto pair = new_pair(made);
        const auto failed = run_handshake(pair);
        ASSERT_TRUE(fails_with(failed.server, errc::callback_failed));
        EXPECT_NE(failed.server.error().message().find(words), std::string::npos) << failed.server.error().message();
        EXPECT_TRUE(received_alert(failed.client, internal_error));
        EXPECT_TRUE(fails_with(pair.server.handshake(), errc::callback_failed)) << "sticky";
    }
    auto third = new_pair(made);
    EXPECT_TRUE(run_handshake(third).complete());
}

TEST_P(hello_callback_of_a_server, cannot_answer_with_a_clients_context) {
    const setup other;
    const auto refused = seen(asking(always(hello_answer::use(or_throw(context::client(other.client))))));
    EXPECT_TRUE(fails_with(refused.server, errc::callback_failed));
    EXPECT_TRUE(received_alert(refused.client, internal_error));
}

// ---- later ----

TEST_P(hello_callback_of_a_server, may_answer_later) {
    int asked = 0;
    auto pair = new_pair(asking([&](const hello_summary&) -> result<hello_answer> {
        ++asked;
        return hello_answer::later();
    }));
    const auto waiting = run_handshake(pair);
    EXPECT_TRUE(fails_with(waiting.server, errc::want_context));
    EXPECT_EQ(waiting.server.error().detail(), nullptr);
    EXPECT_TRUE(fails_with(pair.server.handshake(), errc::want_context)) << "again, and not sticky";
    EXPECT_TRUE(fails_with(pair.server.write_some(as_bytes("early")), errc::want_context));
    EXPECT_TRUE(pair.server.output().empty());
    EXPECT_EQ(asked, 1);
    EXPECT_TRUE(ok(pair.server.answer_hello(hello_answer::use(another()))));
    ASSERT_TRUE(run_handshake(pair).complete());
    EXPECT_EQ(asked, 1);
    EXPECT_EQ(pair.client.info().peer_certificates, pki::identity("server-rsa").chain());
    EXPECT_EQ(carry(pair, pair.server, pair.client, "late"), "late");
}

TEST_P(hello_callback_of_a_server, may_refuse_later) {
    auto pair = new_pair(asking(always(hello_answer::later())));
    EXPECT_TRUE(fails_with(run_handshake(pair).server, errc::want_context));
    EXPECT_TRUE(ok(pair.server.answer_hello(hello_answer::refuse(hello_alert::access_denied))));
    const auto refused = run_handshake(pair);
    EXPECT_TRUE(fails_with(refused.server, errc::callback_failed));
    EXPECT_TRUE(received_alert(refused.client, access_denied));
}

TEST_P(hello_callback_of_a_server, is_answered_when_it_waits_and_not_otherwise) {
    auto pair = new_pair(asking(always(hello_answer::later())));
    EXPECT_TRUE(fails_with(pair.server.answer_hello(hello_answer::proceed()), errc::misuse)) << "before the hello";
    EXPECT_TRUE(fails_with(pair.client.answer_hello(hello_answer::proceed()), errc::misuse)) << "a client";
    EXPECT_TRUE(fails_with(run_handshake(pair).server, errc::want_context));
    EXPECT_TRUE(fails_with(pair.server.answer_hello(hello_answer::later()), errc::misuse)) << "later than later";
    EXPECT_TRUE(ok(pair.server.answer_hello(hello_answer::proceed())));
    EXPECT_TRUE(fails_with(pair.server.answer_hello(hello_answer::proceed()), errc::misuse)) << "twice";
    EXPECT_TRUE(run_handshake(pair).complete());
    EXPECT_TRUE(fails_with(pair.server.answer_hello(hello_answer::proceed()), errc::misuse)) << "afterwards";
}

TEST_P(hello_callback_of_a_server, that_waits_may_be_left_alone) {
    auto pair = new_pair(asking(always(hello_answer::later())));
    EXPECT_TRUE(fails_with(run_handshake(pair).server, errc::want_context));
}

TEST_P(hello_callback_of_a_server, is_answered_later_on_a_stream_too) {
    const contexts made(asking(always(hello_answer::later())));
    auto pair = wrap_both(socket_pair(), made);
    auto client = in_background([&] { return pair.client.handshake(soon()); });
    EXPECT_TRUE(fails_with(pair.server.handshake(soon()), errc::want_context));
    EXPECT_TRUE(ok(pair.server.answer_hello(hello_answer::use(another()))));
    EXPECT_TRUE(ok(pair.server.handshake(soon())));
    EXPECT_TRUE(ok(client.get()));
}

// ---- JA4 ----

void put16(std::vector<std::byte>& out, std::size_t value) {
    out.push_back(static_cast<std::byte>(value >> 8U));
    out.push_back(static_cast<std::byte>(value & 0xffU));
}
void put(std::vector<std::byte>& out, const std::vector<std::byte>& more) {
    out.insert(out.end(), more.begin(), more.end());
}
std::vector<std::byte> list16(std::initializer_list<std::size_t> numbers) {
    std::vector<std::byte> out;
    put16(out, 2 * numbers.size());
    for (const std::size_t number : numbers) put16(out, number);
    return out;
}

/// What a browser sends: the example of JA4's description, in another order, with GREASE.
std::vector<std::byte> hello_of_a_browser() {
    std::vector<std::byte> extensions;
    const auto add = [&](std::size_t type, const std::vector<std::byte>& body) {
        put16(extensions, type);
        put16(extensions, body.size());
        put(extensions, body);
    };
    add(0x0a0a, {});
    add(0xff01, to_bytes({0}));
    add(0x0000, to_bytes({0, 6, 0, 0, 3, 'a', '.', 'b'}));
    add(0x0017, {});
    add(0x0005, to_bytes({1, 0, 0, 0, 0}));
    add(0x000a, list16({0x1a1a, 0x001d, 0x0017}));
    add(0x000b, to_bytes({1, 0}));
    add(0x000d, list16({0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601}));
    add(0x0010, to_bytes({0, 3, 2, 'h', '2'}));
    add(0x0012, {});
    add(0x0023, {});
    std::vector<std::byte> shares;
    put16(shares, 36);
    put16(shares, 0x001d);
    put16(shares, 32);
    put(shares, pattern(32));
    add(0x0033, shares);
    add(0x002d, to_bytes({1, 1}));
    add(0x002b, to_bytes({6, 0x2a, 0x2a, 3, 4, 3, 3}));
    add(0x001b, to_bytes({2, 0, 2}));
    add(0x4469, {});
    add(0x0015, {});
    add(0x3a3a, to_bytes({0}));

    std::vector<std::byte> body = to_bytes({3, 3});
    put(body, pattern(32));
    body.push_back(std::byte{0});
    put(body, list16({0x4a4a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014,
                      0x009c, 0x009d, 0x002f, 0x0035}));
    put(body, to_bytes({1, 0}));
    put16(body, extensions.size());
    put(body, extensions);
    std::vector<std::byte> message = to_bytes({1, 0});
    put16(message, body.size());
    put(message, body);
    return in_record(22, message);
}

TEST(ja4, is_the_one_of_its_description) {
    std::string seen;
    auto server = or_throw(engine::create(or_throw(context::server(
        {.credentials = {pki::identity("server")}, .on_hello = [&](const hello_summary& s) -> result<hello_answer> {
             seen = s.ja4;
             return hello_answer::refuse();
         }}))));
    ASSERT_TRUE(ok(server.feed(hello_of_a_browser())));
    EXPECT_TRUE(fails_with(server.handshake(), errc::callback_failed));
    EXPECT_EQ(seen, "t13d1516h2_8daaf6152771_e5627efa2ab1");
}

std::string fingerprint_of(const setup& from) {
    std::string seen;
    auto s = from;
    s.server.on_hello = [&](const hello_summary& hello) -> result<hello_answer> {
        seen = hello.ja4;
        return hello_answer::proceed();
    };
    auto pair = new_pair(s);
    (void)run_handshake(pair);
    return seen;
}

TEST(ja4, is_the_same_for_every_connection_of_one_program_and_another_for_another) {
    setup s;
    const auto one = fingerprint_of(s);
    EXPECT_EQ(one, fingerprint_of(s));
    s.client.groups = {"secp384r1"};
    EXPECT_EQ(one, fingerprint_of(s)) << "groups do not count";
    s.client.max_version = protocol_version::tls1_2;
    EXPECT_NE(one, fingerprint_of(s));
}

TEST(ja4, tells_names_and_protocols) {
    setup s;
    s.client.insecure_skip_verification = true;
    s.names = {.server_name = ""};
    EXPECT_EQ(fingerprint_of(s).substr(0, 4), "t13i");
    EXPECT_EQ(fingerprint_of(s).substr(8, 3), "00_");
    s.client.alpn = {"http/1.1"};
    EXPECT_EQ(fingerprint_of(s).substr(8, 3), "h1_");
    s.client.alpn = {
        "\xab"
        "x\xcd"};
    EXPECT_EQ(fingerprint_of(s).substr(8, 3), "ad_");
}

}  // namespace
