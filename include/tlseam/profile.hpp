// SPDX-License-Identifier: Apache-2.0
// Ready-made choices of what a context negotiates: versions, cipher suites, key exchange groups, signature schemes.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include <tlseam/export.hpp>
#include <tlseam/types.hpp>

namespace tlseam {
inline namespace v0 {

/// A profile is a ceiling. The versions are those that it and min_version to max_version have in common; a list of the
/// settings that is empty is the profile's, and one that is not must lie within it.
enum class profile : std::uint8_t {
    /// TLS 1.2 and 1.3, suites with forward secrecy and authenticated encryption (RFC 9325).
    compatible,
    /// TLS 1.3 only.
    modern,
    /// TLS 1.2 and 1.3 with algorithms that NIST approves: AES-GCM, P-256, P-384, P-521, ECDSA on these and RSA; no
    /// ChaCha20-Poly1305, X25519, X448, Ed25519, and no hybrid group, as each has X25519 in it. This chooses algorithms
    /// and nothing else: it is no claim that any module was validated, nor does it put a library into a mode.
    fips_approved_algorithms,
    /// TLS 1.3 with X25519MLKEM768 only: whoever records the connection today cannot read it with a quantum computer
    /// later. Signatures are not post-quantum. errc::unsupported without feature::group_x25519mlkem768.
    post_quantum_required,
};
/// The name as written above, for tables and JSON.
[[nodiscard]] TLSEAM_API std::string_view name(profile p) noexcept;
/// Every profile there is, for tables.
inline constexpr std::array all_profiles = {profile::compatible, profile::modern, profile::fips_approved_algorithms,
                                            profile::post_quantum_required};

/// What a profile comes to on this backend when the settings name no lists: IANA names with static storage, best first.
struct profile_contents {
    bool supported = false;  ///< false: contexts with this profile are errc::unsupported
    protocol_version min_version = protocol_version::none;
    protocol_version max_version = protocol_version::none;
    std::vector<std::string_view> cipher_suites = {};
    /// compatible and modern also let the settings name secp521r1 and x448.
    std::vector<std::string_view> groups = {};
    std::vector<std::string_view> signature_schemes = {};
    std::vector<std::string_view> psk_cipher_suites = {};  ///< with pre-shared keys of TLS 1.2; none: unsupported
};
/// Empty lists for a value that is no profile. Throws std::bad_alloc only. Thread safe.
[[nodiscard]] TLSEAM_API profile_contents contents(profile p);

}  // namespace v0
}  // namespace tlseam
