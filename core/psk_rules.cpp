// SPDX-License-Identifier: Apache-2.0
// The settings about pre-shared keys, checked and compiled.
#include <algorithm>

#include "core/choose_psk.hpp"
#include "core/fail.hpp"
#include "core/lack_of_memory.hpp"
#include "core/profiles.hpp"
#include "core/verify.hpp"

namespace tlseam::seam {
namespace {

constexpr std::uint16_t aes_256_gcm_sha384 = 0x1302;

const char* name(psk_hash hash) noexcept { return hash == psk_hash::sha384 ? "SHA-384" : "SHA-256"; }

std::string without_suite(const char* setting, psk_hash hash) {
    return std::string(setting) + ": a key is for " + name(hash) +
           ", and none of cipher_suites has that hash in TLS 1.3";
}

bool is_for_tls1_2(const external_psk& key) { return key.version() == protocol_version::tls1_2; }

/// Which versions a server has keys of, or may get from its callbacks.
bool has_keys_of(const server_settings& settings, protocol_version version) {
    const bool tls1_2 = version == protocol_version::tls1_2;
    const bool asks = static_cast<bool>(tls1_2 ? settings.find_psk_tls1_2 : settings.find_psk);
    return asks || std::ranges::any_of(settings.psks, [&](const auto& key) { return is_for_tls1_2(key) == tls1_2; });
}

/// Those that the profile leaves.
struct version_range {
    protocol_version min;
    protocol_version max;

    template <class Settings>
    explicit version_range(const Settings& settings) : min(settings.min_version), max(settings.max_version) {
        const profile_rules* rules = rules_of(settings.profile);
        if (rules == nullptr) return;  // that is refused elsewhere
        min = std::max(min, rules->min_version);
        max = std::min(max, rules->max_version);
    }
    [[nodiscard]] bool empty() const { return min > max; }  // the same
    [[nodiscard]] bool has(protocol_version version) const { return min <= version && version <= max; }
    [[nodiscard]] bool only(protocol_version version) const { return min == version && max == version; }
};

result<void> check_versions(const client_settings& settings) {
    const version_range spoken(settings);
    if (spoken.empty() || spoken.only(settings.psk->version())) return {};
    return fail(errc::invalid_argument, is_for_tls1_2(*settings.psk)
                                            ? "psk: a key of TLS 1.2 needs that alone; set max_version to it"
                                            : "psk: a key of TLS 1.3 needs that alone; set min_version to it");
}

result<void> check_versions(const server_settings& settings) {
    constexpr auto tls1_2 = protocol_version::tls1_2, tls1_3 = protocol_version::tls1_3;
    const version_range spoken(settings);
    const bool has1_2 = has_keys_of(settings, tls1_2), has1_3 = has_keys_of(settings, tls1_3);
    if (spoken.empty()) return {};
    if (has1_3 && !spoken.has(tls1_3)) {
        return fail(errc::invalid_argument, "psks and find_psk: keys of TLS 1.3 need it; set max_version to it");
    }
    if (has1_2 && !spoken.has(tls1_2)) {
        return fail(
            errc::invalid_argument,
            "psks and find_psk_tls1_2: keys of TLS 1.2 need it; set min_version to it, in a profile that has it");
    }
    if (!settings.credentials.empty()) return {};
    if (!has1_2 && spoken.has(tls1_2)) {
        return fail(errc::invalid_argument,
                    "psks and find_psk: without credentials or keys of TLS 1.2, there is only "
                    "TLS 1.3; set min_version to it");
    }
    if (!has1_3 && spoken.has(tls1_3)) {
        return fail(errc::invalid_argument,
                    "psks and find_psk_tls1_2: without credentials or keys of TLS 1.3, there "
                    "is only TLS 1.2; set max_version to it");
    }
    return {};
}

/// Each identity once in a version; and no key in both, under whatever identity (RFC 8446 4.2.11).
result<void> check_distinct(const std::vector<external_psk>& psks) {
    for (auto one = psks.begin(); one != psks.end(); ++one) {
        const auto number = [&] { return "psks: number " + std::to_string(one - psks.begin() + 1); };
        for (auto before = psks.begin(); before != one; ++before) {
            const bool same_version = before->version() == one->version();
            if (same_version && before->identity() == one->identity()) {
                return fail(errc::invalid_argument, number() + " has the identity of one before it");
            }
            if (!same_version && std::ranges::equal(before->data()->key.bytes(), one->data()->key.bytes())) {
                return fail(errc::invalid_argument,
                            number() + " has the key of one before it, which is for another version of TLS");
            }
        }
    }
    return {};
}

/// No certificate is shown or looked at: what is set for them would count for nothing.
std::optional<const char*> find_conflict(const client_settings& settings) {
    if (settings.trust) return "trust: with psk, no certificate is accepted";
    if (!settings.credentials.empty()) return "credentials: with psk, no certificate is shown";
    if (settings.insecure_skip_verification) return "insecure_skip_verification: with psk, no certificate is accepted";
    if (asks_for_anything(settings.verification)) return "verification: with psk, no certificate is accepted";
    if (settings.session_cache) return "session_cache: with psk, there are no sessions";
    if (settings.on_session) return "on_session: with psk, there are no sessions";
    return std::nullopt;
}

std::optional<const char*> find_conflict(const server_settings& settings) {
    if (settings.client_auth != client_auth::none)
        return "client_auth: clients with a pre-shared key show no certificate; use a context of its own for them";
    if (settings.credentials.empty() && settings.ticket_keys)
        return "ticket_keys: without credentials, no tickets are issued";
    return std::nullopt;
}

/// In TLS 1.3. One of the natives is there in the end: TLS 1.3 has a suite, or it would not be the highest version.
result<void> make_natives(psk_rules& out, const parameters& chosen, const context_config& config) {
    for (const psk_hash hash : {psk_hash::sha256, psk_hash::sha384}) {
        const auto suites = suites_with(hash, chosen.lists.cipher_suites);
        if (suites.empty()) {
            const auto needs_it = [&](const auto& one) {
                return one->hash == hash && one->version == protocol_version::tls1_3;
            };
            if (std::ranges::none_of(out.known, needs_it)) continue;
            return fail(errc::invalid_argument, without_suite("psks", hash));
        }
        context_config with_key = config;
        with_key.credentials = nullptr;
        with_key.psk = protocol_version::tls1_3;
        with_key.min_version = protocol_version::tls1_3;
        with_key.cipher_suites = suites;
        with_key.issue_tickets = false;
        auto made = with_memory([&] { return make_context(with_key); });
        if (!made) return std::unexpected(made.error());
        out.natives[static_cast<std::size_t>(hash)] = std::move(*made);
    }
    return {};
}

/// In TLS 1.2. That we have TLS 1.3 too shows in the ServerHello (RFC 8446 4.1.3), so the library has to know it.
result<void> make_native_tls1_2(psk_rules& out, const parameters& chosen, const context_config& config) {
    out.suites_tls1_2 = chosen.lists.psk_cipher_suites;
    auto suites = out.suites_tls1_2;
    std::ranges::copy_if(chosen.lists.cipher_suites, std::back_inserter(suites),
                         [](std::uint16_t suite) { return is_for(suite, protocol_version::tls1_3); });
    context_config with_key = config;
    with_key.credentials = nullptr;
    with_key.psk = protocol_version::tls1_2;
    with_key.cipher_suites = suites;
    with_key.issue_tickets = false;
    auto made = with_memory([&] { return make_context(with_key); });
    if (!made) return std::unexpected(made.error());
    out.native_tls1_2 = std::move(*made);
    return {};
}

}  // namespace

std::vector<std::uint16_t> suites_with(psk_hash hash, std::span<const std::uint16_t> suites) {
    std::vector<std::uint16_t> out;
    std::ranges::copy_if(suites, std::back_inserter(out), [&](std::uint16_t suite) {
        return is_for(suite, protocol_version::tls1_3) && (suite == aes_256_gcm_sha384) == (hash == psk_hash::sha384);
    });
    return out;
}

result<void> check_psk(const client_settings& settings) {
    if (!settings.psk) return {};
    if (const auto conflict = find_conflict(settings)) return fail(errc::invalid_argument, *conflict);
    return check_versions(settings);
}

result<void> check_psk(const server_settings& settings) {
    if (settings.psks.empty() && !settings.find_psk && !settings.find_psk_tls1_2) return {};
    if (const auto conflict = find_conflict(settings)) return fail(errc::invalid_argument, *conflict);
    if (auto distinct = check_distinct(settings.psks); !distinct) return distinct;
    return check_versions(settings);
}

psk_use tls1_2_use(const client_settings& settings) noexcept {
    return settings.psk && is_for_tls1_2(*settings.psk) ? psk_use::alone : psk_use::none;
}

psk_use tls1_2_use(const server_settings& settings) noexcept {
    if (!has_keys_of(settings, protocol_version::tls1_2)) return psk_use::none;
    return settings.credentials.empty() ? psk_use::alone : psk_use::also;
}

bool psk_rules::accepts(protocol_version version) const noexcept {
    const bool asks = static_cast<bool>(version == protocol_version::tls1_2 ? find_tls1_2 : find);
    return asks || std::ranges::any_of(known, [&](const auto& key) { return key->version == version; });
}

result<psk_rules> make_psk_rules(const client_settings& settings, parameters& chosen) {
    psk_rules out;
    if (!settings.psk) return out;
    out.offered = settings.psk->data();
    auto& suites = chosen.lists.cipher_suites;
    if (is_for_tls1_2(*settings.psk)) {
        out.suites_tls1_2 = suites = chosen.lists.psk_cipher_suites;
        return out;
    }
    suites = suites_with(out.offered->hash, suites);
    if (suites.empty()) return fail(errc::invalid_argument, without_suite("psk", out.offered->hash));
    return out;
}

result<psk_rules> make_psk_rules(const server_settings& settings, const parameters& chosen,
                                 const context_config& config) {
    psk_rules out;
    for (const external_psk& one : settings.psks) out.known.push_back(one.data());
    out.find = settings.find_psk;
    out.find_tls1_2 = settings.find_psk_tls1_2;
    if (out.accepts(protocol_version::tls1_3)) {
        if (auto made = make_natives(out, chosen, config); !made) return std::unexpected(made.error());
    }
    if (out.accepts(protocol_version::tls1_2)) {
        if (auto made = make_native_tls1_2(out, chosen, config); !made) return std::unexpected(made.error());
    }
    return out;
}

}  // namespace tlseam::seam
