// SPDX-License-Identifier: Apache-2.0
#include "core/choose_parameters.hpp"

#include <algorithm>

#include "core/fail.hpp"
#include "core/policy.hpp"
#include "core/profiles.hpp"
#include "core/seam.hpp"

namespace tlseam::seam {
namespace {

using numbers = std::span<const std::uint16_t>;

/// One of the three lists: its field in the settings, its words, and what there is.
struct list_kind {
    const char* field;
    const char* noun;
    numbers known;
    std::string_view (*name)(std::uint16_t) noexcept;
    bool (*has)(std::uint16_t);
};
constexpr list_kind suite_list = {"cipher_suites", "cipher suite", policy::known_cipher_suites,
                                  policy::cipher_suite_name, backend_has_cipher_suite};
constexpr list_kind group_list = {"groups", "group", policy::known_groups, policy::group_name, backend_has_group};
constexpr list_kind scheme_list = {"signature_schemes", "signature scheme", policy::signature_schemes,
                                   policy::signature_scheme_name, backend_has_signature_scheme};

std::string this_backend() { return std::string(backend_name()) + " " + backend_version(); }

std::string shown(std::string_view word) {
    constexpr std::size_t longest = 64;
    std::string out(word.substr(0, longest));
    std::ranges::replace_if(
        out, [](unsigned char c) { return c < 0x20 || c >= 0x7f; }, '?');
    return out;
}

std::unexpected<error> fail_unknown(const list_kind& kind, const std::string& word) {
    const std::string field = std::string(kind.field) + ": ";
    if (const auto why = why_not_offered(kind.field, word); !why.empty()) {
        return fail(errc::invalid_argument, field + shown(word) + " is not offered: " + std::string(why));
    }
    return fail(errc::invalid_argument, field + "there is no " + kind.noun + " '" + shown(word) +
                                            "' (names are those of IANA, such as " +
                                            std::string(kind.name(kind.known[0])) + ")");
}

/// Words to numbers, in their order; the profile's when there are none.
result<number_list> numbers_of(const list_kind& kind, const std::vector<std::string>& words, numbers by_default,
                               numbers ceiling, profile profile) {
    if (words.empty()) return number_list(by_default.begin(), by_default.end());
    number_list out;
    for (const std::string& word : words) {
        const auto known = std::ranges::find(kind.known, word, kind.name);
        if (known == kind.known.end()) return fail_unknown(kind, word);
        const std::string start = std::string(kind.field) + ": " + word;
        if (std::ranges::find(out, *known) != out.end()) {
            return fail(errc::invalid_argument, start + " is given twice");
        }
        if (std::ranges::find(ceiling, *known) == ceiling.end()) {
            return fail(errc::invalid_argument, start + " is outside the profile " + std::string(name(profile)));
        }
        out.push_back(*known);
    }
    return out;
}

/// One list in the settings, two here: those for pre-shared keys of TLS 1.2 are for nobody else.
result<void> name_suites(const parameter_wishes& wishes, const profile_rules& rules, parameter_lists& out) {
    number_list all(rules.cipher_suites.begin(), rules.cipher_suites.end());
    all.insert(all.end(), rules.psk_cipher_suites.begin(), rules.psk_cipher_suites.end());
    const auto named = numbers_of(suite_list, wishes.cipher_suites, all, all, wishes.profile);
    if (!named) return std::unexpected(named.error());
    for (const std::uint16_t suite : *named) {
        const bool by_psk = policy::needs_psk(suite);
        if (!by_psk) out.cipher_suites.push_back(suite);
        if (by_psk && wishes.psk != psk_use::none) out.psk_cipher_suites.push_back(suite);
        if (by_psk && wishes.psk == psk_use::none && !wishes.cipher_suites.empty()) {
            return fail(errc::invalid_argument, "cipher_suites: " + std::string(policy::cipher_suite_name(suite)) +
                                                    " needs a pre-shared key of TLS 1.2");
        }
    }
    return {};
}

result<parameter_lists> name_lists(const parameter_wishes& wishes, const profile_rules& rules) {
    parameter_lists out;
    if (auto good = name_suites(wishes, rules, out); !good) return std::unexpected(good.error());
    auto groups = numbers_of(group_list, wishes.groups, rules.groups, rules.named_groups, wishes.profile);
    if (!groups) return std::unexpected(groups.error());
    auto schemes = numbers_of(scheme_list, wishes.signature_schemes, rules.signature_schemes, rules.signature_schemes,
                              wishes.profile);
    if (!schemes) return std::unexpected(schemes.error());
    out.groups = std::move(*groups);
    out.signature_schemes = std::move(*schemes);
    return out;
}

/// What was named must be there; of the profile's lists, enough.
result<void> check_backend(const parameter_wishes& wishes, const parameter_lists& wanted, const use& use) {
    const auto lacks = [](const list_kind& kind, const number_list& list) -> std::optional<std::string_view> {
        const auto missing = std::ranges::find_if_not(list, kind.has);
        return missing == list.end() ? std::nullopt : std::optional(kind.name(*missing));
    };
    const auto fail_lacking = [](const std::string& start, std::string_view what) {
        return fail(errc::unsupported, start + ": " + this_backend() + " does not have " + std::string(what));
    };
    const auto missing_psk_suite = lacks(suite_list, wanted.psk_cipher_suites);
    const auto missing_suite = lacks(suite_list, wanted.cipher_suites);
    const auto missing_group = lacks(group_list, wanted.groups);
    const auto missing_scheme = lacks(scheme_list, wanted.signature_schemes);
    if (missing_psk_suite && !wishes.cipher_suites.empty()) return fail_lacking("cipher_suites", *missing_psk_suite);
    if (missing_suite && !wishes.cipher_suites.empty()) return fail_lacking("cipher_suites", *missing_suite);
    if (missing_group && !wishes.groups.empty()) return fail_lacking("groups", *missing_group);
    if (missing_scheme && !wishes.signature_schemes.empty()) return fail_lacking("signature_schemes", *missing_scheme);
    const auto there = available(wanted);
    auto alone = use;
    alone.keys.clear();
    if (missing_psk_suite && there.psk_cipher_suites.empty()) {
        return fail_lacking("profile " + std::string(name(wishes.profile)) + ", pre-shared keys of TLS 1.2",
                            *missing_psk_suite);
    }
    if (find_gap(there, alone)) {
        const auto what = missing_suite ? missing_suite : missing_group ? missing_group : missing_scheme;
        return fail_lacking("profile " + std::string(name(wishes.profile)), what.value_or("what it needs"));
    }
    for (const key_shape key : use.keys) {
        alone.keys = {key};
        if (!find_gap(there, alone) || !find_gap(there, use)) continue;
        return fail(errc::unsupported, "credentials: " + this_backend() + " cannot authenticate with " + describe(key));
    }
    return {};
}

/// Where a library takes the peer's word for what to sign with, a list that forbids some of it would be ignored.
result<void> check_own_signature(const parameter_wishes& wishes, const parameter_lists& wanted, const use& use) {
    const bool chooses = backend_supports(feature::signature_choice);
    if (chooses || use.role == role::server) return {};
    const auto can_any_sign = [&](std::uint16_t scheme, protocol_version version) {
        return std::ranges::any_of(use.keys, [&](key_shape key) { return can_sign(key, scheme, version); });
    };
    for (const auto version : {protocol_version::tls1_2, protocol_version::tls1_3}) {
        if (version < use.min_version || version > use.max_version) continue;
        for (const std::uint16_t scheme : policy::signature_schemes) {
            const bool excluded = std::ranges::find(wanted.signature_schemes, scheme) == wanted.signature_schemes.end();
            if (!excluded || !backend_has_signature_scheme(scheme) || !can_any_sign(scheme, version)) continue;
            const std::string setting =
                wishes.signature_schemes.empty() ? "profile " + std::string(name(wishes.profile)) : "signature_schemes";
            return fail(errc::unsupported,
                        setting + ": a client of " + this_backend() + " cannot be kept from signing with " +
                            std::string(policy::signature_scheme_name(scheme)) + " if the server asks for it");
        }
    }
    return {};
}

/// Nothing for versions that are not spoken: not every library leaves it out by itself.
parameter_lists trimmed(parameter_lists lists, const use& use) {
    const bool tls1_2 = use.min_version == protocol_version::tls1_2 && use.psk != psk_use::alone;
    const bool tls1_3 = use.max_version == protocol_version::tls1_3;
    std::erase_if(lists.cipher_suites,
                  [&](std::uint16_t suite) { return is_for(suite, protocol_version::tls1_3) ? !tls1_3 : !tls1_2; });
    if (!tls1_3) std::erase_if(lists.groups, policy::needs_tls1_3);
    return lists;
}

}  // namespace

result<parameters> choose_parameters(const parameter_wishes& wishes) {
    const profile_rules* rules = rules_of(wishes.profile);
    if (rules == nullptr) return fail(errc::invalid_argument, "profile: there is no such profile");
    const use use = {std::max(wishes.min_version, rules->min_version), std::min(wishes.max_version, rules->max_version),
                     wishes.role, wishes.keys, wishes.psk};
    if (use.min_version > use.max_version) {
        const bool too_old = wishes.max_version < rules->min_version;
        return fail(errc::invalid_argument, "profile " + std::string(name(wishes.profile)) + " and " +
                                                (too_old ? "max_version" : "min_version") +
                                                " have no protocol version in common");
    }
    const auto wanted = name_lists(wishes, *rules);
    if (!wanted) return std::unexpected(wanted.error());
    if (const auto gap = find_gap(*wanted, use)) return fail(errc::invalid_argument, *gap);
    if (auto there = check_backend(wishes, *wanted, use); !there) return std::unexpected(there.error());
    if (auto obeys = check_own_signature(wishes, *wanted, use); !obeys) return std::unexpected(obeys.error());
    return parameters{use.min_version, use.max_version, trimmed(available(*wanted), use)};
}

}  // namespace tlseam::seam
