// SPDX-License-Identifier: Apache-2.0
// Identities of pre-shared keys in TLS 1.2, as clients send them and as callbacks find them.
#include <stdexcept>

#include "tests/conformance/psk_tls12.hpp"
#include "tests/support/client_hello.hpp"

using namespace psk_tls12_test;

namespace {

// ---- a client's key exchange, as no client of ours would send it ----

/// A server that has answered, and what its client says then.
struct half_way {
    engine server;
    std::vector<std::byte> reply;
};

half_way half_way_of(const setup& s) {
    auto client = or_throw(engine::create(or_throw(context::client(s.client)), s.names));
    auto server = or_throw(engine::create(or_throw(context::server(s.server))));
    EXPECT_TRUE(needs_input(client.handshake()));
    EXPECT_TRUE(ok(server.feed(client.output())));
    client.consume_output(client.output().size());
    EXPECT_TRUE(needs_input(server.handshake()));
    EXPECT_TRUE(ok(client.feed(server.output())));
    server.consume_output(server.output().size());
    EXPECT_TRUE(needs_input(client.handshake()));
    return {std::move(server), {client.output().begin(), client.output().end()}};
}

/// As in TLS 1.2 after the first hello: in_record() has the version of that.
std::vector<std::byte> record_of(std::uint8_t type, const std::vector<std::byte>& payload) {
    auto out = in_record(type, payload);
    out[2] = std::byte{3};
    return out;
}

/// Only the client's key exchange changes: its body becomes this.
std::vector<std::byte> key_exchange(std::span<const std::byte> identity, std::size_t point = 32) {
    std::vector<std::byte> out = {std::byte{16}, std::byte{0}};
    const auto add_number = [&](std::size_t number) {
        out.push_back(static_cast<std::byte>(number >> 8));
        out.push_back(static_cast<std::byte>(number & 0xff));
    };
    add_number(2 + identity.size() + 1 + point);
    add_number(identity.size());
    out.insert(out.end(), identity.begin(), identity.end());
    out.push_back(static_cast<std::byte>(point));
    out.resize(out.size() + point, std::byte{9});
    return record_of(22, out);
}

result<void> answer_to_identity(std::string_view identity) {
    auto [server, reply] = half_way_of(sharing(make("device 17")));
    EXPECT_TRUE(ok(server.feed(key_exchange(std::as_bytes(std::span(identity))))));
    auto seen = server.handshake();
    if (!needs_input(seen)) {
        EXPECT_EQ(server.output().size(), 7U);  // one alert
        EXPECT_EQ(server.info().psk_identity, "");
    }
    return seen;
}

// Libraries would take some of these for the text before the zero byte, or for nothing.
TEST(psk_tls12_identities, that_no_key_has_are_refused) {
    for (const std::string& identity :
         {std::string("device 17\0", 10), std::string("device 17\0x", 11), std::string(1, '\0'), std::string(),
          std::string(129, 'i'), std::string(1000, 'i')}) {
        const auto seen = answer_to_identity(identity);
        EXPECT_TRUE(fails_with(seen, errc::psk_refused)) << identity.size();
        if (!seen) {
            EXPECT_EQ(seen.error().alert(), decrypt_error);
        }
    }
    EXPECT_TRUE(fails_with(answer_to_identity(std::string(3000, 'i')), errc::too_large));
    // Known or not: nothing is said before the key has been proved, or not.
    EXPECT_TRUE(needs_input(answer_to_identity("device 17")));
    EXPECT_TRUE(needs_input(answer_to_identity("device 18")));
}

TEST(psk_tls12_identities, that_are_malformed_are_refused) {
    const auto answer_to_message = [](std::vector<std::byte> message) {
        auto [server, reply] = half_way_of(sharing(make("device 17")));
        EXPECT_TRUE(ok(server.feed(message)));
        return server.handshake();
    };
    const std::string_view known = "device 17";
    auto longer = key_exchange(std::as_bytes(std::span(known)));
    longer[10] = std::byte{200};  // the identity's length
    const auto seen = answer_to_message(longer);
    ASSERT_TRUE(fails_with(seen, errc::protocol_error));
    EXPECT_EQ(seen.error().alert(), decode_error);
    auto other = key_exchange(std::as_bytes(std::span(known)));
    other[5] = std::byte{11};  // a certificate, which nobody asked for
    EXPECT_TRUE(fails_with(answer_to_message(other), errc::protocol_error));
    EXPECT_TRUE(fails_with(answer_to_message(record_of(20, {std::byte{1}})), errc::protocol_error));
}

// Together with the hello, before the server can have answered; and once more.
TEST(psk_tls12_identities, of_another_connection_prove_nothing) {
    auto pair = open_pair(sharing(make("device 17")));
    const auto& recorded = pair.to_server.taken();
    auto server = or_throw(engine::create(or_throw(context::server(server_with({make("device 17")})))));
    EXPECT_TRUE(ok(server.feed(recorded)));
    const auto seen = server.handshake();
    EXPECT_TRUE(fails_with(seen, errc::psk_refused));
    EXPECT_EQ(seen.error().alert(), decrypt_error);
    EXPECT_GT(server.output().size(), 50U);  // the answer, and behind it the alert
}

TEST(psk_tls12_identities, may_be_missing) {
    auto [server, reply] = half_way_of(sharing(make("device 17")));
    EXPECT_TRUE(ok(server.feed(record_of(21, {std::byte{2}, std::byte{handshake_failure}}))));
    EXPECT_TRUE(received_alert(server.handshake(), handshake_failure));
    auto [ended, unsent] = half_way_of(sharing(make("device 17")));
    ended.end_of_input();
    EXPECT_TRUE(fails_with(ended.handshake(), errc::truncated));
}

// A warning in the place of it is none of it.
TEST(psk_tls12_identities, may_come_after_a_warning) {
    constexpr std::uint8_t warning = 1, user_canceled = 90;
    auto [server, reply] = half_way_of(sharing(make("device 17")));
    auto bytes = record_of(21, {std::byte{warning}, std::byte{user_canceled}});
    bytes.insert(bytes.end(), reply.begin(), reply.end());
    EXPECT_TRUE(ok(server.feed(bytes)));
    EXPECT_TRUE(ok(server.handshake()));
    EXPECT_EQ(server.info().psk_identity, "device 17");
}

// ---- the callback ----

result<void> server_with_callback(psk_callback callback) {
    auto s = sharing(make("device 17"));
    s.server.psks.clear();
    s.server.find_psk_tls1_2 = std::move(callback);
    auto pair = new_pair(s);
    auto seen = run_handshake(pair);
    if (!seen.server && seen.server.error() == errc::callback_failed) {
        EXPECT_TRUE(received_alert(seen.client, internal_error));
        EXPECT_NE(seen.server.error().message().find("find_psk_tls1_2"), std::string::npos);
    }
    return seen.server;
}

TEST(psk_tls12_callback, that_finds_nothing) {
    EXPECT_TRUE(
        fails_with(server_with_callback([](auto) { return std::optional<external_psk>(); }), errc::psk_refused));
}

TEST(psk_tls12_callback, that_fails) {
    EXPECT_TRUE(fails_with(server_with_callback([](auto) -> result<std::optional<external_psk>> {
                               return std::unexpected(error(errc::file_unreadable));
                           }),
                           errc::callback_failed));
    EXPECT_TRUE(fails_with(
        server_with_callback([](auto) -> result<std::optional<external_psk>> { throw std::runtime_error("database"); }),
        errc::callback_failed));
}

TEST(psk_tls12_callback, that_gives_the_key_of_another) {
    EXPECT_TRUE(
        fails_with(server_with_callback([](auto) { return std::optional(make("device 16")); }), errc::callback_failed));
}

TEST(psk_tls12_callback, that_gives_a_key_of_another_version) {
    EXPECT_TRUE(fails_with(server_with_callback([](auto) { return std::optional(make_tls1_3("device 17", 1)); }),
                           errc::callback_failed));
    setup s{.client = {.min_version = tls1_3, .psk = make_tls1_3("device 17", 1)}};
    s.server.find_psk = [](auto) { return std::optional(make("device 17")); };
    auto pair = new_pair(s);
    EXPECT_TRUE(fails_with(run_handshake(pair).server, errc::callback_failed));
}

}  // namespace
