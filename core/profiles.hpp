// SPDX-License-Identifier: Apache-2.0
// What each profile allows, and what it offers when the settings name nothing.
#pragma once

#include <cstdint>
#include <span>

#include <tlseam/profile.hpp>

namespace tlseam::seam {

/// Numbers of IANA, best first.
struct profile_rules {
    protocol_version min_version;
    protocol_version max_version;
    std::span<const std::uint16_t> cipher_suites;
    std::span<const std::uint16_t> groups;        // offered by default
    std::span<const std::uint16_t> named_groups;  // what the settings may name
    std::span<const std::uint16_t> signature_schemes;
    std::span<const std::uint16_t> psk_cipher_suites;  // TLS 1.2, with a pre-shared key
};

/// Null for a number that is no profile.
[[nodiscard]] const profile_rules* rules_of(profile p) noexcept;

}  // namespace tlseam::seam
