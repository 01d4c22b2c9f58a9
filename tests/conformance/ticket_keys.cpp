// SPDX-License-Identifier: Apache-2.0
// The keys of a server's tickets: shared, replaced, and gone. RES-006, RES-017
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <thread>

#include <tlseam/tlseam.hpp>

#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"
#include "tests/support/visits.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

class tickets : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, tickets, both_versions(), version_name());

using secret = std::vector<std::byte>;
secret secret_of(unsigned seed) { return secret(ticket_keys::secret_size, static_cast<std::byte>(seed)); }

setup with_keys(protocol_version version, const ticket_keys& keys) {
    auto s = resuming(version);
    s.server.ticket_keys = keys;
    return s;
}

/// The client of one pair of contexts and the server of another.
contexts moved_to(const contexts& client, const contexts& server) {
    contexts out = client;
    out.server = server.server;
    return out;
}

TEST_P(tickets, are_good_at_every_server_with_the_same_secrets) {
    const auto one = secret_of(1);
    const contexts first(with_keys(version(), or_throw(ticket_keys::from(one))));
    const contexts second(with_keys(version(), or_throw(ticket_keys::from(one))));
    EXPECT_FALSE(visit_once(first).resumed());
    EXPECT_TRUE(visit_once(moved_to(first, second)).resumed());
    EXPECT_TRUE(visit_once(first).resumed());
}

TEST_P(tickets, survive_a_new_certificate) {
    const auto keys = or_throw(ticket_keys::generate());
    const contexts before(with_keys(version(), keys));
    const auto first = visit_once(before);
    auto reloaded = with_keys(version(), keys);
    reloaded.server.credentials = {pki::identity("server-rsa")};
    // An ECDSA suite means nothing to an RSA key in TLS 1.2, so that only a new ticket will do there.
    const auto second = visit_once(moved_to(before, contexts(reloaded)));
    ASSERT_TRUE(second.seen.complete());
    EXPECT_TRUE(second.resumed());
    EXPECT_EQ(second.client.peer_certificates, first.client.peer_certificates);
}

/// What is derived from the keys of a resumed connection is the same at both ends, in TLS 1.2 from the old master
/// secret.
TEST_P(tickets, leave_exporters_and_key_logs_as_they_are) {
    auto s = resuming(version());
    s.client.exporter = s.server.exporter = true;
    std::set<std::string> of_client, of_server;
    s.client.key_log = [&](std::string_view line) { of_client.emplace(line); };
    s.server.key_log = [&](std::string_view line) { of_server.emplace(line); };
    const contexts made(s);
    visit_once(made);
    of_client.clear();
    of_server.clear();
    auto pair = open_pair(made);
    ASSERT_TRUE(pair.client.info().resumed);
    std::byte one[32] = {}, other[32] = {};
    EXPECT_TRUE(ok(pair.client.export_keying_material(one, "EXPERIMENTAL-tlseam-test")));
    EXPECT_TRUE(ok(pair.server.export_keying_material(other, "EXPERIMENTAL-tlseam-test")));
    EXPECT_TRUE(std::ranges::equal(one, other));
    EXPECT_EQ(of_client, of_server);
    EXPECT_EQ(of_client.size(), is_tls1_3() ? 5U : 1U);
    for (auto* each : {&pair.client, &pair.server}) {
        EXPECT_TRUE(fails_with(each->channel_binding(channel_binding_type::tls_server_end_point), errc::unsupported));
    }
}

TEST_P(tickets, are_unknown_elsewhere) {
    const contexts first(resuming(version()));
    const contexts stranger(resuming(version()));
    EXPECT_FALSE(visit_once(first).resumed());
    const auto moved = visit_once(moved_to(first, stranger));
    EXPECT_TRUE(moved.seen.complete());
    EXPECT_FALSE(moved.resumed());
    EXPECT_TRUE(moved.client.peer_verified);

    // The same secrets, and other settings: another scope.
    const auto keys = or_throw(ticket_keys::generate());
    const contexts plain(with_keys(version(), keys));
    auto other = with_keys(version(), keys);
    other.server.groups = {"secp256r1", "x25519"};
    EXPECT_FALSE(visit_once(plain).resumed());
    EXPECT_FALSE(visit_once(moved_to(plain, contexts(other))).resumed());
}

/// Not every server gives a new ticket to a client that shows an old one (TLS 1.2): the next time it shows none.
bool resumes_in_the_end(const contexts& made) {
    constexpr int enough = 4;
    for (int i = 0; i < enough; ++i) {
        const auto seen = visit_once(made);
        EXPECT_TRUE(seen.seen.complete());
        if (seen.resumed()) return true;
    }
    return false;
}

// RES-017
TEST_P(tickets, of_before_a_restart_cost_a_full_handshake_and_no_more) {
    const contexts before(resuming(version()));
    EXPECT_FALSE(visit_once(before).resumed());
    EXPECT_TRUE(visit_once(before).resumed());
    const contexts after = moved_to(before, contexts(resuming(version())));
    EXPECT_FALSE(visit_once(after).resumed());
    EXPECT_TRUE(resumes_in_the_end(after));
}

TEST_P(tickets, live_through_three_rotations) {
    const auto keys = or_throw(ticket_keys::generate());
    session_list list;
    auto s = with_keys(version(), keys);
    s.client.on_session = list.sink();
    const contexts made(s);
    visit_once(made);
    const session given = list.last();
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(ok(keys.rotate()));
        EXPECT_TRUE(visit_once(made, copied(given)).resumed()) << i;
    }
    ASSERT_TRUE(ok(keys.rotate()));
    const auto late = visit_once(made, copied(given));
    EXPECT_TRUE(late.seen.complete());
    EXPECT_FALSE(late.resumed());
    EXPECT_TRUE(resumes_in_the_end(made));
}

TEST_P(tickets, follow_the_secrets_in_use) {
    const auto one = secret_of(1), two = secret_of(2);
    const auto keys = or_throw(ticket_keys::from(one));
    session_list list;
    auto s = with_keys(version(), keys);
    s.client.on_session = list.sink();
    const contexts made(s);
    visit_once(made);
    const session given = list.last();
    ASSERT_TRUE(ok(keys.use(two, {one})));
    EXPECT_TRUE(visit_once(made, copied(given)).resumed());
    ASSERT_TRUE(ok(keys.use(two)));
    EXPECT_FALSE(visit_once(made, copied(given)).resumed());
    ASSERT_TRUE(ok(keys.use(one)));
    EXPECT_TRUE(visit_once(made, copied(given)).resumed());
}

// ---- hellos that somebody changed on the way ----

using buffer = std::vector<std::byte>;

std::size_t number_at(const buffer& bytes, std::size_t at, std::size_t size) {
    std::size_t out = 0;
    for (std::size_t i = 0; i < size; ++i) out = out << 8 | std::to_integer<std::size_t>(bytes.at(at + i));
    return out;
}

struct range {
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// Where the content of an extension stands in a ClientHello of one record. Throws std::out_of_range without it.
range extension_in(const buffer& hello, std::size_t type) {
    std::size_t at = 5 + 4 + 2 + 32;  // headers, version, random
    at += 1 + number_at(hello, at, 1);
    at += 2 + number_at(hello, at, 2);
    at += 1 + number_at(hello, at, 1);
    for (at += 2;;) {
        const std::size_t size = number_at(hello, at + 2, 2);
        if (number_at(hello, at, 2) == type) return {at + 4, at + 4 + size};
        at += 4 + size;
    }
}

/// A hello that offers a ticket of these contexts.
buffer offering_hello(const contexts& made) {
    EXPECT_FALSE(visit_once(made).resumed());
    auto client = or_throw(engine::create(made.client, made.names));
    EXPECT_TRUE(needs_input(client.handshake()));
    return {client.output().begin(), client.output().end()};
}

/// How much a server has to say to it: more when it shows its certificate.
std::size_t answer_size(const contexts& made, const buffer& hello) {
    auto server = or_throw(engine::create(made.server));
    EXPECT_TRUE(ok(server.feed(hello)));
    const auto seen = server.handshake();
    EXPECT_TRUE(needs_input(seen)) << describe(seen);
    return server.output().size();
}

constexpr std::size_t smallest_certificate = 300;

TEST_P(tickets, with_any_byte_changed_mean_a_full_handshake) {
    const contexts made(resuming(version()));
    const buffer hello = offering_hello(made);
    const std::size_t resumed = answer_size(made, hello);
    range ticket = extension_in(hello, is_tls1_3() ? 41 : 35);
    if (is_tls1_3()) {  // the one identity, behind two lengths
        ticket.begin += 4;
        ticket.end = ticket.begin + number_at(hello, ticket.begin - 2, 2);
    }
    ASSERT_GT(ticket.end, ticket.begin + 100);
    for (std::size_t i = ticket.begin; i < ticket.end; ++i) {
        buffer changed = hello;
        changed[i] ^= std::byte{4};
        ASSERT_GT(answer_size(made, changed), resumed + smallest_certificate) << i - ticket.begin;
    }
}

// RFC 6066 3
TEST_P(tickets, are_good_for_one_server_name) {
    const contexts made(resuming(version()));
    buffer hello = offering_hello(made);
    const std::size_t resumed = answer_size(made, hello);
    const range name = extension_in(hello, 0);
    ASSERT_EQ(hello[name.end - 1], static_cast<std::byte>('t'));  // of localhost
    hello[name.end - 1] = static_cast<std::byte>('u');
    EXPECT_GT(answer_size(made, hello), resumed + smallest_certificate);
}

// RFC 8446 4.2.9: without a new key exchange, a stolen ticket key would open recorded connections.
TEST(tickets_and_keys, are_not_resumed_without_a_new_key_exchange) {
    const contexts made(resuming(protocol_version::tls1_3));
    buffer hello = offering_hello(made);
    const std::size_t resumed = answer_size(made, hello);
    const range modes = extension_in(hello, 45);
    ASSERT_EQ(modes.end - modes.begin, 2U);
    ASSERT_EQ(hello[modes.end - 1], std::byte{1});  // psk_dhe_ke alone
    hello[modes.end - 1] = std::byte{0};            // psk_ke alone
    EXPECT_GT(answer_size(made, hello), resumed + smallest_certificate);
}

TEST_P(tickets, may_change_while_servers_work) {
    const auto keys = or_throw(ticket_keys::generate());
    const contexts made(with_keys(version(), keys));
    std::jthread changing([&](const std::stop_token& stop) {
        while (!stop.stop_requested()) EXPECT_TRUE(ok(keys.rotate()));
    });
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(visit_once(made).seen.complete());
}

TEST(ticket_secrets, are_refused_by_size_and_number) {
    const auto one = secret_of(1);
    EXPECT_TRUE(ok(ticket_keys::from(one)));
    for (const std::size_t size : {0U, 16U, 31U, 33U, 64U}) {
        const auto made = ticket_keys::from(secret(size));
        ASSERT_TRUE(fails_with(made, errc::invalid_argument));
        EXPECT_NE(made.error().message().find(std::to_string(size) + " bytes"), std::string::npos);
        EXPECT_TRUE(fails_with(ticket_keys::from(one, {secret(size)}), errc::invalid_argument));
    }
    EXPECT_TRUE(fails_with(ticket_keys::from(one, {one}), errc::invalid_argument));
    const auto two = secret_of(2), three = secret_of(3), four = secret_of(4), five = secret_of(5);
    EXPECT_TRUE(ok(ticket_keys::from(one, {two, three, four})));
    EXPECT_TRUE(fails_with(ticket_keys::from(one, {two, three, four, five}), errc::invalid_argument));
    EXPECT_TRUE(fails_with(ticket_keys::from(one, {two, three, two}), errc::invalid_argument));
}

TEST(ticket_secrets, stay_when_others_are_refused) {
    const auto version = protocol_version::tls1_3;
    const auto keys = or_throw(ticket_keys::generate());
    const contexts made(with_keys(version, keys));
    visit_once(made);
    EXPECT_TRUE(fails_with(keys.use(secret(31)), errc::invalid_argument));
    EXPECT_TRUE(visit_once(made).resumed());
}

TEST(ticket_settings, contradict_nothing) {
    const auto keys = or_throw(ticket_keys::generate());
    auto s = with_keys(protocol_version::tls1_3, keys).server;
    EXPECT_TRUE(ok(context::server(s)));
    s.resumption = false;
    EXPECT_TRUE(fails_with(context::server(s), errc::invalid_argument));
    s.resumption = true;
    s.client_auth = client_auth::optional;
    s.client_trust = pki::trust();
    EXPECT_TRUE(fails_with(context::server(s), errc::invalid_argument));
    s.ticket_keys.reset();
    EXPECT_TRUE(ok(context::server(s)));
    for (const int seconds : {-1, 0, 604801}) {
        s.ticket_lifetime = std::chrono::seconds(seconds);
        EXPECT_TRUE(fails_with(context::server(s), errc::invalid_argument)) << seconds;
    }
    s.ticket_lifetime = std::chrono::days(7);
    EXPECT_TRUE(ok(context::server(s)));
}

}  // namespace
