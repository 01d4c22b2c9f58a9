// SPDX-License-Identifier: Apache-2.0
#include "core/usable.hpp"

#include <algorithm>
#include <functional>

#include "core/policy.hpp"
#include "core/seam.hpp"

namespace tlseam::seam {
namespace {

enum class scheme_kind : std::uint8_t { rsa_pkcs1, rsa_pss, ecdsa, ed25519 };

scheme_kind kind_of(std::uint16_t scheme) noexcept {
    switch (scheme) {
        case 0x0804:
        case 0x0805:
        case 0x0806: return scheme_kind::rsa_pss;
        case 0x0403:
        case 0x0503:
        case 0x0603: return scheme_kind::ecdsa;
        case 0x0807: return scheme_kind::ed25519;
        default: return scheme_kind::rsa_pkcs1;
    }
}

bool is_rsa(scheme_kind kind) noexcept { return kind == scheme_kind::rsa_pkcs1 || kind == scheme_kind::rsa_pss; }

bool is_ec(key_shape key) noexcept {
    return key == key_shape::p256 || key == key_shape::p384 || key == key_shape::p521;
}

class gap_finder {
public:
    gap_finder(const parameter_lists& lists, const use& use, protocol_version version)
        : lists_(lists), use_(use), version_(version) {}

    [[nodiscard]] std::optional<std::string> find() const {
        const bool by_psk = !tls1_3() && use_.psk != psk_use::none;
        const bool by_psk_alone = by_psk && use_.psk == psk_use::alone;
        if (by_psk && lists_.psk_cipher_suites.empty()) {
            return "cipher_suites: none is for a pre-shared key of TLS 1.2; name one that is, such as " +
                   std::string(policy::cipher_suite_name(policy::psk_cipher_suites.back()));
        }
        if (!by_psk_alone && !any(lists_.cipher_suites, [&](auto suite) { return is_for(suite, version_); })) {
            return "cipher_suites: none is for " + text() + "; name one that is, or " + remedy();
        }
        if (!any(lists_.groups, [&](auto group) { return tls1_3() || !policy::needs_tls1_3(group); })) {
            return "groups: none can be used in " + text() + "; name one that can, or " + remedy();
        }
        if (by_psk_alone) return std::nullopt;  // nobody signs
        if (!any(lists_.signature_schemes, [&](auto scheme) { return signs_handshakes(scheme); })) {
            return "signature_schemes: none can be used in " + text() +
                   " (rsa_pkcs1_* stand for certificates there); name one that can, or " + remedy();
        }
        return find_pair();
    }

    [[nodiscard]] std::optional<std::string> find_for(key_shape key) const {
        const auto signs = [&](auto scheme) { return can_sign(key, scheme, version_); };
        const std::string start = std::string("credentials: ") + describe(key);
        if (!any(lists_.signature_schemes, signs)) {
            return start + " can sign with none of signature_schemes in " + text() + "; name one that it can, or " +
                   remedy();
        }
        if (tls1_3() || use_.role == role::client) return std::nullopt;
        const auto serves = [&](auto suite) {
            return is_for(suite, version_) && any(lists_.signature_schemes, [&](auto scheme) {
                       return signs(scheme) && is_signed_with(suite, scheme);
                   });
        };
        if (any(lists_.cipher_suites, serves)) return std::nullopt;
        return start + " fits none of cipher_suites in TLS 1.2; name one that it does, or " + remedy();
    }

private:
    [[nodiscard]] static bool any(const number_list& list, auto&& fits) { return std::ranges::any_of(list, fits); }
    [[nodiscard]] bool tls1_3() const { return version_ == protocol_version::tls1_3; }
    [[nodiscard]] std::string text() const { return std::string(name(version_)); }
    [[nodiscard]] const char* remedy() const {
        const bool only_one = use_.min_version == use_.max_version;
        if (tls1_3()) return only_one ? "set both versions to TLS 1.2" : "set max_version to TLS 1.2";
        return only_one ? "set both versions to TLS 1.3" : "set min_version to TLS 1.3";
    }
    [[nodiscard]] bool signs_handshakes(std::uint16_t scheme) const {
        return !tls1_3() || kind_of(scheme) != scheme_kind::rsa_pkcs1;
    }

    /// TLS 1.2: a suite and a scheme, which a client's server may fulfil.
    [[nodiscard]] std::optional<std::string> find_pair() const {
        if (tls1_3()) return std::nullopt;
        const auto pairs_with = [&](std::uint16_t scheme) {
            return any(lists_.cipher_suites,
                       [&](auto suite) { return is_for(suite, version_) && is_signed_with(suite, scheme); });
        };
        if (!any(lists_.signature_schemes, pairs_with)) {
            return "cipher_suites and signature_schemes: in TLS 1.2 none of the suites is signed with one of the "
                   "schemes; let them fit, or " +
                   std::string(remedy());
        }
        const bool has_curve = any(lists_.groups, [](auto group) { return group >= 0x0017 && group <= 0x0019; });
        if (use_.role == role::server || has_curve) return std::nullopt;
        const auto needs_no_curve = [&](auto scheme) {
            return kind_of(scheme) != scheme_kind::ecdsa && pairs_with(scheme);
        };
        if (any(lists_.signature_schemes, needs_no_curve)) return std::nullopt;
        return "groups: with only ECDSA left, TLS 1.2 needs a curve that certificates of servers may be on (RFC 8422 "
               "5.1); name secp256r1, secp384r1 or secp521r1, or " +
               std::string(remedy());
    }

    const parameter_lists& lists_;
    const use& use_;
    protocol_version version_;
};

}  // namespace

parameter_lists available(parameter_lists lists) {
    std::erase_if(lists.cipher_suites, std::not_fn(backend_has_cipher_suite));
    std::erase_if(lists.groups, std::not_fn(backend_has_group));
    std::erase_if(lists.signature_schemes, std::not_fn(backend_has_signature_scheme));
    std::erase_if(lists.psk_cipher_suites, std::not_fn(backend_has_cipher_suite));
    return lists;
}

key_shape shape_of(const certificate& leaf) {
    const std::string type = leaf.key_type();
    if (type == "RSA") return key_shape::rsa;
    if (type == "Ed25519") return key_shape::ed25519;
    if (type != "EC") return key_shape::other;
    switch (leaf.key_bits()) {
        case 256: return key_shape::p256;
        case 384: return key_shape::p384;
        case 521: return key_shape::p521;
        default: return key_shape::other;
    }
}

const char* describe(key_shape key) noexcept {
    switch (key) {
        case key_shape::rsa: return "an RSA key";
        case key_shape::p256: return "a key on P-256";
        case key_shape::p384: return "a key on P-384";
        case key_shape::p521: return "a key on P-521";
        case key_shape::ed25519: return "an Ed25519 key";
        case key_shape::other: break;
    }
    return "a key of this kind";
}

bool is_for(std::uint16_t suite, protocol_version version) noexcept {
    return (suite >> 8 == 0x13) == (version == protocol_version::tls1_3);
}

bool can_sign(key_shape key, std::uint16_t scheme, protocol_version version) noexcept {
    const bool tls1_3 = version == protocol_version::tls1_3;
    switch (kind_of(scheme)) {
        case scheme_kind::rsa_pkcs1: return key == key_shape::rsa && !tls1_3;
        case scheme_kind::rsa_pss: return key == key_shape::rsa;
        case scheme_kind::ed25519: return key == key_shape::ed25519;
        case scheme_kind::ecdsa: break;
    }
    if (!tls1_3) return is_ec(key);
    switch (scheme) {
        case 0x0403: return key == key_shape::p256;
        case 0x0503: return key == key_shape::p384;
        default: return key == key_shape::p521;
    }
}

bool is_signed_with(std::uint16_t suite, std::uint16_t scheme) noexcept {
    const bool rsa_suite = suite == 0xc02f || suite == 0xc030 || suite == 0xcca8;
    return is_for(suite, protocol_version::tls1_2) && rsa_suite == is_rsa(kind_of(scheme));
}

std::optional<std::string> find_gap(const parameter_lists& lists, const use& use) {
    // For each key, the first sentence about it, and in how many versions it can be used.
    std::vector<std::optional<std::string>> sentences(use.keys.size());
    std::vector<int> versions(use.keys.size());
    for (const auto version : {protocol_version::tls1_2, protocol_version::tls1_3}) {
        if (version < use.min_version || version > use.max_version) continue;
        const gap_finder finder(lists, use, version);
        if (auto gap = finder.find()) return gap;
        bool some = use.keys.empty();
        std::optional<std::string> first;
        for (std::size_t i = 0; i < use.keys.size(); ++i) {
            auto gap = finder.find_for(use.keys[i]);
            if (!gap) {
                some = true;
                ++versions[i];
                continue;
            }
            if (!first) first = gap;
            if (!sentences[i]) sentences[i] = std::move(gap);
        }
        if (!some) return first;
    }
    const auto useless = std::ranges::find(versions, 0);
    if (useless == versions.end()) return std::nullopt;
    return sentences[static_cast<std::size_t>(useless - versions.begin())];
}

}  // namespace tlseam::seam
