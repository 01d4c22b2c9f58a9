// SPDX-License-Identifier: Apache-2.0
#include "core/profiles.hpp"

#include <algorithm>
#include <array>

#include "core/policy.hpp"
#include "core/usable.hpp"

namespace tlseam {
namespace {

using namespace seam;

constexpr auto all_suites = std::span(policy::cipher_suites);
constexpr auto suites_of_tls1_3 = all_suites.first(3);
constexpr auto all_schemes = std::span(policy::signature_schemes);
constexpr auto all_psk_suites = std::span(policy::psk_cipher_suites);

constexpr std::array<std::uint16_t, 6> fips_suites = {0x1301, 0x1302, 0xc02b, 0xc02f, 0xc02c, 0xc030};
constexpr std::array<std::uint16_t, 3> fips_groups = {0x0017, 0x0018, 0x0019};
constexpr std::array<std::uint16_t, 9> fips_schemes = {0x0403, 0x0804, 0x0503, 0x0805, 0x0603,
                                                       0x0806, 0x0401, 0x0501, 0x0601};
constexpr std::array<std::uint16_t, 2> fips_psk_suites = {0xd001, 0xd002};
constexpr std::array<std::uint16_t, 1> hybrid_group = {0x11ec};

constexpr auto tls1_2 = protocol_version::tls1_2, tls1_3 = protocol_version::tls1_3;

// In TLS 1.3 the schemes of RSA PKCS#1 stay: they stand for signatures in certificates (RFC 8446 4.2.3).
constexpr profile_rules compatible = {tls1_2,      tls1_3,        all_suites, policy::groups, policy::known_groups,
                                      all_schemes, all_psk_suites};
constexpr profile_rules modern = {tls1_3,      tls1_3, suites_of_tls1_3, policy::groups, policy::known_groups,
                                  all_schemes, {}};
constexpr profile_rules fips = {tls1_2, tls1_3, fips_suites, fips_groups, fips_groups, fips_schemes, fips_psk_suites};
constexpr profile_rules post_quantum = {tls1_3, tls1_3, suites_of_tls1_3, hybrid_group, hybrid_group, all_schemes, {}};

using name_of = std::string_view (*)(std::uint16_t) noexcept;

std::vector<std::string_view> names_of(std::span<const std::uint16_t> numbers, name_of name) {
    std::vector<std::string_view> out;
    std::ranges::transform(numbers, std::back_inserter(out), name);
    return out;
}

}  // namespace

const seam::profile_rules* seam::rules_of(profile p) noexcept {
    switch (p) {
        case profile::compatible: return &compatible;
        case profile::modern: return &modern;
        case profile::fips_approved_algorithms: return &fips;
        case profile::post_quantum_required: return &post_quantum;
    }
    return nullptr;
}

inline namespace v0 {

std::string_view name(profile p) noexcept {
    switch (p) {
        case profile::compatible: return "compatible";
        case profile::modern: return "modern";
        case profile::fips_approved_algorithms: return "fips_approved_algorithms";
        case profile::post_quantum_required: return "post_quantum_required";
    }
    return "unknown";
}

profile_contents contents(profile p) {
    profile_contents out;
    const profile_rules* rules = rules_of(p);
    if (rules == nullptr) return out;
    const auto there = available({{rules->cipher_suites.begin(), rules->cipher_suites.end()},
                                  {rules->groups.begin(), rules->groups.end()},
                                  {rules->signature_schemes.begin(), rules->signature_schemes.end()},
                                  {rules->psk_cipher_suites.begin(), rules->psk_cipher_suites.end()}});
    out.min_version = rules->min_version;
    out.max_version = rules->max_version;
    out.cipher_suites = names_of(there.cipher_suites, policy::cipher_suite_name);
    out.groups = names_of(there.groups, policy::group_name);
    out.signature_schemes = names_of(there.signature_schemes, policy::signature_scheme_name);
    out.psk_cipher_suites = names_of(there.psk_cipher_suites, policy::cipher_suite_name);
    out.supported = !find_gap(there, {rules->min_version, rules->max_version, role::client, {}});
    return out;
}

}  // namespace v0
}  // namespace tlseam
