// SPDX-License-Identifier: Apache-2.0
// Secrets that both ends or several servers have: pre-shared keys and ticket secrets.
#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/secrets/inputs.hpp"
#include "tests/secrets/look.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/pki.hpp"
#include "tests/support/versions.hpp"
#include "tests/support/visits.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace secrets {
namespace {

class shared : public testing::TestWithParam<protocol_version> {};
INSTANTIATE_TEST_SUITE_P(versions, shared, both_versions(), version_name());

page random_secret(kind which) {
    page out = random_page(32);
    look_for(which, out.bytes());
    return out;
}

external_psk make_psk(protocol_version version) {
    const page key = random_secret(kind::pre_shared_key);
    constexpr std::string_view name = "device 17";
    return or_throw(version == protocol_version::tls1_2 ? external_psk::make_tls1_2(name, key.bytes())
                                                        : external_psk::make(name, key.bytes()));
}

/// Without certificates.
client_settings client_with(const external_psk& key) {
    return {.min_version = key.version(), .max_version = key.version(), .psk = key};
}
server_settings server_with(const external_psk& key) {
    return {.min_version = key.version(), .max_version = key.version(), .psks = {key}};
}

TEST_P(shared, keys_are_gone) {
    expect_gone([] {
        const auto key = make_psk(GetParam());
        EXPECT_TRUE(is_in_memory(kind::pre_shared_key));
        if (has_cryptography()) talk(client_with(key), server_with(key));
    });
}

TEST_P(shared, keys_of_a_callback_are_gone) {
    expect_gone([] {
        const auto key = make_psk(GetParam());
        server_settings server{.min_version = key.version(), .max_version = key.version()};
        const auto find = [&](std::string_view) -> result<std::optional<external_psk>> { return key; };
        (GetParam() == protocol_version::tls1_2 ? server.find_psk_tls1_2 : server.find_psk) = find;
        if (has_cryptography()) talk(client_with(key), server);
    });
}

TEST_P(shared, keys_that_are_not_the_others_are_gone) {
    expect_gone([] {
        if (!has_cryptography()) return;
        const auto key = make_psk(GetParam()), other = make_psk(GetParam());
        auto pair = new_pair(setup{.client = client_with(key), .server = server_with(other), .names = {}});
        EXPECT_FALSE(run_handshake(pair).complete());
    });
}

TEST_P(shared, keys_of_a_wrong_size_are_gone) {
    expect_gone([] {
        const page key = random_page(65);
        look_for(kind::pre_shared_key, key.bytes());
        EXPECT_TRUE(fails_with(external_psk::make("device 17", key.bytes()), errc::invalid_argument));
    });
}

ticket_keys make_ticket_keys() {
    const page current = random_secret(kind::ticket_secret), previous = random_secret(kind::ticket_secret);
    return or_throw(ticket_keys::from(current.bytes(), {previous.bytes()}));
}

TEST_P(shared, ticket_secrets_are_gone) {
    expect_gone([] {
        const auto tickets = make_ticket_keys();
        EXPECT_TRUE(is_in_memory(kind::ticket_secret));
        auto client = client_of(GetParam());
        client.resumption = true;
        auto server = server_of(GetParam(), pki::identity("server"));
        server.ticket_keys = tickets;
        const contexts made(setup{.client = client, .server = server, .names = {.server_name = "localhost"}});
        EXPECT_FALSE(visit_once(made).resumed());
        EXPECT_EQ(visit_once(made).resumed(), has_cryptography());
    });
}

TEST_P(shared, ticket_secrets_are_gone_once_they_are_dropped) {
    expect_gone([] {
        static ticket_keys* tickets;  // lives on
        if (tickets == nullptr) tickets = new ticket_keys(or_throw(ticket_keys::generate()));
        {
            const page secret = random_secret(kind::ticket_secret);
            EXPECT_TRUE(ok(tickets->use(secret.bytes())));
        }
        EXPECT_TRUE(is_in_memory(kind::ticket_secret));
        for (std::size_t i = 0; i <= ticket_keys::most_previous; ++i) EXPECT_TRUE(ok(tickets->rotate()));
    });
}

TEST_P(shared, ticket_secrets_that_are_refused_are_gone) {
    expect_gone([] {
        const page secret = random_secret(kind::ticket_secret);
        EXPECT_TRUE(fails_with(ticket_keys::from(secret.bytes(), {secret.bytes()}), errc::invalid_argument));
        EXPECT_TRUE(fails_with(ticket_keys::from(secret.bytes().first(31)), errc::invalid_argument));
    });
}

}  // namespace
}  // namespace secrets
