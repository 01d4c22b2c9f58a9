// SPDX-License-Identifier: Apache-2.0
// Certificates that clients show after the handshake, when the server asks (RFC 8446 4.6.2). Where a library has none,
// both settings are refused, and that is all there is.
#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/bytes.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/later_auth.hpp"
#include "tests/support/signer.hpp"

using namespace tlseam;
using namespace tlseam_test;
using namespace tlseam_test::later_auth;

namespace {

// ---- good ----

TEST(later_certificate, is_verified_and_reported_when_the_server_asks) {
    if (refused_everywhere()) return;
    const auto s = later();
    auto pair = open_pair(s);
    EXPECT_EQ(subject_of(pair.server.info()), "nobody");
    EXPECT_FALSE(pair.server.info().peer_verified);
    EXPECT_TRUE(pair.client.info().local_certificates.empty());
    expect_both_ways(pair);
    authenticate(pair);
    const connection_info& info = pair.server.info();
    EXPECT_TRUE(info.peer_verified);
    EXPECT_EQ(info.peer_certificates, s.client.credentials.front().chain());
    ASSERT_EQ(info.verified_chain.size(), 3U);
    EXPECT_EQ(info.verified_chain.front(), s.client.credentials.front().chain().front());
    EXPECT_EQ(info.verified_chain.back().subject(), info.verified_chain[1].issuer());
    EXPECT_EQ(info.peer_signature_scheme_name, "ecdsa_secp256r1_sha256");
    EXPECT_EQ(pair.client.info().local_certificates, s.client.credentials.front().chain());
    expect_both_ways(pair);
    close_both(pair);
}

TEST(later_certificate, leaves_the_rest_of_the_info_and_older_references_as_they_were) {
    if (refused_everywhere()) return;
    auto s = later();
    s.client.alpn = s.server.alpn = {"http/1.1"};
    auto pair = open_pair(s);
    const connection_info& before = pair.server.info();
    const connection_info copy = before;
    authenticate(pair);
    const connection_info& after = pair.server.info();
    EXPECT_NE(&after, &before);
    EXPECT_TRUE(before.peer_certificates.empty());
    EXPECT_FALSE(before.peer_verified);
    EXPECT_EQ(after.version, copy.version);
    EXPECT_EQ(after.cipher_suite, copy.cipher_suite);
    EXPECT_EQ(after.group, copy.group);
    EXPECT_EQ(after.alpn, "http/1.1");
    EXPECT_EQ(after.server_name, "localhost");
    EXPECT_EQ(after.local_certificates, copy.local_certificates);
}

TEST(later_certificate, of_every_kind_of_key_works) {
    if (refused_everywhere()) return;
    for (const char* name : {"client", "client-rsa", "client-ed25519"}) {
        if (!pki::usable(name)) continue;  // refused: see several_credentials.cpp
        SCOPED_TRACE(name);
        const auto s = later({name});
        auto pair = open_pair(s);
        authenticate(pair);
        EXPECT_EQ(pair.server.info().peer_certificates, s.client.credentials.front().chain());
        EXPECT_NE(pair.server.info().peer_signature_scheme, 0);
        expect_both_ways(pair);
    }
}

TEST(later_certificate, works_with_every_suite_and_after_a_second_hello) {
    if (refused_everywhere()) return;
    for (const char* suite : {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"}) {
        SCOPED_TRACE(suite);
        auto s = later();
        s.client.min_version = protocol_version::tls1_3;
        s.client.cipher_suites = {suite};
        s.server.groups = {"secp384r1"};
        auto pair = open_pair(s);
        authenticate(pair);
        EXPECT_TRUE(pair.server.info().peer_verified);
        expect_both_ways(pair);
    }
}

TEST(later_certificate, is_chosen_among_several_by_the_schemes_of_the_server) {
    if (refused_everywhere()) return;
    auto s = later({"client", "client-rsa"});
    s.server.credentials = {pki::identity("server-rsa")};
    s.server.signature_schemes = {"rsa_pss_rsae_sha256"};
    auto pair = open_pair(s);
    authenticate(pair);
    EXPECT_EQ(pair.server.info().peer_certificates, s.client.credentials[1].chain());
    EXPECT_EQ(pair.server.info().peer_signature_scheme_name, "rsa_pss_rsae_sha256");
    EXPECT_EQ(pair.client.info().local_certificates, s.client.credentials[1].chain());
}

TEST(later_certificate, may_be_missing_when_it_is_optional) {
    if (refused_everywhere()) return;
    auto pair = open_pair(later({}));
    authenticate(pair, client_auth::optional);
    EXPECT_EQ(subject_of(pair.server.info()), "nobody");
    EXPECT_FALSE(pair.server.info().peer_verified);
    EXPECT_TRUE(pair.server.info().verified_chain.empty());
    EXPECT_EQ(pair.server.info().peer_signature_scheme, 0);
    expect_both_ways(pair);
}

// None of the client's keys can sign by what the server takes: the same as to have none.
TEST(later_certificate, that_does_not_fit_is_not_sent) {
    if (refused_everywhere()) return;
    auto s = later();
    s.server.credentials = {pki::identity("server-rsa")};
    s.server.signature_schemes = {"rsa_pss_rsae_sha256"};
    auto pair = open_pair(s);
    authenticate(pair, client_auth::optional);
    EXPECT_EQ(subject_of(pair.server.info()), "nobody");
    EXPECT_TRUE(pair.client.info().local_certificates.empty());
}

TEST(later_certificate, may_be_signed_for_by_a_key_that_is_elsewhere) {
    if (refused_everywhere()) return;
    auto s = later({});
    s.client.credentials = {external_identity("client")};
    auto pair = open_pair(s);
    authenticate(pair);
    EXPECT_TRUE(pair.server.info().peer_verified);
    expect_both_ways(pair);
}

TEST(later_certificate, is_verified_by_everything_that_the_settings_ask_for) {
    if (refused_everywhere()) return;
    auto s = later();
    std::vector<int> depths;
    s.server.verification.callback = [&](const chain_step& step) {
        depths.push_back(step.depth);
        return true;
    };
    s.server.verification.crls = or_throw(crl_store::load_files({pki::file("crl.pem"), pki::file("root.crl.pem")}));
    auto pair = open_pair(s);
    EXPECT_TRUE(depths.empty());
    authenticate(pair);
    EXPECT_EQ(depths, (std::vector{2, 1, 0}));
}

// ---- data around it ----

TEST(later_certificate, does_not_lose_or_delay_what_was_on_its_way) {
    if (refused_everywhere()) return;
    auto pair = open_pair(later());
    ASSERT_TRUE(ok(pair.client.write_some(as_bytes("before the request came"))));
    ASSERT_TRUE(ok(pair.server.request_certificate()));
    ASSERT_TRUE(ok(pair.server.write_some(as_bytes("behind the request"))));
    pair.move_all();
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "before the request came");
    EXPECT_TRUE(pair.server.certificate_requested());
    EXPECT_FALSE(pair.server.info().peer_verified);
    EXPECT_EQ(read_text(pair.client).value_or("failed"), "behind the request");
    ASSERT_TRUE(ok(pair.client.write_some(as_bytes("behind the answer"))));
    pair.move_all();
    // By the time that data can be read, what came before it was verified.
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "behind the answer");
    EXPECT_FALSE(pair.server.certificate_requested());
    EXPECT_TRUE(pair.server.info().peer_verified);
    expect_both_ways(pair);
}

TEST(later_certificate, comes_whole_in_single_bytes) {
    if (refused_everywhere()) return;
    for (const char* name : {"client", "client-rsa"}) {
        auto pair = open_pair(later({name}));
        pair.to_server.dials.chunk = pair.to_client.dials.chunk = 1;
        ASSERT_TRUE(ok(pair.server.request_certificate()));
        bool answered = false;
        for (int turns = 0; turns < 20'000 && !answered; ++turns) {
            pair.move();
            ASSERT_TRUE(needs_input(read_text(pair.client)));
            ASSERT_TRUE(needs_input(read_text(pair.server)));
            answered = !pair.server.certificate_requested();
            EXPECT_EQ(pair.server.info().peer_verified, answered);
        }
        EXPECT_TRUE(answered);
        expect_both_ways(pair);
    }
}

// Some libraries do nothing else meanwhile; none loses anything.
TEST(later_certificate, that_has_half_arrived_holds_writing_up_at_most) {
    if (refused_everywhere()) return;
    const auto bytes_of_answer = [] {
        auto pair = open_pair(later({"client-rsa"}));
        const auto before = pair.to_server.taken().size();
        authenticate(pair);
        return pair.to_server.taken().size() - before;
    }();
    for (std::size_t part = 1; part < bytes_of_answer; part += 97) {
        auto pair = open_pair(later({"client-rsa"}));
        pair.to_server.dials.stall_at = pair.to_server.delivered() + part;
        ASSERT_TRUE(ok(pair.server.request_certificate()));
        ASSERT_TRUE(needs_input(exchange(pair)));
        EXPECT_TRUE(pair.server.certificate_requested()) << part;
        const auto written = pair.server.write_some(as_bytes("x"));
        EXPECT_TRUE(written.has_value() || needs_input(written)) << part << describe(written);
        if (unrestricted()) {
            const auto updated = pair.server.key_update(true);
            EXPECT_TRUE(updated.has_value() || needs_input(updated)) << part << describe(updated);
        }
        EXPECT_FALSE(pair.server.info().peer_verified);
        pair.to_server.dials.stall_at = unlimited;
        pair.move_all();
        ASSERT_TRUE(needs_input(read_text(pair.server))) << part;
        EXPECT_TRUE(pair.server.info().peer_verified) << part;
        if (written.has_value()) {
            EXPECT_EQ(read_text(pair.client).value_or("failed"), "x");
        }
        expect_both_ways(pair);
        EXPECT_TRUE(ok(pair.server.key_update(true)));
        expect_both_ways(pair);
    }
}

// Before the request, between it and the answer, and after that.
TEST(later_certificate, comes_through_key_updates_of_both_sides) {
    if (refused_everywhere()) return;
    auto pair = open_pair(later());
    ASSERT_TRUE(ok(pair.client.key_update(true)));
    ASSERT_TRUE(ok(pair.server.key_update(true)));
    expect_both_ways(pair);
    expect_both_ways(pair);
    ASSERT_TRUE(ok(pair.server.request_certificate()));
    if (unrestricted()) {
        ASSERT_TRUE(ok(pair.server.key_update(true)));
        ASSERT_TRUE(ok(pair.client.key_update(true)));
    } else {
        EXPECT_TRUE(fails_with(pair.server.key_update(true), errc::unsupported));
    }
    ASSERT_TRUE(needs_input(exchange(pair)));
    EXPECT_TRUE(pair.server.info().peer_verified);
    ASSERT_TRUE(ok(pair.server.key_update(true)));
    ASSERT_TRUE(ok(pair.client.key_update(true)));
    expect_both_ways(pair);
    expect_both_ways(pair);
}

TEST(later_certificate, does_not_take_the_place_of_a_key_update_of_the_client) {
    if (refused_everywhere()) return;
    auto pair = open_pair(later());
    ASSERT_TRUE(ok(pair.server.request_certificate()));
    ASSERT_TRUE(ok(pair.client.key_update(true)));
    pair.move_all();
    const auto read = read_text(pair.server);
    EXPECT_TRUE(unrestricted() ? needs_input(read) : !read && read.error() == errc::protocol_error) << describe(read);
    EXPECT_FALSE(pair.server.info().peer_verified);
}

// Where an update must be answered first, the call says so, and reading is all that it needs.
TEST(later_certificate, may_be_asked_for_behind_a_key_update) {
    if (refused_everywhere()) return;
    auto pair = open_pair(later());
    ASSERT_TRUE(ok(pair.server.key_update(true)));
    auto asked = pair.server.request_certificate();
    EXPECT_TRUE(asked.has_value() || (needs_input(asked) && !unrestricted()));
    if (!asked) {
        EXPECT_FALSE(pair.server.certificate_requested());
        ASSERT_TRUE(needs_input(exchange(pair)));
        asked = pair.server.request_certificate();
    }
    ASSERT_TRUE(ok(asked));
    ASSERT_TRUE(needs_input(exchange(pair)));
    EXPECT_TRUE(pair.server.info().peer_verified);
    expect_both_ways(pair);
}

TEST(later_certificate, comes_through_large_data_and_many_key_updates) {
    if (refused_everywhere()) return;
    auto pair = open_pair(later());
    const auto data = pattern(100'000);
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(carry(pair, pair.server, pair.client, data), data);
        ASSERT_TRUE(ok(pair.server.key_update(true)));
        EXPECT_EQ(carry(pair, pair.client, pair.server, data), data);
    }
    EXPECT_EQ(carry(pair, pair.server, pair.client, data), data);
    EXPECT_EQ(carry(pair, pair.client, pair.server, data), data);
    authenticate(pair);
    EXPECT_EQ(carry(pair, pair.server, pair.client, data), data);
    EXPECT_EQ(carry(pair, pair.client, pair.server, data), data);
}

TEST(later_certificate, may_follow_the_close_of_the_asking_side) {
    if (refused_everywhere()) return;
    auto pair = open_pair(later());
    ASSERT_TRUE(ok(pair.server.request_certificate()));
    ASSERT_TRUE(ok(pair.server.close_write()));
    pair.move_all();
    EXPECT_EQ(read_text(pair.client).value_or("failed"), "");
    ASSERT_TRUE(ok(pair.client.write_some(as_bytes("last words"))));
    pair.move_all();
    EXPECT_EQ(read_text(pair.server).value_or("failed"), "last words");
    EXPECT_TRUE(pair.server.info().peer_verified);
}

// RFC 8446 7.5
TEST(later_certificate, changes_neither_exporter_nor_channel_binding) {
    if (refused_everywhere()) return;
    auto s = later();
    s.client.exporter = s.server.exporter = true;
    auto pair = open_pair(s);
    const auto all = [](engine& e) {
        std::vector<std::byte> out(32);
        EXPECT_TRUE(ok(e.export_keying_material(out, "EXPERIMENTAL-tlseam-test")));
        for (const auto type : {channel_binding_type::tls_exporter, channel_binding_type::tls_server_end_point}) {
            const auto binding = or_throw(e.channel_binding(type));
            out.insert(out.end(), binding.begin(), binding.end());
        }
        return out;
    };
    const auto before = all(pair.server);
    authenticate(pair);
    EXPECT_EQ(all(pair.server), before);
    EXPECT_EQ(all(pair.client), before);
}

TEST(later_certificate, may_be_asked_for_again_where_the_library_can) {
    if (refused_everywhere()) return;
    auto pair = open_pair(later());
    authenticate(pair);
    expect_both_ways(pair);
    if (!unrestricted()) {
        EXPECT_TRUE(fails_with(pair.server.request_certificate(), errc::unsupported));
        EXPECT_TRUE(pair.server.output().empty());
        EXPECT_FALSE(pair.server.certificate_requested());
        EXPECT_TRUE(pair.server.info().peer_verified);
        expect_both_ways(pair);
        return;
    }
    const connection_info& first = pair.server.info();
    authenticate(pair);
    EXPECT_NE(&pair.server.info(), &first);
    EXPECT_TRUE(pair.server.info().peer_verified);
    expect_both_ways(pair);
}

TEST(later_certificate, is_not_answered_without_end) {
    if (refused_everywhere() || !unrestricted()) return;
    auto pair = open_pair(later());
    int answered = 0;
    for (; answered < 100; ++answered) {
        ASSERT_TRUE(ok(pair.server.request_certificate()));
        pair.move_all();
        const auto read = read_text(pair.client);
        if (failed_for_good(read)) {
            EXPECT_TRUE(fails_with(read, errc::too_large));
            break;
        }
        pair.move_all();
        ASSERT_TRUE(needs_input(read_text(pair.server)));
    }
    EXPECT_EQ(answered, 32);
}

}  // namespace
