// SPDX-License-Identifier: Apache-2.0
// The verdict on certificates: what core checks itself (dates, names, key sizes), which defect is named when there are
// several, and whose error it is. The backend here finds anchors by name and checks nothing else.
#include <gtest/gtest.h>

#include <stdexcept>

#include "core/der.hpp"
#include "core/pem.hpp"
#include "tests/core/support.hpp"

namespace {

using namespace tlseam;
using namespace core_test;
using namespace std::chrono_literals;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

constexpr sys_seconds begin_of_2020 = sys_days(std::chrono::year(2020) / 1 / 1);
constexpr sys_seconds begin_of_2021 = sys_days(std::chrono::year(2021) / 1 / 1);
constexpr sys_seconds begin_of_2070 = sys_days(std::chrono::year(2070) / 1 / 1);

/// The handshake with this server, trusting certs/<anchor>.crt, at this time.
result<void> handshake_with(const std::string& server, sys_seconds time, const std::string& anchor = "root",
                            const std::string& name = "localhost") {
    pair_settings settings;
    settings.server.credentials = {identity(server)};
    settings.client.trust = or_throw(trust_store::load_file(cert_path(anchor + ".crt")));
    settings.client.clock = [time] { return time; };
    settings.options.server_name = name;
    return engine_pair(settings).handshake();
}

std::string verdict(const result<void>& r) {
    return r ? "ok" : r.error() == errc::certificate_refused ? name(r.error().certificate()) : word(r);
}

TEST(Verify, DatesCountToTheSecond) {
    EXPECT_EQ(verdict(handshake_with("server", begin_of_2020)), "ok");
    EXPECT_EQ(verdict(handshake_with("server", begin_of_2020 - 1s)), "not_yet_valid");
    EXPECT_EQ(verdict(handshake_with("server", begin_of_2070 - 1s)), "ok") << "the last second counts";
    EXPECT_EQ(verdict(handshake_with("server", begin_of_2070)), "expired");
    EXPECT_EQ(verdict(handshake_with("expired", begin_of_2021)), "ok");
    EXPECT_EQ(verdict(handshake_with("expired", begin_of_2021 + 1s)), "expired");
}

TEST(Verify, DatesOfEveryCertificateCount) {
    EXPECT_EQ(verdict(handshake_with("expired-intermediate", begin_of_2021)), "ok");
    EXPECT_EQ(verdict(handshake_with("expired-intermediate", begin_of_2021 + 1s)), "expired");
    EXPECT_EQ(verdict(handshake_with("expired-root", begin_of_2021, "expired-root-ca")), "ok");
    EXPECT_EQ(verdict(handshake_with("expired-root", begin_of_2021 + 1s, "expired-root-ca")), "expired");
}

TEST(Verify, WithoutAClockTheSystemsTimeCounts) {
    pair_settings settings;
    EXPECT_EQ(verdict(engine_pair(settings).handshake()), "ok");
    settings.server.credentials = {identity("expired")};
    EXPECT_EQ(verdict(engine_pair(settings).handshake()), "expired");
}

TEST(Verify, TheNameMustMatch) {
    EXPECT_EQ(verdict(handshake_with("server", begin_of_2021, "root", "server.tlseam.test")), "ok");
    EXPECT_EQ(verdict(handshake_with("server", begin_of_2021, "root", "other.tlseam.test")), "name_mismatch");
    EXPECT_EQ(verdict(handshake_with("server", begin_of_2021, "root", "127.0.0.1")), "name_mismatch");
    EXPECT_EQ(verdict(handshake_with("ip", begin_of_2021, "root", "127.0.0.1")), "ok");
    EXPECT_EQ(verdict(handshake_with("ip", begin_of_2021, "root", "[::1]")), "ok");
    EXPECT_EQ(verdict(handshake_with("ip", begin_of_2021)), "name_mismatch");
    EXPECT_EQ(verdict(handshake_with("cn-only", begin_of_2021)), "name_mismatch") << "a common name is no name";
    EXPECT_EQ(verdict(handshake_with("wildcard", begin_of_2021, "root", "a.wild.tlseam.test")), "ok");
    EXPECT_EQ(verdict(handshake_with("wildcard", begin_of_2021, "root", "a.b.wild.tlseam.test")), "name_mismatch");
    const auto refused = handshake_with("server", begin_of_2021, "root", "other.tlseam.test");
    EXPECT_NE(refused.error().message().find("'other.tlseam.test'"), std::string::npos) << refused.error().message();
}

TEST(Verify, TheVerifiedNameRulesOverTheServerName) {
    pair_settings settings;
    settings.options = {.server_name = "other.tlseam.test", .verified_name = "localhost"};
    EXPECT_EQ(verdict(engine_pair(settings).handshake()), "ok");
    settings.options = {.server_name = "localhost", .verified_name = "other.tlseam.test"};
    EXPECT_EQ(verdict(engine_pair(settings).handshake()), "name_mismatch");
}

TEST(Verify, Anchors) {
    EXPECT_EQ(verdict(handshake_with("server", begin_of_2021, "server")), "ok") << "a leaf can be an anchor";
    EXPECT_EQ(verdict(handshake_with("missing-intermediate", begin_of_2021)), "unknown_ca");
    EXPECT_EQ(verdict(handshake_with("missing-intermediate", begin_of_2021, "intermediate")), "ok");
    EXPECT_EQ(verdict(handshake_with("unknown-ca", begin_of_2021)), "unknown_ca");
    EXPECT_EQ(verdict(handshake_with("unknown-ca", begin_of_2021, "other-root")), "ok");
    EXPECT_EQ(verdict(handshake_with("unknown-ca", begin_of_2021, "ca-bundle")), "ok");
    EXPECT_EQ(verdict(handshake_with("self-signed", begin_of_2021)), "self_signed");
    EXPECT_EQ(verdict(handshake_with("self-signed", begin_of_2021, "self-signed")), "ok");
}

TEST(Verify, AnEmptyStoreRefusesEverybody) {
    pair_settings settings;
    settings.client.trust = or_throw(trust_store::load({}));
    EXPECT_EQ(settings.client.trust->size(), 0U);
    EXPECT_EQ(verdict(engine_pair(settings).handshake()), "unknown_ca");
}

TEST(Verify, TheGravestDefectIsNamed) {
    // unknown_ca > weak_key > expired > name_mismatch, in the order of cert_errc
    EXPECT_EQ(verdict(handshake_with("unknown-ca", begin_of_2070, "root", "wrong.test")), "unknown_ca");
    EXPECT_EQ(verdict(handshake_with("self-signed", begin_of_2070, "root", "wrong.test")), "self_signed");
    EXPECT_EQ(verdict(handshake_with("server", begin_of_2070, "root", "wrong.test")), "expired");
    EXPECT_EQ(verdict(handshake_with("server", begin_of_2020 - 1s, "root", "wrong.test")), "not_yet_valid");
    EXPECT_EQ(verdict(handshake_with("expired", begin_of_2021 + 1s, "root", "wrong.test")), "expired");
}

TEST(Verify, AWeakKeyIsGraverThanDates) {
    // No server can load such a chain, so its message is written by hand: no request, no ALPN, certificates.
    const auto chain = or_throw(seam::split_certificates(cert_file("weak-key.crt"), "weak-key"));
    buffer body = bytes({0, 0});
    for (const auto& der : chain) {
        append(body, bytes({0, static_cast<unsigned>(der.size() >> 8), static_cast<unsigned>(der.size() & 255)}));
        append(body, der);
    }
    buffer message = bytes({11, 0, static_cast<unsigned>(body.size() >> 8), static_cast<unsigned>(body.size() & 255)});
    append(message, body);
    for (const auto time : {begin_of_2021, begin_of_2070}) {
        pair_settings settings;
        settings.client.clock = [time] { return time; };
        settings.options.server_name = "wrong.test";
        engine_pair pair(settings);
        reach_server_hello(pair);
        ASSERT_EQ(word(pair.client.feed(record(22, message))), "ok");
        EXPECT_EQ(verdict(pair.client.handshake()), "weak_key");
    }
}

TEST(Verify, ARefusalSaysWhoAndWhy) {
    pair_settings settings;
    settings.server.credentials = {identity("missing-intermediate")};
    engine_pair pair(settings);
    const auto refused = pair.handshake();
    ASSERT_EQ(word(refused), "certificate_refused");
    const error& e = refused.error();
    EXPECT_EQ(e.alert().value_or(0), 48);
    EXPECT_EQ(e.origin(), error_origin::local);
    EXPECT_NE(e.message().find("unknown_ca"), std::string::npos) << e.message();
    EXPECT_NE(e.message().find("CN=missing-intermediate"), std::string::npos) << e.message();
    EXPECT_NE(e.message().find("server"), std::string::npos) << e.message();
    const auto told = pair.server.handshake();
    ASSERT_EQ(word(told), "alert_received");
    EXPECT_EQ(told.error().alert().value_or(0), 48);
    EXPECT_FALSE(pair.client.info().peer_verified);
    EXPECT_TRUE(pair.client.info().peer_certificates.empty());
}

TEST(Verify, WhatTheLibraryFindsCountsToo) {
    const auto refused = handshake_with("bad-signature", begin_of_2070, "root", "wrong.test");
    ASSERT_EQ(verdict(refused), "bad_signature") << "graver than the date and the name, which core finds";
    EXPECT_EQ(refused.error().native_code(), 4711U) << "the library's code, as it gave it";
}

/// A certificate by hand: names, key (SubjectPublicKeyInfo) and extensions; valid from 2020 to 2049.
buffer certificate_by_hand(std::string_view issuer, std::string_view subject, const buffer& key,
                           const buffer& extensions) {
    const auto sequence = [](std::initializer_list<view> parts) { return seam::der::encode(0x30, parts); };
    const auto name = [&](std::string_view common_name) {
        const auto value = seam::der::encode(0x0c, {bytes(common_name)});
        const auto attribute = sequence({bytes({6, 3, 0x55, 4, 3}), value});
        const auto step = seam::der::encode(0x31, {attribute});
        return sequence({step});
    };
    const auto time = [](std::string_view text) { return seam::der::encode(0x17, {bytes(text)}); };
    const auto algorithm = bytes({0x30, 0x0a, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2});  // ECDSA with SHA-256
    const auto dates = sequence({time("200101000000Z"), time("490101000000Z")});
    const auto list = sequence({extensions});
    const auto wrapped = seam::der::encode(0xa3, {list});
    const auto issuer_name = name(issuer), subject_name = name(subject);
    const auto version = bytes({0xa0, 3, 2, 1, 2}), serial = bytes({2, 1, 7}), signature = bytes({3, 2, 0, 1});
    const auto tbs = sequence({version, serial, algorithm, issuer_name, dates, subject_name, key, wrapped});
    return sequence({tbs, algorithm, signature});
}

/// id-ecPublicKey on a curve, given by its OID with tag and length.
buffer ec_key(const buffer& curve) {
    const auto type = bytes({6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1});
    const auto algorithm = seam::der::encode(0x30, {type, curve});
    return seam::der::encode(0x30, {algorithm, bytes({3, 3, 0, 4, 1})});
}

TEST(Verify, WhoAcceptsAWeakKeyDoesNotAcceptASignatureThatIsNotIts) {
    const auto authority = bytes({0x30, 0x0c, 6, 3, 0x55, 0x1d, 0x13, 4, 5, 0x30, 3, 1, 1, 0xff});
    const auto p224 = bytes({6, 5, 0x2b, 0x81, 4, 0, 0x21});
    const auto p256 = bytes({6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7});
    const auto weak = certificate_by_hand("weak", "weak", ec_key(p224), authority);
    const auto verdict_on = [&](std::string_view name, bool accepts) {
        const auto leaf = certificate_by_hand("weak", name, ec_key(p256), {});
        verify_options options{.trust = or_throw(trust_store::parse(text(weak)))};
        options.clock = [] { return begin_of_2021; };
        if (accepts) {
            options.verification = {.callback = [](const chain_step&) { return true; },
                                    .insecure_may_accept = {cert_errc::weak_key}};
        }
        const auto verified = verify_chain(or_throw(certificate::parse_all(text(leaf))), options);
        return std::string(verified ? "ok" : tlseam::name(verified.error().certificate()));
    };
    EXPECT_EQ(verdict_on("good", false), "weak_key");
    EXPECT_EQ(verdict_on("good", true), "ok");
    EXPECT_EQ(verdict_on("bad-signature", false), "weak_key") << "what the refusal is called does not depend on it";
    EXPECT_EQ(verdict_on("bad-signature", true), "rejected");
}

TEST(Verify, AClockThatThrowsFailsTheHandshake) {
    pair_settings settings;
    settings.client.clock = []() -> sys_seconds { throw std::runtime_error("no time"); };
    engine_pair pair(settings);
    const auto failed = pair.handshake();
    EXPECT_EQ(word(failed), "callback_failed");
    EXPECT_NE(failed.error().message().find("clock"), std::string::npos);
    EXPECT_EQ(word(pair.client.write_some(bytes("x"))), "callback_failed") << "sticky";
    EXPECT_EQ(word(pair.server.handshake()), "alert_received");
}

TEST(Verify, SkippingIsSaidInTheInfo) {
    pair_settings settings;
    settings.client.insecure_skip_verification = true;
    settings.server.credentials = {identity("expired")};
    engine_pair careless(settings);
    ASSERT_EQ(word(careless.handshake()), "ok");
    EXPECT_FALSE(careless.client.info().peer_verified);
    EXPECT_EQ(careless.client.info().peer_certificates.size(), 2U);
    engine_pair careful;
    ASSERT_EQ(word(careful.handshake()), "ok");
    EXPECT_TRUE(careful.client.info().peer_verified);
    EXPECT_FALSE(careful.server.info().peer_verified);
    EXPECT_TRUE(careful.server.info().peer_certificates.empty());
}

// ---- clients ----

struct client_case {
    const char* credentials;  // null: none
    tlseam::client_auth asks;
    protocol_version version = protocol_version::tls1_3;
};

engine_pair pair_for(const client_case& c) {
    pair_settings settings(c.version);
    if (c.credentials != nullptr) settings.client.credentials = {identity(c.credentials)};
    settings.server.client_auth = c.asks;
    if (c.asks != client_auth::none) settings.server.client_trust = settings.client.trust;
    return engine_pair(settings);
}

TEST(Verify, ClientsWithACertificate) {
    for (const auto asks : {client_auth::optional, client_auth::required}) {
        engine_pair pair = pair_for({"client", asks});
        ASSERT_EQ(word(pair.handshake()), "ok");
        EXPECT_TRUE(pair.server.info().peer_verified) << "a client's certificate carries no name to match";
        ASSERT_EQ(pair.server.info().peer_certificates.size(), 2U);
        EXPECT_EQ(pair.server.info().peer_certificates[0].subject(), "CN=client");
        EXPECT_EQ(verdict(pair_for({"client-expired", asks}).handshake()), "expired");
        EXPECT_EQ(verdict(pair_for({"client-unknown-ca", asks}).handshake()), "unknown_ca");
    }
    engine_pair unasked = pair_for({"client", client_auth::none});
    ASSERT_EQ(word(unasked.handshake()), "ok");
    EXPECT_TRUE(unasked.server.info().peer_certificates.empty());
}

TEST(Verify, ClientsWithoutACertificate) {
    engine_pair optional = pair_for({nullptr, client_auth::optional});
    ASSERT_EQ(word(optional.handshake()), "ok");
    EXPECT_FALSE(optional.server.info().peer_verified);
    const std::pair<protocol_version, int> versions[] = {{protocol_version::tls1_3, 116},
                                                         {protocol_version::tls1_2, 40}};
    for (const auto& [version, alert] : versions) {
        engine_pair required = pair_for({nullptr, client_auth::required, version});
        const auto refused = required.handshake();
        ASSERT_EQ(word(refused), "certificate_required");
        EXPECT_EQ(refused.error().alert().value_or(0), alert);
        std::byte scratch[4];
        const auto told = required.client.read_some(scratch);
        ASSERT_EQ(word(told), "alert_received");
        EXPECT_EQ(told.error().alert().value_or(0), alert);
    }
}

TEST(Verify, AMalformedCertificateOfThePeer) {
    buffer message = bytes({11, 0, 0, 7, 0, 0, 0, 0, 2, 0x30, 0x00});
    engine_pair pair;
    reach_server_hello(pair);
    ASSERT_EQ(word(pair.client.feed(record(22, message))), "ok");
    EXPECT_EQ(verdict(pair.client.handshake()), "malformed");
}

}  // namespace
