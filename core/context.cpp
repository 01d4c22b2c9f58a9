// SPDX-License-Identifier: Apache-2.0
#include <tlseam/context.hpp>

#include <algorithm>

#include "core/choose_parameters.hpp"
#include "core/data.hpp"
#include "core/fail.hpp"
#include "core/policy.hpp"

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

/// The curve of a certificate's key, by its number as a group; 0 when the key is on none.
std::uint16_t curve_of(key_shape key) {
    switch (key) {
        case key_shape::p256: return 0x0017;
        case key_shape::p384: return 0x0018;
        case key_shape::p521: return 0x0019;
        default: return 0;
    }
}

/// Checks that nobody would make must not look as if they were made.
bool asks_for_anything(const verification_settings& settings) {
    return settings.crls || !settings.pins.empty() || settings.callback || !settings.insecure_may_accept.empty();
}

/// What both roles have in common.
template <class Settings>
result<void> check(const Settings& settings) {
    if (auto good = check_versions(settings.min_version, settings.max_version); !good) return good;
    if (auto good = check_alpn(settings.alpn); !good) return good;
    if (auto good = check_record_size(settings.max_record_size); !good) return good;
    if (settings.credentials.size() > 1) {
        return fail(errc::invalid_argument, "credentials: at most one chain and key for now");
    }
    return {};
}

template <class Settings>
result<context> build(role role, const Settings& settings, std::shared_ptr<const detail::trust_data> trust,
                      client_auth client_auth, bool issue_tickets) {
    std::optional<verification> how;
    if (trust) {
        const tlseam::role peer = role == role::client ? role::server : role::client;
        auto made = make_verification(std::move(trust), peer, settings.clock, settings.verification);
        if (!made) return std::unexpected(made.error());
        how = std::move(*made);
    }
    const auto& credentials = settings.credentials;
    const auto chosen = choose_parameters({role, settings.profile, settings.min_version, settings.max_version,
                                           settings.cipher_suites, settings.groups, settings.signature_schemes,
                                           credentials.empty() ? nullptr : &credentials.front().chain().front()});
    if (!chosen) return std::unexpected(chosen.error());
    const auto shares = policy::key_shares(chosen->lists.groups);

    context_config config;
    config.role = role;
    if (!credentials.empty()) config.credentials = credentials.front().data().native;
    config.verify_peer = how.has_value();
    config.client_auth = client_auth;
    config.min_version = chosen->min_version;
    config.max_version = chosen->max_version;
    config.cipher_suites = chosen->lists.cipher_suites;
    config.groups = chosen->lists.groups;
    config.key_shares = shares;
    config.signature_schemes = chosen->lists.signature_schemes;
    config.issue_tickets = issue_tickets;
    auto native = make_context(config);
    if (!native) return std::unexpected(native.error());

    auto data = std::make_shared<detail::context_data>();
    data->role = role;
    data->native = std::move(*native);
    data->min_version = chosen->min_version;
    data->max_version = chosen->max_version;
    data->alpn = settings.alpn;
    data->cipher_suites = chosen->lists.cipher_suites;
    data->groups = chosen->lists.groups;
    data->signature_schemes = chosen->lists.signature_schemes;
    data->max_record_size = settings.max_record_size;
    if (!credentials.empty()) data->chain = credentials.front().chain();
    data->key = chosen->key;
    data->leaf_curve = curve_of(chosen->key);
    data->client_auth = client_auth;
    data->verification = std::move(how);
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
        return build(role::client, settings, std::move(trust), client_auth::none, false);
    });
}

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
        // A ticket would let a client in again without showing its certificate.
        return build(role::server, settings, asks ? settings.client_trust->data() : nullptr, settings.client_auth,
                     !asks);
    });
}

role context::role() const noexcept { return data_->role; }

}  // namespace v0
}  // namespace tlseam
