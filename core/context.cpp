// SPDX-License-Identifier: Apache-2.0
#include <tlseam/context.hpp>

#include <algorithm>
#include <type_traits>

#include "core/choose_parameters.hpp"
#include "core/data.hpp"
#include "core/fail.hpp"
#include "core/lack_of_memory.hpp"
#include "core/policy.hpp"
#include "core/post_handshake_auth.hpp"
#include "core/resumption_scope.hpp"

namespace tlseam {
namespace {

using namespace seam;

/// RFC 7301 3.1: names of 1 to 255 bytes, the list at most 65,535 with its length bytes.
result<void> check_alpn(const std::vector<std::string>& alpn) {
    std::size_t size = 0;
    for (std::size_t i = 0; i < alpn.size(); ++i) {
        const std::string& name = alpn[i];
        if (name.empty()) return fail(errc::invalid_argument, "alpn: a protocol name is empty");
        if (name.size() > 255) {
            return fail(errc::invalid_argument,
                        "alpn: a protocol name has " + std::to_string(name.size()) + " bytes, more than 255");
        }
        if (std::ranges::count(alpn, name) > 1) return fail(errc::invalid_argument, "alpn: a protocol is given twice");
        size += name.size() + 1;
    }
    const auto needs_any_bytes = [](const std::string& name) { return name.find_first_of({",\0", 2}) != name.npos; };
    if (!backend_supports(feature::alpn_any_bytes) && std::ranges::any_of(alpn, needs_any_bytes)) {
        return fail(errc::unsupported, "alpn: a protocol name has a comma or a zero byte in it, which " +
                                           std::string(backend_name()) + " cannot do");
    }
    if (size > 65535) return fail(errc::invalid_argument, "alpn: the list is longer than 65,535 bytes");
    return {};
}

bool is_version(protocol_version v) { return v == protocol_version::tls1_2 || v == protocol_version::tls1_3; }

result<void> check_versions(protocol_version min, protocol_version max) {
    if (!is_version(min) || !is_version(max)) {
        return fail(errc::invalid_argument, "min_version and max_version must be TLS 1.2 or TLS 1.3");
    }
    if (min > max) return fail(errc::invalid_argument, "min_version is above max_version");
    return {};
}

/// RFC 8446 5.1: 2^14 bytes are the most. Far less than a network's packet is of no use to anybody.
result<void> check_record_size(std::size_t size) {
    constexpr std::size_t least = 512;
    if (size >= least && size <= max_record) return {};
    return fail(errc::invalid_argument,
                "max_record_size: " + std::to_string(size) + " is not within 512 to 16384 bytes");
}

/// What both roles have in common.
template <class Settings>
result<void> check(const Settings& settings) {
    if (auto good = check_versions(settings.min_version, settings.max_version); !good) return good;
    if (auto good = check_alpn(settings.alpn); !good) return good;
    return check_record_size(settings.max_record_size);
}

result<void> check_staples(std::span<const candidate> candidates) {
    const auto has_one = [](const candidate& it) { return it.staple != nullptr; };
    if (std::ranges::none_of(candidates, has_one)) return {};
    return fail(errc::invalid_argument, "credentials: a client's OCSP response would be sent to nobody");
}

/// A server's library gets one of its credentials only, the one that core chooses for a connection.
result<std::vector<std::shared_ptr<const native_context>>> make_natives(context_config config,
                                                                        std::span<const candidate> candidates) {
    std::vector<std::shared_ptr<const native_context>> out;
    const std::size_t count = config.role == role::server ? candidates.size() : 1;
    for (std::size_t i = 0; i < count; ++i) {
        if (config.role == role::server) {
            config.credentials = candidates[i].native;
            config.staple = candidates[i].staple;
        }
        auto made = with_memory([&] { return make_context(config); });
        if (!made) return std::unexpected(made.error());
        out.push_back(std::move(*made));
    }
    return out;
}

/// What resumption needs beyond the settings that both roles have.
struct resumption_choice {
    std::shared_ptr<detail::ticket_key_data> tickets = {};
    std::chrono::seconds ticket_lifetime = {};
    std::chrono::seconds renew_tickets = {};
    bool take_sessions = false;
    std::shared_ptr<detail::session_store> sessions = {};
    std::function<void(const session&)> on_session = {};
};

result<resumption_choice> choose_sessions(const client_settings& settings) {
    if (settings.psk || settings.post_handshake_auth) return resumption_choice{};
    if (!settings.resumption) {
        if (settings.session_cache) return fail(errc::invalid_argument, "session_cache: resumption is off");
        if (settings.on_session) return fail(errc::invalid_argument, "on_session: resumption is off");
        return resumption_choice{};
    }
    auto cache = settings.session_cache ? result<session_cache>(*settings.session_cache) : session_cache::create();
    if (!cache) return std::unexpected(cache.error());
    return resumption_choice{.take_sessions = true, .sessions = cache->data(), .on_session = settings.on_session};
}

/// A ticket would let a client in again without showing its certificate.
result<resumption_choice> choose_tickets(const server_settings& settings) {
    const bool asks = settings.client_auth != client_auth::none;
    if (settings.ticket_keys && asks) {
        return fail(errc::invalid_argument, "ticket_keys: with client_auth, no tickets are issued");
    }
    if (settings.ticket_keys && !settings.resumption) {
        return fail(errc::invalid_argument, "ticket_keys: resumption is off, no tickets are issued");
    }
    constexpr auto longest = std::chrono::days(7);  // RFC 8446 4.6.1
    if (settings.ticket_lifetime < std::chrono::seconds(1) || settings.ticket_lifetime > longest) {
        return fail(errc::invalid_argument, "ticket_lifetime: " + std::to_string(settings.ticket_lifetime.count()) +
                                                " seconds are not 1 to 604800");
    }
    if (asks || !settings.resumption || settings.credentials.empty()) return resumption_choice{};
    auto keys = settings.ticket_keys ? result<ticket_keys>(*settings.ticket_keys) : ticket_keys::generate();
    if (!keys) return std::unexpected(keys.error());
    return resumption_choice{.tickets = keys->data(),
                             .ticket_lifetime = settings.ticket_lifetime,
                             .renew_tickets = settings.ticket_keys ? std::chrono::seconds() : settings.ticket_lifetime};
}

template <class Settings>
result<context> build(role role, const Settings& settings, std::shared_ptr<const detail::trust_data> trust,
                      client_auth client_auth, resumption_choice resumption) {
    std::optional<verification> how;
    if (trust) {
        const tlseam::role peer = role == role::client ? role::server : role::client;
        auto made = make_verification(std::move(trust), peer, settings.clock, settings.verification);
        if (!made) return std::unexpected(made.error());
        how = std::move(*made);
    }
    std::vector<key_shape> keys;
    for (const credentials& identity : settings.credentials) keys.push_back(shape_of(identity.chain().front()));
    auto chosen =
        choose_parameters({role, settings.profile, settings.min_version, settings.max_version, settings.cipher_suites,
                           settings.groups, settings.signature_schemes, keys, tls1_2_use(settings)});
    if (!chosen) return std::unexpected(chosen.error());
    if (auto good = check_post_handshake_auth(settings, chosen->max_version); !good) {
        return std::unexpected(good.error());
    }
    const auto shares = policy::key_shares(chosen->lists.groups);
    psk_rules by_key;
    if constexpr (std::is_same_v<Settings, client_settings>) {
        auto made = make_psk_rules(settings, *chosen);
        if (!made) return std::unexpected(made.error());
        by_key = std::move(*made);
    }
    std::vector<candidate> candidates;
    for (const credentials& identity : settings.credentials) {
        candidates.push_back(make_candidate(identity, chosen->lists.signature_schemes, chosen->lists.cipher_suites));
    }
    if (auto distinct = check_candidates(role, candidates); !distinct) return std::unexpected(distinct.error());
    if (role == role::client) {
        if (auto sent = check_staples(candidates); !sent) return std::unexpected(sent.error());
    }

    context_config config;
    config.role = role;
    std::vector<std::shared_ptr<const native_credentials>> for_servers;
    if (role == role::client) {
        for (const candidate& one : candidates) for_servers.push_back(one.native);
    }
    config.client_credentials = for_servers;
    config.verify_peer = how.has_value();
    config.ask_for_staple = how && how->more.ocsp != ocsp_stapling::off;
    config.client_auth = client_auth;
    config.min_version = chosen->min_version;
    config.max_version = chosen->max_version;
    config.cipher_suites = chosen->lists.cipher_suites;
    config.groups = chosen->lists.groups;
    config.key_shares = shares;
    config.signature_schemes = chosen->lists.signature_schemes;
    config.issue_tickets = resumption.tickets != nullptr;
    config.ticket_lifetime = resumption.ticket_lifetime;
    config.take_sessions = resumption.take_sessions;
    config.key_log = static_cast<bool>(settings.key_log);
    if (by_key.offered) config.psk = by_key.offered->version;
    if constexpr (std::is_same_v<Settings, client_settings>) config.post_handshake_auth = settings.post_handshake_auth;
    auto natives = make_natives(config, candidates);
    if (!natives) return std::unexpected(natives.error());

    const auto scope = digest_scope(config, how, settings.credentials);
    if (!scope) return std::unexpected(scope.error());

    auto data = std::make_shared<detail::context_data>();
    data->role = role;
    data->candidates = std::move(candidates);
    data->natives = std::move(*natives);
    data->min_version = chosen->min_version;
    data->max_version = chosen->max_version;
    data->alpn = settings.alpn;
    data->cipher_suites = chosen->lists.cipher_suites;
    data->groups = chosen->lists.groups;
    data->signature_schemes = chosen->lists.signature_schemes;
    data->max_record_size = settings.max_record_size;
    data->client_auth = client_auth;
    data->scope = *scope;
    data->clock = settings.clock;
    data->tickets = std::move(resumption.tickets);
    data->renew_tickets = resumption.renew_tickets;
    data->resumption = resumption.take_sessions;
    data->sessions = std::move(resumption.sessions);
    data->on_session = std::move(resumption.on_session);
    data->verification = std::move(how);
    if constexpr (std::is_same_v<Settings, server_settings>) {
        auto names = server_names::make(settings);
        if (!names) return std::unexpected(names.error());
        data->names = std::move(*names);
        auto made = make_psk_rules(settings, *chosen, config);
        if (!made) return std::unexpected(made.error());
        by_key = std::move(*made);
    }
    data->exporter = settings.exporter;
    data->key_log = settings.key_log;
    data->psk = std::move(by_key);
    data->post_handshake_auth = config.post_handshake_auth;
    return context(std::move(data));
}

}  // namespace

inline namespace v0 {

result<context> context::client(const client_settings& settings) noexcept {
    return guarded([&]() -> result<context> {
        if (auto good = check(settings); !good) return std::unexpected(good.error());
        if (auto good = check_psk(settings); !good) return std::unexpected(good.error());
        std::shared_ptr<const detail::trust_data> trust;
        if (settings.insecure_skip_verification) {
            if (asks_for_anything(settings.verification)) {
                return fail(errc::invalid_argument,
                            "verification: insecure_skip_verification would ignore what is set there");
            }
        } else if (settings.psk) {
            // Nobody shows a certificate.
        } else if (settings.trust) {
            trust = settings.trust->data();
        } else {
            auto system = trust_store::system();
            if (!system) return std::unexpected(system.error());
            trust = system->data();
        }
        auto sessions = choose_sessions(settings);
        if (!sessions) return std::unexpected(sessions.error());
        return build(role::client, settings, std::move(trust), client_auth::none, std::move(*sessions));
    });
}

result<context> context::client() noexcept { return client(client_settings{}); }

result<context> context::server(const server_settings& settings) noexcept {
    return guarded([&]() -> result<context> {
        if (auto good = check(settings); !good) return std::unexpected(good.error());
        if (auto good = check_psk(settings); !good) return std::unexpected(good.error());
        if (settings.credentials.empty() && settings.psks.empty() && !settings.find_psk && !settings.find_psk_tls1_2) {
            return fail(errc::invalid_argument,
                        "credentials: a server needs a certificate chain and its key, or pre-shared keys in psks");
        }
        const bool asks = settings.client_auth != client_auth::none;
        if (asks && !settings.client_trust) {
            return fail(errc::invalid_argument, "client_trust: client_auth needs to know who may issue certificates");
        }
        if (!asks && settings.client_trust) {
            return fail(errc::invalid_argument, "client_trust is set, but client_auth does not ask for certificates");
        }
        if (!asks && asks_for_anything(settings.verification)) {
            return fail(errc::invalid_argument, "verification is set, but client_auth does not ask for certificates");
        }
        auto tickets = choose_tickets(settings);
        if (!tickets) return std::unexpected(tickets.error());
        return build(role::server, settings, asks ? settings.client_trust->data() : nullptr, settings.client_auth,
                     std::move(*tickets));
    });
}

role context::role() const noexcept { return data_->role; }

}  // namespace v0
}  // namespace tlseam
