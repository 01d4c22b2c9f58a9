// SPDX-License-Identifier: Apache-2.0
// Several credentials in one context: names and keys decide which one a client sees, and what a server asks for which
// one it sees. The rules one by one: tests/core/choose_credentials_test.cpp.
#include <algorithm>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

std::string subject_of(const connection_info& info) {
    return info.peer_certificates.empty() ? "nobody" : info.peer_certificates.front().subject();
}

/// Those of the names whose keys this library can use.
std::vector<credentials> identities(std::initializer_list<const char*> names) {
    std::vector<credentials> out;
    for (const char* name : names) {
        if (pki::usable(name)) out.push_back(pki::identity(name));
    }
    return out;
}

/// A hello whose signature_algorithms are exchanged for these (RFC 8446 4.2.3), in one record.
std::vector<std::byte> with_schemes(std::vector<std::byte> hello, std::initializer_list<std::uint16_t> schemes) {
    constexpr std::size_t in_front_of_session = 5 + 4 + 2 + 32;
    const auto number = [&](std::size_t at, std::size_t size) {
        std::size_t out = 0;
        for (std::size_t i = 0; i < size; ++i) out = out << 8 | std::to_integer<std::size_t>(hello.at(at + i));
        return out;
    };
    std::size_t at = in_front_of_session;
    at += 1 + number(at, 1);  // session
    at += 2 + number(at, 2);  // suites
    at += 1 + number(at, 1);  // compression
    const std::size_t extensions = at;
    for (at += 2; number(at, 2) != 13;) at += 4 + number(at + 2, 2);
    std::vector<std::byte> mine;
    for (const std::uint16_t scheme : schemes) {
        mine.push_back(static_cast<std::byte>(scheme >> 8));
        mine.push_back(static_cast<std::byte>(scheme & 0xff));
    }
    const std::size_t old_size = number(at + 2, 2), new_size = mine.size() + 2;
    const auto begin = hello.begin() + static_cast<std::ptrdiff_t>(at + 6);
    hello.erase(begin, begin + static_cast<std::ptrdiff_t>(old_size - 2));
    hello.insert(hello.begin() + static_cast<std::ptrdiff_t>(at + 6), mine.begin(), mine.end());
    const auto put = [&](std::size_t place, std::size_t size, std::size_t value) {
        for (std::size_t i = size; i-- > 0; value >>= 8) hello.at(place + i) = static_cast<std::byte>(value & 0xff);
    };
    put(at + 2, 2, new_size);
    put(at + 4, 2, mine.size());
    put(3, 2, number(3, 2) + new_size - old_size);
    put(6, 3, number(6, 3) + new_size - old_size);
    put(extensions, 2, number(extensions, 2) + new_size - old_size);
    return hello;
}

bool holds(std::span<const std::byte> all, const certificate& one) {
    return !std::ranges::search(all, one.der()).empty();
}

class several_credentials : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, several_credentials, both_versions(), version_name());

// ---- servers ----

TEST_P(several_credentials, of_a_server_in_their_order) {
    auto s = only(version());
    s.server.credentials = identities({"server-rsa", "server", "server-ed25519"});
    auto first = open_pair(s);
    EXPECT_EQ(subject_of(first.client.info()), "CN=server-rsa");
    EXPECT_EQ(carry(first, first.client, first.server, "hello"), "hello");
    s.server.credentials = identities({"server-ed25519", "server", "server-rsa"});
    auto second = open_pair(s);
    EXPECT_EQ(subject_of(second.client.info()), pki::usable("server-ed25519") ? "CN=server-ed25519" : "CN=server");
    EXPECT_EQ(carry(second, second.server, second.client, "hello"), "hello");
}

TEST_P(several_credentials, of_a_server_by_name) {
    auto s = only(version());
    s.server.credentials = identities({"server", "wrong-name", "wildcard"});
    for (const auto& [name, subject] : {std::pair("localhost", "CN=server"),
                                        {"other.tlseam.test", "CN=wrong-name"},
                                        {"any.wild.tlseam.test", "CN=wildcard"}}) {
        s.names = {.server_name = name};
        const auto pair = open_pair(s);
        EXPECT_EQ(subject_of(pair.client.info()), subject);
        EXPECT_TRUE(pair.client.info().peer_verified);
    }
    s.names = {.server_name = "", .verified_name = "localhost"};
    EXPECT_EQ(subject_of(open_pair(s).client.info()), "CN=server");
}

// A client that gets none for its name refuses the first.
TEST_P(several_credentials, of_a_server_for_an_unknown_name) {
    auto s = only(version());
    s.server.credentials = identities({"server", "server-rsa"});
    s.names = {.server_name = "nobody.tlseam.test"};
    auto pair = new_pair(s);
    EXPECT_TRUE(refused_for(run_handshake(pair).client, cert_errc::name_mismatch));
}

TEST(several_credentials_tls1_2, of_a_server_by_the_curves_of_the_client) {
    auto s = only(protocol_version::tls1_2);
    s.server.credentials = identities({"server", "server-rsa"});
    EXPECT_EQ(subject_of(open_pair(s).client.info()), "CN=server");
    s.client.groups = {"x25519"};
    EXPECT_EQ(subject_of(open_pair(s).client.info()), "CN=server-rsa");
    s.server.credentials = identities({"server"});
    auto pair = new_pair(s);
    EXPECT_TRUE(fails_with(run_handshake(pair).server, errc::no_shared_parameters));
}

// What a server of TLS 1.2 says is in the clear. TLS 1.3: tests/interop.
TEST(several_credentials_tls1_2, of_a_server_by_the_schemes_of_the_client) {
    auto s = only(protocol_version::tls1_2);
    s.server.credentials = identities({"server", "server-rsa", "server-ed25519"});
    const contexts made(s);
    const auto answer_to = [&](std::initializer_list<std::uint16_t> schemes) {
        auto pair = new_pair(made);
        EXPECT_TRUE(needs_input(pair.client.handshake()));
        const auto hello = pair.client.output();
        EXPECT_TRUE(ok(pair.server.feed(with_schemes({hello.begin(), hello.end()}, schemes))));
        auto done = pair.server.handshake();
        const auto output = pair.server.output();
        return std::pair(done, std::vector<std::byte>(output.begin(), output.end()));
    };
    const auto shows = [&](std::initializer_list<std::uint16_t> schemes, const char* name) {
        const auto [done, output] = answer_to(schemes);
        EXPECT_TRUE(needs_input(done)) << describe(done);
        EXPECT_TRUE(holds(output, pki::identity(name).chain().front())) << name;
    };
    shows({0x0403, 0x0804}, "server");
    shows({0x0804, 0x0403}, "server");
    shows({0x0804}, "server-rsa");
    shows({0x0401}, "server-rsa");
    if (pki::usable("server-ed25519")) shows({0x0807}, "server-ed25519");
    EXPECT_TRUE(fails_with(answer_to({0x0808}).first, errc::no_shared_parameters));
}

// ---- clients ----

setup asking(protocol_version version, std::initializer_list<const char*> clients) {
    auto s = only(version);
    s.server.client_auth = client_auth::required;
    s.server.client_trust = pki::trust();
    s.client.credentials = identities(clients);
    return s;
}

TEST_P(several_credentials, of_a_client_in_their_order) {
    auto pair = open_pair(asking(version(), {"client-rsa", "client"}));
    EXPECT_EQ(subject_of(pair.server.info()), "CN=client-rsa");
    EXPECT_TRUE(pair.server.info().peer_verified);
    EXPECT_EQ(carry(pair, pair.client, pair.server, "hello"), "hello");
    EXPECT_EQ(subject_of(open_pair(asking(version(), {"client", "client-rsa"})).server.info()), "CN=client");
}

TEST_P(several_credentials, of_a_client_with_every_kind_of_key) {
    for (const char* name : {"client", "client-rsa", "client-ed25519"}) {
        if (!pki::usable(name)) continue;
        for (const char* server : {"server", "server-rsa"}) {
            auto s = asking(version(), {name});
            s.server.credentials = identities({server});
            EXPECT_EQ(subject_of(open_pair(s).server.info()), std::string("CN=") + name) << server;
        }
    }
}

TEST_P(several_credentials, of_a_client_in_portions_of_any_size) {
    for (const std::size_t chunk : {std::size_t{1}, std::size_t{7}, std::size_t{100}}) {
        auto pair = new_pair(asking(version(), {"client-rsa", "client"}));
        pair.to_client.dials.chunk = pair.to_server.dials.chunk = chunk;
        EXPECT_TRUE(run_handshake(pair).complete());
        EXPECT_EQ(subject_of(pair.server.info()), "CN=client-rsa");
    }
}

TEST_P(several_credentials, of_a_client_after_a_second_hello) {
    auto s = asking(version(), {"client-rsa", "client"});
    s.server.groups = {"secp384r1"};
    EXPECT_EQ(subject_of(open_pair(s).server.info()), "CN=client-rsa");
}

TEST_P(several_credentials, of_a_client_are_kept_from_those_who_do_not_ask) {
    auto s = asking(version(), {"client-rsa", "client"});
    s.server.client_auth = client_auth::none;
    s.server.client_trust.reset();
    auto pair = open_pair(s);
    EXPECT_EQ(subject_of(pair.server.info()), "nobody");
    EXPECT_EQ(carry(pair, pair.server, pair.client, "hello"), "hello");
}

TEST_P(several_credentials, on_both_sides) {
    auto s = asking(version(), {"client-rsa", "client"});
    s.server.credentials = identities({"wrong-name", "server-rsa", "server"});
    const auto pair = open_pair(s);
    EXPECT_EQ(subject_of(pair.client.info()), "CN=server-rsa");
    EXPECT_EQ(subject_of(pair.server.info()), "CN=client-rsa");
}

// ---- settings ----

TEST(several_credentials_settings, that_nothing_tells_apart_are_refused) {
    EXPECT_TRUE(fails_with(context::server({.credentials = identities({"server", "server-rsa", "revoked"})}),
                           errc::invalid_argument));
    EXPECT_TRUE(
        fails_with(context::client({.trust = pki::trust(), .credentials = identities({"client", "client-expired"})}),
                   errc::invalid_argument));
    EXPECT_TRUE(ok(context::client(
        {.trust = pki::trust(), .credentials = identities({"client", "client-unknown-ca", "client-rsa"})})));
}

}  // namespace
