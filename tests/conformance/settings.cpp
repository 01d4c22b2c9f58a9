// SPDX-License-Identifier: Apache-2.0
// Every setting there is does what it says on every backend: one row per field, each compared with the default.
#include <algorithm>
#include <span>
#include <string_view>
#include <tuple>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"
#include "tests/support/visits.hpp"

using namespace tlseam;
using namespace tlseam_test;
using namespace std::chrono_literals;

namespace {

constexpr auto before_all_certificates = 2019y / 6 / 1;

/// What both ends see of a setup, as far as a setting may change it.
struct sight {
    outcome seen;
    connection_info client;
    connection_info server;
};

sight look(const setup& s) {
    auto pair = new_pair(s);
    auto seen = run_handshake(pair);
    return {.seen = std::move(seen), .client = pair.client.info(), .server = pair.server.info()};
}

setup with_client_certificate() {
    setup s;
    s.client.credentials = {pki::identity("client")};
    s.server.client_auth = client_auth::required;
    s.server.client_trust = pki::trust();
    return s;
}

std::string subject_of(const connection_info& info) {
    return info.peer_certificates.empty() ? "nobody" : info.peer_certificates.front().subject();
}

/// A group that is not the first choice of any backend.
constexpr auto another_group = "secp384r1";

// ---- the rows: name of the field, and the proof ----

struct row {
    const char* field;
    void (*proof)();
};

// The default trusts the system's certificates, among which the root of the tests is not.
void client_trust() {
    setup s;
    EXPECT_TRUE(look(s).seen.complete());
    s.client.trust.reset();
    EXPECT_TRUE(refused_for(look(s).seen.client, cert_errc::unknown_ca));
    s.client.trust = pki::trust("other-root");
    EXPECT_TRUE(refused_for(look(s).seen.client, cert_errc::unknown_ca));
}

void client_credentials() {
    auto s = with_client_certificate();
    const auto shown = look(s);
    EXPECT_TRUE(ok(shown.seen.server));
    EXPECT_EQ(shown.server.peer_certificates, s.client.credentials.front().chain());
    s.client.credentials.clear();
    EXPECT_TRUE(fails_with(look(s).seen.server, errc::certificate_required));
}

void client_alpn() {
    setup s;
    s.server.alpn = {"h2", "http/1.1"};
    EXPECT_EQ(look(s).server.alpn, "");
    s.client.alpn = {"http/1.1"};
    EXPECT_EQ(look(s).server.alpn, "http/1.1");
}

void client_min_version() {
    setup s;
    s.server.max_version = protocol_version::tls1_2;
    EXPECT_EQ(look(s).server.version, protocol_version::tls1_2);
    s.client.min_version = protocol_version::tls1_3;
    EXPECT_TRUE(fails_with(look(s).seen.server, errc::no_shared_version));
}

void client_max_version() {
    setup s;
    EXPECT_EQ(look(s).server.version, protocol_version::tls1_3);
    s.client.max_version = protocol_version::tls1_2;
    EXPECT_EQ(look(s).server.version, protocol_version::tls1_2);
}

void client_insecure_skip_verification() {
    setup s;
    s.server.credentials = {pki::identity("self-signed")};
    EXPECT_TRUE(refused_for(look(s).seen.client, cert_errc::self_signed));
    s.client.insecure_skip_verification = true;
    const auto open = look(s);
    EXPECT_TRUE(open.seen.complete());
    EXPECT_FALSE(open.client.peer_verified);
    EXPECT_FALSE(open.client.peer_certificates.empty());
}

void client_clock() {
    setup s;
    EXPECT_TRUE(look(s).seen.complete());
    s.client.clock = pki::always(before_all_certificates);
    EXPECT_TRUE(refused_for(look(s).seen.client, cert_errc::not_yet_valid));
}

void client_groups() {
    setup s;
    EXPECT_NE(look(s).server.group_name, another_group);
    s.client.groups = {another_group};
    EXPECT_EQ(look(s).server.group_name, another_group);
}

// What is in it: verification_settings.cpp.
void client_verification() {
    setup s;
    s.server.credentials = {pki::identity("revoked")};
    EXPECT_TRUE(look(s).seen.complete());
    s.client.verification.crls = or_throw(crl_store::load_files({pki::file("crl.pem"), pki::file("root.crl.pem")}));
    EXPECT_TRUE(refused_for(look(s).seen.client, cert_errc::revoked));
}

/// The second of two connections with these contexts.
bool resumes(const contexts& made) {
    visit_once(made);
    return visit_once(made).resumed();
}

void client_resumption() {
    setup s;
    s.client = {.trust = pki::trust()};
    EXPECT_TRUE(resumes(contexts(s)));
    s.client.resumption = false;
    EXPECT_FALSE(resumes(contexts(s)));
}

void client_session_cache() {
    const auto kept = or_throw(session_cache::create());
    auto s = resuming(protocol_version::tls1_3);
    visit_once(contexts(s));
    EXPECT_EQ(kept.size(), 0U);
    s.client.session_cache = kept;
    visit_once(contexts(s));
    EXPECT_EQ(kept.size(), 1U);
}

void client_on_session() {
    session_list list;
    auto s = resuming(protocol_version::tls1_3);
    s.client.on_session = list.sink();
    visit_once(contexts(s));
    EXPECT_EQ(list.size(), 1U);
}

void server_resumption() {
    auto s = resuming(protocol_version::tls1_3);
    EXPECT_TRUE(resumes(contexts(s)));
    s.server.resumption = false;
    EXPECT_FALSE(resumes(contexts(s)));
}

void server_ticket_keys() {
    auto s = resuming(protocol_version::tls1_3);
    contexts made(s);
    visit_once(made);
    made.server = contexts(s).server;
    EXPECT_FALSE(visit_once(made).resumed());
    s.server.ticket_keys = or_throw(ticket_keys::generate());
    contexts shared(s);
    visit_once(shared);
    shared.server = contexts(s).server;
    EXPECT_TRUE(visit_once(shared).resumed());
}

void server_ticket_lifetime() {
    session_list list;
    auto s = resuming(protocol_version::tls1_3);
    s.client.clock = pki::always(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
    s.client.on_session = list.sink();
    visit_once(contexts(s));
    EXPECT_EQ(list.last().expires(), s.client.clock() + 2h);
    s.server.ticket_lifetime = 60s;
    visit_once(contexts(s));
    EXPECT_EQ(list.last().expires(), s.client.clock() + 60s);
}

void option_session() {
    session_list list;
    auto s = resuming(protocol_version::tls1_3);
    s.client.on_session = list.sink();
    const contexts made(s);
    visit_once(made);
    contexts other(s);
    other.server = made.server;
    EXPECT_FALSE(visit_once(other).resumed());
    contexts another(s);
    another.server = made.server;
    EXPECT_TRUE(visit_once(another, list.last()).resumed());
}

template <class End>
void exports_keys(bool End::*wanted, End setup::*end, engine engine_pair::*which) {
    setup s;
    std::byte key[16];
    auto without = open_pair(s);
    EXPECT_TRUE(fails_with((without.*which).export_keying_material(key, "EXPERIMENTAL-tlseam-test"), errc::misuse));
    (s.*end).*wanted = true;
    auto with = open_pair(s);
    EXPECT_TRUE(ok((with.*which).export_keying_material(key, "EXPERIMENTAL-tlseam-test")));
}

void client_exporter() { exports_keys(&client_settings::exporter, &setup::client, &engine_pair::client); }

template <class End>
void logs_keys(End setup::*end) {
    setup s;
    std::string log;
    EXPECT_FALSE((s.*end).key_log);
    (s.*end).key_log = [&](std::string_view line) { log.append(line) += '\n'; };
    EXPECT_TRUE(look(s).seen.complete());
    EXPECT_NE(log.find("CLIENT_TRAFFIC_SECRET_0 "), std::string::npos) << log;
}

void client_key_log() { logs_keys(&setup::client); }

/// Neither is the first choice of any backend.
const std::vector<std::string> other_suites = {"TLS_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"};

void client_cipher_suites() {
    setup s;
    EXPECT_NE(look(s).server.cipher_suite_name, other_suites.front());
    s.client.cipher_suites = other_suites;
    EXPECT_EQ(look(s).server.cipher_suite_name, other_suites.front());
}

void client_signature_schemes() {
    setup s;
    EXPECT_TRUE(look(s).seen.complete());
    s.client.signature_schemes = {"rsa_pss_rsae_sha256"};  // the server's key is on P-256
    EXPECT_TRUE(fails_with(look(s).seen.server, errc::no_shared_parameters));
}

void client_profile() {
    setup s;
    s.server.max_version = protocol_version::tls1_2;
    EXPECT_TRUE(look(s).seen.complete());
    s.client.profile = profile::modern;
    EXPECT_TRUE(fails_with(look(s).seen.server, errc::no_shared_version));
}

std::size_t first_write(tlseam::engine& from) {
    const std::vector<std::byte> data(20000);
    return from.write_some(data).value_or(0);
}

void client_max_record_size() {
    setup s;
    auto open = open_pair(s);
    EXPECT_EQ(first_write(open.client), 16384U);
    s.client.max_record_size = 1024;
    auto bounded = open_pair(s);
    EXPECT_EQ(first_write(bounded.client), 1024U);
    EXPECT_EQ(first_write(bounded.server), 16384U);
}

void server_credentials() {
    setup s;
    const auto first = look(s);
    EXPECT_EQ(first.client.peer_certificates, s.server.credentials.front().chain());
    s.server.credentials = {pki::identity("server-rsa")};
    const auto second = look(s);
    EXPECT_EQ(second.client.peer_certificates, s.server.credentials.front().chain());
    EXPECT_NE(subject_of(first.client), subject_of(second.client));
    s.server.credentials.clear();  // there is no default
    EXPECT_TRUE(fails_with(context::server(s.server), errc::invalid_argument));
}

void server_alpn() {
    setup s;
    s.client.alpn = {"h2", "http/1.1"};
    EXPECT_EQ(look(s).client.alpn, "");
    s.server.alpn = {"http/1.1"};
    EXPECT_EQ(look(s).client.alpn, "http/1.1");
}

void server_client_auth() {
    setup s;
    s.client.credentials = {pki::identity("client")};
    EXPECT_EQ(subject_of(look(s).server), "nobody");
    s.server.client_trust = pki::trust();
    s.server.client_auth = client_auth::optional;
    EXPECT_NE(subject_of(look(s).server), "nobody");
    s.client.credentials.clear();
    EXPECT_TRUE(look(s).seen.complete());
    s.server.client_auth = client_auth::required;
    EXPECT_TRUE(fails_with(look(s).seen.server, errc::certificate_required));
    s.server.client_auth = client_auth::on_request;
    if (backend().supports(feature::post_handshake_auth)) {
        s.client.credentials = {pki::identity("client")};
        EXPECT_EQ(subject_of(look(s).server), "nobody");
    } else {
        EXPECT_TRUE(fails_with(context::server(s.server), errc::unsupported));
    }
}

void server_client_trust() {
    auto s = with_client_certificate();
    EXPECT_TRUE(look(s).server.peer_verified);
    s.server.client_trust = pki::trust("other-root");
    EXPECT_TRUE(refused_for(look(s).seen.server, cert_errc::unknown_ca));
    s.server.client_trust.reset();  // nobody by default: neither the system's anchors nor no check at all
    EXPECT_TRUE(fails_with(context::server(s.server), errc::invalid_argument));
}

void server_min_version() {
    setup s;
    s.client.max_version = protocol_version::tls1_2;
    EXPECT_EQ(look(s).client.version, protocol_version::tls1_2);
    s.server.min_version = protocol_version::tls1_3;
    EXPECT_TRUE(fails_with(look(s).seen.server, errc::no_shared_version));
}

void server_max_version() {
    setup s;
    EXPECT_EQ(look(s).client.version, protocol_version::tls1_3);
    s.server.max_version = protocol_version::tls1_2;
    EXPECT_EQ(look(s).client.version, protocol_version::tls1_2);
}

void server_clock() {
    auto s = with_client_certificate();
    EXPECT_TRUE(look(s).seen.complete());
    s.server.clock = pki::always(before_all_certificates);
    EXPECT_TRUE(refused_for(look(s).seen.server, cert_errc::not_yet_valid));
}

void server_groups() {
    setup s;
    EXPECT_NE(look(s).client.group_name, another_group);
    s.server.groups = {another_group};
    EXPECT_EQ(look(s).client.group_name, another_group);
}

void server_verification() {
    auto s = with_client_certificate();
    EXPECT_TRUE(look(s).seen.complete());
    s.server.verification.crls = or_throw(crl_store::load_file(pki::file("expired.crl.pem")));
    EXPECT_TRUE(refused_for(look(s).seen.server, cert_errc::revocation_unavailable));
}

// What it does: server_names.cpp.
void server_names() {
    setup s;
    s.names = {.server_name = "server.tlseam.test"};
    const auto other = or_throw(context::server({.credentials = {pki::identity("server-rsa")}}));
    EXPECT_EQ(look(s).client.peer_certificates, pki::identity("server").chain());
    s.server.names = {{"server.tlseam.test", other}};
    EXPECT_EQ(look(s).client.peer_certificates, pki::identity("server-rsa").chain());
}

void server_unknown_name() {
    setup s;
    s.names = {.server_name = "unknown.tlseam.test", .verified_name = "localhost"};
    EXPECT_TRUE(look(s).seen.complete());
    s.server.unknown_name = unknown_name::refuse;
    EXPECT_TRUE(fails_with(look(s).seen.server, errc::unrecognized_name));
}

// What it may answer: hello_callback.cpp.
void server_on_hello() {
    setup s;
    EXPECT_TRUE(look(s).seen.complete());
    s.server.on_hello = [](const hello_summary&) -> result<hello_answer> { return hello_answer::refuse(); };
    EXPECT_TRUE(fails_with(look(s).seen.server, errc::callback_failed));
}

void server_exporter() { exports_keys(&server_settings::exporter, &setup::server, &engine_pair::server); }

void server_key_log() { logs_keys(&setup::server); }

void server_cipher_suites() {
    setup s;
    EXPECT_NE(look(s).client.cipher_suite_name, other_suites.front());
    s.server.cipher_suites = other_suites;
    EXPECT_EQ(look(s).client.cipher_suite_name, other_suites.front());
}

void server_signature_schemes() {
    setup s;
    s.client.signature_schemes = {"ecdsa_secp256r1_sha256", "rsa_pss_rsae_sha256"};
    EXPECT_TRUE(look(s).seen.complete());
    s.server.credentials = {pki::identity("server-rsa")};
    EXPECT_TRUE(look(s).seen.complete());
    s.server.signature_schemes = {"rsa_pss_rsae_sha512"};
    EXPECT_TRUE(fails_with(look(s).seen.server, errc::no_shared_parameters));
}

void server_profile() {
    setup s;
    EXPECT_NE(look(s).client.group_name, "secp256r1");
    s.server.profile = profile::fips_approved_algorithms;
    EXPECT_EQ(look(s).client.group_name, "secp256r1");
}

void server_max_record_size() {
    setup s;
    s.server.max_record_size = 512;
    auto bounded = open_pair(s);
    EXPECT_EQ(first_write(bounded.server), 512U);
    EXPECT_EQ(first_write(bounded.client), 16384U);
}

external_psk some_key() { return or_throw(external_psk::make("device", std::vector<std::byte>(32, std::byte{7}))); }

// What it does: psk.cpp.
void client_psk() {
    setup s;
    s.server.psks = {some_key()};
    EXPECT_EQ(look(s).server.psk_identity, "");
    s.client = {.min_version = protocol_version::tls1_3, .psk = some_key()};
    EXPECT_EQ(look(s).server.psk_identity, "device");
}

// What comes of it: post_handshake_auth.cpp.
void client_post_handshake_auth() {
    setup s;
    s.client.credentials = {pki::identity("client")};
    if (!backend().supports(feature::post_handshake_auth)) {
        s.client.post_handshake_auth = true;
        EXPECT_TRUE(fails_with(context::client(s.client), errc::unsupported));
        return;
    }
    s.server.client_auth = client_auth::on_request;
    s.server.client_trust = pki::trust();
    auto without = open_pair(s);
    EXPECT_TRUE(fails_with(without.server.request_certificate(), errc::unsupported));
    s.client.post_handshake_auth = true;
    auto with = open_pair(s);
    EXPECT_TRUE(ok(with.server.request_certificate()));
}

void server_psks() {
    setup s{.client = {.min_version = protocol_version::tls1_3, .psk = some_key()}};
    EXPECT_TRUE(fails_with(look(s).seen.client, errc::psk_refused));
    s.server.psks = {some_key()};
    EXPECT_EQ(look(s).client.psk_identity, "device");
}

void server_find_psk() {
    setup s{.client = {.min_version = protocol_version::tls1_3, .psk = some_key()}};
    EXPECT_TRUE(fails_with(look(s).seen.client, errc::psk_refused));
    s.server.find_psk = [](std::string_view) { return std::optional(some_key()); };
    EXPECT_EQ(look(s).client.psk_identity, "device");
}

void server_find_psk_tls1_2() {
    const auto key = or_throw(external_psk::make_tls1_2("device", std::vector<std::byte>(32, std::byte{8})));
    setup s{.client = {.max_version = protocol_version::tls1_2, .psk = key}};
    EXPECT_TRUE(fails_with(look(s).seen.server, errc::no_shared_parameters));
    s.server.find_psk_tls1_2 = [&](std::string_view) { return std::optional(key); };
    EXPECT_EQ(look(s).client.psk_identity, "device");
}

void option_server_name() {
    setup s;
    s.names = {.verified_name = "localhost"};
    EXPECT_EQ(look(s).server.server_name, "");
    s.names.server_name = "server.tlseam.test";
    EXPECT_EQ(look(s).server.server_name, "server.tlseam.test");
}

void option_verified_name() {
    setup s;
    EXPECT_TRUE(look(s).seen.complete());
    s.names.verified_name = "other.tlseam.test";
    const auto refused = look(s);
    EXPECT_TRUE(refused_for(refused.seen.client, cert_errc::name_mismatch));
    s.names = {.server_name = "other.tlseam.test", .verified_name = "localhost"};
    const auto open = look(s);
    EXPECT_TRUE(open.seen.complete());
    EXPECT_EQ(open.server.server_name, "other.tlseam.test");
}

// ---- the tables ----

constexpr row client_rows[] = {
    {"trust", client_trust},
    {"credentials", client_credentials},
    {"alpn", client_alpn},
    {"min_version", client_min_version},
    {"max_version", client_max_version},
    {"insecure_skip_verification", client_insecure_skip_verification},
    {"clock", client_clock},
    {"groups", client_groups},
    {"verification", client_verification},
    {"resumption", client_resumption},
    {"session_cache", client_session_cache},
    {"on_session", client_on_session},
    {"exporter", client_exporter},
    {"key_log", client_key_log},
    {"cipher_suites", client_cipher_suites},
    {"signature_schemes", client_signature_schemes},
    {"profile", client_profile},
    {"max_record_size", client_max_record_size},
    {"psk", client_psk},
    {"post_handshake_auth", client_post_handshake_auth},
};

constexpr row server_rows[] = {
    {"credentials", server_credentials},
    {"alpn", server_alpn},
    {"client_auth", server_client_auth},
    {"client_trust", server_client_trust},
    {"min_version", server_min_version},
    {"max_version", server_max_version},
    {"clock", server_clock},
    {"groups", server_groups},
    {"verification", server_verification},
    {"names", server_names},
    {"unknown_name", server_unknown_name},
    {"on_hello", server_on_hello},
    {"resumption", server_resumption},
    {"ticket_keys", server_ticket_keys},
    {"ticket_lifetime", server_ticket_lifetime},
    {"exporter", server_exporter},
    {"key_log", server_key_log},
    {"cipher_suites", server_cipher_suites},
    {"signature_schemes", server_signature_schemes},
    {"profile", server_profile},
    {"max_record_size", server_max_record_size},
    {"psks", server_psks},
    {"find_psk", server_find_psk},
    {"find_psk_tls1_2", server_find_psk_tls1_2},
};

constexpr row option_rows[] = {
    {"server_name", option_server_name},
    {"verified_name", option_verified_name},
    {"session", option_session},
};

// A field more than there are names here does not compile, nor does a name without a row of its own.
[[maybe_unused]] auto fields_of(const client_settings& s) {
    const auto& [trust, credentials, alpn, min_version, max_version, skip, clock, groups, verification, resumption,
                 session_cache, on_session, exporter, key_log, suites, schemes, profile, record_size, psk, later_auth] =
        s;
    return std::tie(trust, credentials, alpn, min_version, max_version, skip, clock, groups, verification, resumption,
                    session_cache, on_session, exporter, key_log, suites, schemes, profile, record_size, psk,
                    later_auth);
}
[[maybe_unused]] auto fields_of(const server_settings& s) {
    const auto& [credentials, alpn, client_auth, client_trust, min_version, max_version, clock, groups, verification,
                 names, unknown_name, on_hello, resumption, ticket_keys, ticket_lifetime, exporter, key_log, suites,
                 schemes, profile, record_size, psks, find_psk, find_psk_tls1_2] = s;
    return std::tie(credentials, alpn, client_auth, client_trust, min_version, max_version, clock, groups, verification,
                    names, unknown_name, on_hello, resumption, ticket_keys, ticket_lifetime, exporter, key_log, suites,
                    schemes, profile, record_size, psks, find_psk, find_psk_tls1_2);
}
[[maybe_unused]] auto fields_of(const connect_options& o) {
    const auto& [server_name, verified_name, session] = o;
    return std::tie(server_name, verified_name, session);
}

template <class Settings>
consteval bool has_a_row_per_field(std::span<const row> rows) {
    for (const row& one : rows) {
        const auto same = [&](const row& other) { return std::string_view(one.field) == other.field; };
        if (std::ranges::count_if(rows, same) != 1) return false;
    }
    return rows.size() == std::tuple_size_v<decltype(fields_of(std::declval<const Settings&>()))>;
}
static_assert(has_a_row_per_field<client_settings>(client_rows));
static_assert(has_a_row_per_field<server_settings>(server_rows));
static_assert(has_a_row_per_field<connect_options>(option_rows));

void PrintTo(const row& r, std::ostream* out) { *out << r.field; }

class setting : public testing::TestWithParam<row> {};
const auto field_name = [](const testing::TestParamInfo<row>& info) { return std::string(info.param.field); };
INSTANTIATE_TEST_SUITE_P(of_client, setting, testing::ValuesIn(client_rows), field_name);
INSTANTIATE_TEST_SUITE_P(of_server, setting, testing::ValuesIn(server_rows), field_name);
INSTANTIATE_TEST_SUITE_P(of_connection, setting, testing::ValuesIn(option_rows), field_name);

TEST_P(setting, does_what_it_says) { GetParam().proof(); }

}  // namespace
