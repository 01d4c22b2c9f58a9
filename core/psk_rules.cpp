// SPDX-License-Identifier: Apache-2.0
// The settings about pre-shared keys, checked and compiled.
#include <algorithm>

#include "core/choose_psk.hpp"
#include "core/fail.hpp"
#include "core/verify.hpp"

namespace tlseam::seam {
namespace {

constexpr std::uint16_t aes_256_gcm_sha384 = 0x1302;

const char* name(psk_hash hash) noexcept { return hash == psk_hash::sha384 ? "SHA-384" : "SHA-256"; }

std::string without_suite(const char* setting, psk_hash hash) {
    return std::string(setting) + ": a key is for " + name(hash) +
           ", and none of cipher_suites has that hash in TLS 1.3";
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
    return {};
}

result<void> check_psk(const server_settings& settings) {
    if (settings.psks.empty() && !settings.find_psk) return {};
    if (const auto conflict = find_conflict(settings)) return fail(errc::invalid_argument, *conflict);
    for (auto one = settings.psks.begin(); one != settings.psks.end(); ++one) {
        const auto same = [&](const external_psk& other) { return other.identity() == one->identity(); };
        if (std::any_of(settings.psks.begin(), one, same)) {
            return fail(errc::invalid_argument, "psks: number " + std::to_string(one - settings.psks.begin() + 1) +
                                                    " has the identity of one before it");
        }
    }
    return {};
}

result<psk_rules> make_psk_rules(const client_settings& settings, parameters& chosen) {
    psk_rules out;
    if (!settings.psk) return out;
    if (chosen.min_version != protocol_version::tls1_3) {
        return fail(errc::invalid_argument, "psk: needs TLS 1.3; set min_version to it");
    }
    out.offered = settings.psk->data();
    auto& suites = chosen.lists.cipher_suites;
    suites = suites_with(out.offered->hash, suites);
    if (suites.empty()) return fail(errc::invalid_argument, without_suite("psk", out.offered->hash));
    return out;
}

result<psk_rules> make_psk_rules(const server_settings& settings, const parameters& chosen,
                                 const context_config& config) {
    psk_rules out;
    for (const external_psk& one : settings.psks) out.known.push_back(one.data());
    out.find = settings.find_psk;
    if (!out.accepts()) return out;
    if (chosen.max_version != protocol_version::tls1_3) {
        return fail(errc::invalid_argument, "psks and find_psk: need TLS 1.3; set max_version to it");
    }
    if (settings.credentials.empty() && chosen.min_version != protocol_version::tls1_3) {
        return fail(errc::invalid_argument,
                    "psks and find_psk: without credentials, there is only TLS 1.3; set min_version to it");
    }
    for (const psk_hash hash : {psk_hash::sha256, psk_hash::sha384}) {
        const auto suites = suites_with(hash, chosen.lists.cipher_suites);
        if (suites.empty()) {
            const auto needs_it = [&](const auto& one) { return one->hash == hash; };
            if (std::ranges::none_of(out.known, needs_it)) continue;
            return fail(errc::invalid_argument, without_suite("psks", hash));
        }
        context_config with_key = config;
        with_key.credentials = nullptr;
        with_key.psk = true;
        with_key.min_version = protocol_version::tls1_3;
        with_key.cipher_suites = suites;
        with_key.issue_tickets = false;
        auto made = make_context(with_key);
        if (!made) return std::unexpected(made.error());
        out.natives[static_cast<std::size_t>(hash)] = std::move(*made);
    }
    return out;  // one of them is there: TLS 1.3 has a suite, or it would not be the highest version
}

}  // namespace tlseam::seam
