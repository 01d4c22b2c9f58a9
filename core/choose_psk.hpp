// SPDX-License-Identifier: Apache-2.0
// Which pre-shared key a connection uses: decided here for both roles, so that a library gets one key or none.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include <tlseam/error.hpp>
#include <tlseam/psk.hpp>
#include <tlseam/settings.hpp>

#include "core/choose_parameters.hpp"
#include "core/pre_shared_key.hpp"
#include "core/seam.hpp"

namespace tlseam::seam {

/// Suites of TLS 1.3 with this hash, in their order.
[[nodiscard]] std::vector<std::uint16_t> suites_with(psk_hash hash, std::span<const std::uint16_t> suites);

using key_pointer = std::shared_ptr<const pre_shared_key>;

/// Others are somebody's ticket, or a mistake: no external_psk has them.
[[nodiscard]] bool could_be_psk_identity(std::string_view identity) noexcept;

/// What a context knows of pre-shared keys; nothing, in most.
struct psk_rules {
    key_pointer offered;             // clients
    std::vector<key_pointer> known;  // servers, of both versions
    psk_callback find;               // servers, TLS 1.3
    psk_callback find_tls1_2;        // servers
    /// Servers: what answers a client with a key, by its hash. Null where no suite has it. It has no certificate, so
    /// that no library can show one instead.
    std::array<std::shared_ptr<const native_context>, 2> natives;
    std::vector<std::uint16_t> suites_tls1_2;             // both roles: with a key of TLS 1.2
    std::shared_ptr<const native_context> native_tls1_2;  // servers: the same for TLS 1.2; null without such keys

    [[nodiscard]] bool accepts(protocol_version version) const noexcept;
    /// Null: there is none.
    [[nodiscard]] key_pointer find_known(std::string_view identity, protocol_version version) const;
    /// The same, of the version's callback, which there is. Errors: callback_failed.
    [[nodiscard]] result<key_pointer> ask(std::string_view identity, protocol_version version) const;
    [[nodiscard]] const std::shared_ptr<const native_context>& native_for(psk_hash hash) const noexcept {
        return natives[static_cast<std::size_t>(hash)];
    }
};

/// What the settings have of pre-shared keys of TLS 1.2.
[[nodiscard]] psk_use tls1_2_use(const client_settings& settings) noexcept;
[[nodiscard]] psk_use tls1_2_use(const server_settings& settings) noexcept;

/// Before anything else is made: what does not go together with pre-shared keys. Errors: invalid_argument.
[[nodiscard]] result<void> check_psk(const client_settings& settings);
[[nodiscard]] result<void> check_psk(const server_settings& settings);

/// A client's suites become those that its key can be used with. Errors: invalid_argument.
[[nodiscard]] result<psk_rules> make_psk_rules(const client_settings& settings, parameters& chosen);
/// config: what the context's other natives are made from. Errors: invalid_argument, those of make_context().
[[nodiscard]] result<psk_rules> make_psk_rules(const server_settings& settings, const parameters& chosen,
                                               const context_config& config);

}  // namespace tlseam::seam
