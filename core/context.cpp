// SPDX-License-Identifier: Apache-2.0
#include <tlseam/context.hpp>

#include <algorithm>
#include <type_traits>

#include "core/data.hpp"
#include "core/fail.hpp"
#include "core/policy.hpp"
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

using number_list = std::vector<std::uint16_t>;

number_list available(std::span<const std::uint16_t> numbers, bool (*has)(std::uint16_t) noexcept) {
    number_list out;
    std::ranges::copy_if(numbers, std::back_inserter(out), has);
    return out;
}

/// Groups by name, in their order; the defaults when none is named.
result<number_list> choose_groups(const std::vector<std::string>& names) {
    if (names.empty()) return available(policy::groups, backend_has_group);
    number_list out;
    for (const std::string& name : names) {
        const auto known = std::ranges::find(policy::known_groups, name, policy::group_name);
        if (known == policy::known_groups.end()) {
            return fail(errc::invalid_argument, "groups: there is no group '" + name + "'");
        }
        if (std::ranges::find(out, *known) != out.end()) {
            return fail(errc::invalid_argument, "groups: " + name + " is given twice");
        }
        if (!backend_has_group(*known)) {
            return fail(errc::unsupported,
                        "groups: " + std::string(backend_name()) + " " + backend_version() + " does not have " + name);
        }
        out.push_back(*known);
    }
    return out;
}

/// A key that the library has no signature scheme for would only fail later, in every handshake.
result<void> check_key(const credentials& identity, const number_list& schemes) {
    constexpr std::uint16_t ed25519 = 0x0807;
    const std::string key = identity.chain().front().key_type();
    if (key != "Ed25519" || std::ranges::find(schemes, ed25519) != schemes.end()) return {};
    return fail(errc::unsupported, "credentials: " + std::string(backend_name()) + " " + backend_version() +
                                       " cannot authenticate with an Ed25519 key");
}

/// Checks that nobody would make must not look as if they were made.
bool asks_for_anything(const verification_settings& settings) {
    return settings.crls || !settings.pins.empty() || settings.callback || !settings.insecure_may_accept.empty();
}

/// What both roles have in common.
template <class Settings>
result<void> check(const Settings& settings) {
    if (auto good = check_versions(settings.min_version, settings.max_version); !good) return good;
    return check_alpn(settings.alpn);
}

/// A server's library gets one of its credentials only, the one that core chooses for a connection.
result<std::vector<std::shared_ptr<const native_context>>> make_natives(context_config config,
                                                                        std::span<const candidate> candidates) {
    std::vector<std::shared_ptr<const native_context>> out;
    const std::size_t count = config.role == role::server ? candidates.size() : 1;
    for (std::size_t i = 0; i < count; ++i) {
        if (config.role == role::server) config.credentials = candidates[i].native;
        auto made = make_context(config);
        if (!made) return std::unexpected(made.error());
        out.push_back(std::move(*made));
    }
    return out;
}

/// What resumption needs beyond the settings that both roles have.
struct resumption_choice {
    std::shared_ptr<const detail::ticket_key_data> tickets = {};
    std::chrono::seconds ticket_lifetime = {};
    bool take_sessions = false;
    std::shared_ptr<detail::session_store> sessions = {};
    std::function<void(const session&)> on_session = {};
};

result<resumption_choice> choose_sessions(const client_settings& settings) {
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
    if (asks || !settings.resumption) return resumption_choice{};
    auto keys = settings.ticket_keys ? result<ticket_keys>(*settings.ticket_keys) : ticket_keys::generate();
    if (!keys) return std::unexpected(keys.error());
    return resumption_choice{.tickets = keys->data(), .ticket_lifetime = settings.ticket_lifetime};
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
    const auto groups = choose_groups(settings.groups);
    if (!groups) return std::unexpected(groups.error());
    const auto suites = available(policy::cipher_suites, backend_has_cipher_suite);
    const auto schemes = available(policy::signature_schemes, backend_has_signature_scheme);
    const auto shares = policy::key_shares(*groups);
    std::vector<candidate> candidates;
    for (const credentials& identity : settings.credentials) {
        if (auto usable = check_key(identity, schemes); !usable) return std::unexpected(usable.error());
        candidates.push_back(make_candidate(identity, schemes, suites));
    }
    if (auto distinct = check_candidates(role, candidates); !distinct) return std::unexpected(distinct.error());

    context_config config;
    config.role = role;
    std::vector<std::shared_ptr<const native_credentials>> for_servers;
    if (role == role::client) {
        for (const candidate& one : candidates) for_servers.push_back(one.native);
    }
    config.client_credentials = for_servers;
    config.verify_peer = how.has_value();
    config.client_auth = client_auth;
    config.min_version = settings.min_version;
    config.max_version = settings.max_version;
    config.cipher_suites = suites;
    config.groups = *groups;
    config.key_shares = shares;
    config.signature_schemes = schemes;
    config.issue_tickets = resumption.tickets != nullptr;
    config.ticket_lifetime = resumption.ticket_lifetime;
    config.take_sessions = resumption.take_sessions;
    config.key_log = static_cast<bool>(settings.key_log);
    auto natives = make_natives(config, candidates);
    if (!natives) return std::unexpected(natives.error());

    const auto scope = digest_scope(config, how, settings.credentials);
    if (!scope) return std::unexpected(scope.error());

    auto data = std::make_shared<detail::context_data>();
    data->role = role;
    data->candidates = std::move(candidates);
    data->natives = std::move(*natives);
    data->min_version = settings.min_version;
    data->max_version = settings.max_version;
    data->alpn = settings.alpn;
    data->groups = *groups;
    data->client_auth = client_auth;
    data->scope = *scope;
    data->clock = settings.clock;
    data->tickets = std::move(resumption.tickets);
    data->resumption = resumption.take_sessions;
    data->sessions = std::move(resumption.sessions);
    data->on_session = std::move(resumption.on_session);
    data->verification = std::move(how);
    if constexpr (std::is_same_v<Settings, server_settings>) {
        auto names = server_names::make(settings);
        if (!names) return std::unexpected(names.error());
        data->names = std::move(*names);
    }
    data->exporter = settings.exporter;
    data->key_log = settings.key_log;
    return context(std::move(data));
}

}  // namespace

inline namespace v0 {

result<context> context::client(const client_settings& settings) noexcept {
    return guarded([&]() -> result<context> {
        if (auto good = check(settings); !good) return std::unexpected(good.error());
        std::shared_ptr<const detail::trust_data> trust;
        if (settings.insecure_skip_verification) {
            if (asks_for_anything(settings.verification)) {
                return fail(errc::invalid_argument,
                            "verification: insecure_skip_verification would ignore what is set there");
            }
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
        if (settings.credentials.empty()) {
            return fail(errc::invalid_argument, "credentials: a server needs a certificate chain and its key");
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
