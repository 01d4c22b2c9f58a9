// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/setups.hpp"

#include <algorithm>
#include <functional>
#include <stdexcept>

#include "tests/places.hpp"

namespace tlseam_fuzz {
namespace {

using namespace tlseam;

constexpr auto tls1_2 = protocol_version::tls1_2, tls1_3 = protocol_version::tls1_3;

std::string certs() { return std::string(places::tree) + "/certs/"; }

credentials identity(const std::string& name) {
    const std::string base = certs() + name;
    return or_throw(credentials::load_cert_chain(base + ".crt", base + ".key"));
}

trust_store root() { return or_throw(trust_store::load_file(certs() + "root.crt")); }

std::chrono::sys_seconds today() { return std::chrono::sys_days(std::chrono::year(2026) / 6 / 1); }

/// Groups that every library has: what they make of the same bytes can be compared.
std::vector<std::string> common_groups() { return {"x25519", "secp256r1", "secp384r1"}; }

/// Both ends, before they are compiled.
struct ends {
    client_settings client = {
        .trust = root(), .clock = today, .groups = common_groups(), .resumption = false, .exporter = true};
    server_settings server = {
        .credentials = {identity("server")}, .clock = today, .groups = common_groups(), .exporter = true};
};

ends only(protocol_version version) {
    ends out;
    out.client.min_version = out.client.max_version = out.server.min_version = out.server.max_version = version;
    return out;
}

ends with_client_auth(protocol_version version) {
    ends out = only(version);
    out.client.credentials = {identity("client")};
    out.server.client_auth = client_auth::required;
    out.server.client_trust = root();
    return out;
}

ends with_retry() {
    ends out = only(tls1_3);
    out.client.groups = {"x25519", "secp256r1"};
    out.server.groups = {"secp256r1"};
    return out;
}

ends with_psk(protocol_version version) {
    const auto key = as_bytes("a key of at least sixteen bytes!");
    const auto psk = or_throw(version == tls1_2 ? external_psk::make_tls1_2("me", key) : external_psk::make("me", key));
    ends out = only(version);
    out.client = {
        .min_version = version, .max_version = version, .groups = common_groups(), .exporter = true, .psk = psk};
    out.server.credentials.clear();
    out.server.psks = {psk};
    return out;
}

ends with_alpn() {
    ends out;
    out.client.alpn = out.server.alpn = {"h2", "http/1.1"};
    out.server.credentials.push_back(identity("server-rsa"));
    return out;
}

ends with_rsa() {
    ends out = only(tls1_2);
    out.server.credentials = {identity("server-rsa")};
    return out;
}

/// A whole connection, for the sake of the session that it gives.
void visit(const context& client_context, const context& server_context) {
    auto client = or_throw(engine::create(client_context, {.server_name = "localhost"}));
    auto server = or_throw(engine::create(server_context));
    std::byte room[256];
    for (int turn = 0; turn < 8; ++turn) {
        (void)client.read_some(room);
        or_throw(server.feed(client.output()));
        client.consume_output(client.output().size());
        (void)server.read_some(room);
        or_throw(client.feed(server.output()));
        server.consume_output(server.output().size());
    }
}

setup resuming(std::string name, protocol_version version) {
    ends both = only(version);
    both.client.resumption = true;
    std::vector<session> given;
    both.client.on_session = [&given](const session& fresh) { given.push_back(fresh); };
    const context server = or_throw(context::server(both.server));
    visit(or_throw(context::client(both.client)), server);
    if (given.empty()) throw std::runtime_error(name + ": no session");
    both.client.on_session = {};
    both.client.session_cache = or_throw(session_cache::create(1));
    return {.name = std::move(name),
            .client = or_throw(context::client(both.client)),
            .server = server,
            .session = or_throw(given.back().serialize()),
            .cache = both.client.session_cache};
}

setup plain(std::string name, const ends& both) {
    return {.name = std::move(name),
            .client = or_throw(context::client(both.client)),
            .server = or_throw(context::server(both.server))};
}

std::vector<setup> make_all() {
    std::vector<setup> out;
    out.push_back(plain("TLS 1.3", only(tls1_3)));
    out.push_back(plain("TLS 1.2", only(tls1_2)));
    out.push_back(plain("both versions", ends()));
    out.push_back(plain("client certificate, TLS 1.3", with_client_auth(tls1_3)));
    out.push_back(plain("client certificate, TLS 1.2", with_client_auth(tls1_2)));
    out.push_back(plain("HelloRetryRequest", with_retry()));
    out.push_back(plain("ALPN, two credentials", with_alpn()));
    out.push_back(plain("RSA, TLS 1.2", with_rsa()));
    out.push_back(plain("pre-shared key, TLS 1.3", with_psk(tls1_3)));
    out.push_back(plain("pre-shared key, TLS 1.2", with_psk(tls1_2)));
    out[out.size() - 2].has_certificate = out.back().has_certificate = false;
    out.push_back(resuming("resumption, TLS 1.3", tls1_3));
    out.push_back(resuming("resumption, TLS 1.2", tls1_2));
    ends every_group = only(tls1_3);
    every_group.client.groups = every_group.server.groups = {};
    out.push_back(plain("key updates, every group", every_group));
    out.back().updates_keys = true;
    return out;
}

}  // namespace

const std::vector<setup>& setups() {
    // Never freed: the libraries have exit handlers of their own, which may come first.
    static const auto& all = *new std::vector<setup>(make_all());
    return all;
}

const setup& setup_of(std::size_t number) { return setups()[number % setups().size()]; }

engine new_client(const setup& it) {
    connect_options options = {.server_name = "localhost"};
    if (!it.session.empty()) options.session = or_throw(session::parse(it.session));
    if (it.cache) it.cache->clear();
    return or_throw(engine::create(it.client, options));
}

engine new_server(const setup& it) { return or_throw(engine::create(it.server)); }

void check_error(const error& e) {
    using enum errc;
    constexpr errc allowed[] = {want_read,
                                alert_received,
                                certificate_refused,
                                certificate_required,
                                no_shared_version,
                                no_shared_parameters,
                                no_application_protocol,
                                unrecognized_name,
                                psk_refused,
                                plaintext_http,
                                not_tls,
                                protocol_error,
                                bad_record_mac,
                                too_large,
                                truncated};
    if (std::ranges::find(allowed, e.code()) != std::end(allowed)) return;
    broken((std::string(name(e.code())) + ": " + e.message()).c_str(), __FILE__, __LINE__);
}

}  // namespace tlseam_fuzz
