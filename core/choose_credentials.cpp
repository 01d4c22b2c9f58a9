// SPDX-License-Identifier: Apache-2.0
#include "core/choose_credentials.hpp"

#include <algorithm>
#include <utility>

#include "core/data.hpp"
#include "core/fail.hpp"
#include "core/names.hpp"
#include "core/usable.hpp"

namespace tlseam::seam {
namespace {

using numbers = std::span<const std::uint16_t>;

bool contains(const auto& list, const auto& value) { return std::ranges::find(list, value) != list.end(); }
bool meet(numbers ours, numbers theirs) {
    return std::ranges::any_of(ours, [&](std::uint16_t number) { return contains(theirs, number); });
}

constexpr std::uint8_t rsa_sign = 1, ecdsa_sign = 64;  // the latter for Ed25519 too (RFC 8422 5.5)

const char* name_of(key_shape key) {
    switch (key) {
        case key_shape::rsa: return "RSA";
        case key_shape::p256: return "EC P-256";
        case key_shape::p384: return "EC P-384";
        case key_shape::p521: return "EC P-521";
        case key_shape::ed25519: return "Ed25519";
        case key_shape::other: break;  // never loaded
    }
    return "unknown";
}

std::uint16_t curve_of(key_shape key) {
    switch (key) {
        case key_shape::p256: return 0x0017;
        case key_shape::p384: return 0x0018;
        case key_shape::p521: return 0x0019;
        default: return 0;
    }
}

std::vector<std::uint16_t> filtered(numbers ours, const auto& fits) {
    std::vector<std::uint16_t> out;
    std::ranges::copy_if(ours, std::back_inserter(out), fits);
    return out;
}

std::string text(der::bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

std::string lower(std::string name) {
    std::ranges::transform(name, name.begin(), ascii_lower);
    return name;
}

/// What the choice between keys of one kind depends on, in one order.
std::vector<std::string> marks_of(role role, const candidate& one) {
    std::vector<std::string> out;
    if (role == role::client) {
        for (const der::bytes issuer : one.issuers) out.push_back(text(issuer));
    } else {
        for (const der::bytes name : one.leaf.dns_names)
            out.push_back(lower(text(name)));  // a client asks for nothing else
    }
    std::ranges::sort(out);
    const auto rest = std::ranges::unique(out);
    out.erase(rest.begin(), rest.end());
    return out;
}

bool key_fits(const candidate& one, const client_hello& hello, bool tls1_3) {
    if (tls1_3) return meet(one.schemes1_3, hello.signature_schemes);
    const bool curve_fits = one.curve == 0 || hello.groups.empty() || contains(hello.groups, one.curve);
    return meet(one.schemes1_2, hello.signature_schemes) && meet(one.suites1_2, hello.cipher_suites) && curve_fits;
}

bool key_fits(const candidate& one, const certificate_request& request) {
    if (request.tls1_3) return meet(one.schemes1_3, request.signature_schemes);
    return meet(one.schemes1_2, request.signature_schemes) && contains(request.types, one.client_type);
}

bool issued_by_one_of(const candidate& one, std::span<const der::bytes> authorities) {
    return std::ranges::any_of(authorities, [&](der::bytes authority) {
        const auto name = der::single(authority, der::tag::sequence);
        return name && std::ranges::any_of(
                           one.issuers, [&](der::bytes issuer) { return std::ranges::equal(issuer, name->content); });
    });
}

}  // namespace

candidate make_candidate(const credentials& from, numbers schemes, numbers suites) {
    candidate out;
    out.chain = from.chain();
    out.native = from.data().native;
    out.staple = from.data().staple;
    out.leaf = *parse_x509(out.chain.front().der());  // as when it was loaded
    for (const certificate& link : out.chain) {
        if (const auto fields = parse_x509(link.der())) out.issuers.push_back(fields->issuer);
    }
    const key_shape key = shape_of(out.chain.front());
    const auto can_sign_in = [&](protocol_version version) {
        return [=](std::uint16_t scheme) { return can_sign(key, scheme, version); };
    };
    out.key = name_of(key);
    out.schemes1_2 = filtered(schemes, can_sign_in(protocol_version::tls1_2));
    out.schemes1_3 = filtered(schemes, can_sign_in(protocol_version::tls1_3));
    out.suites1_2 = filtered(suites, [&](std::uint16_t suite) {
        return std::ranges::any_of(out.schemes1_2, [&](std::uint16_t scheme) { return is_signed_with(suite, scheme); });
    });
    out.curve = curve_of(key);
    out.client_type = key == key_shape::rsa ? rsa_sign : ecdsa_sign;
    return out;
}

result<void> check_candidates(role role, std::span<const candidate> all) {
    for (std::size_t later = 1; later < all.size(); ++later) {
        for (std::size_t earlier = 0; earlier < later; ++earlier) {
            if (all[earlier].key != all[later].key) continue;
            if (marks_of(role, all[earlier]) != marks_of(role, all[later])) continue;
            return fail(errc::invalid_argument,
                        "credentials: number " + std::to_string(earlier + 1) + " and number " +
                            std::to_string(later + 1) + " both have a key of the kind " + all[later].key +
                            (role == role::client ? " and the same issuers" : " and the same DNS names") +
                            ", so that nothing could decide between them");
        }
    }
    return {};
}

std::size_t choose_for_client(std::span<const candidate> all, const client_hello& hello, bool tls1_3) {
    const auto fits = [&](const candidate& one) { return key_fits(one, hello, tls1_3); };
    const peer_name asked{.kind = peer_name::kind::dns, .dns = hello.server_name};
    const auto is_named = [&](const candidate& one) {
        return !hello.server_name.empty() && matches(asked, one.leaf) && fits(one);
    };
    auto chosen = std::ranges::find_if(all, is_named);
    if (chosen == all.end()) chosen = std::ranges::find_if(all, fits);
    return chosen == all.end() ? 0 : static_cast<std::size_t>(chosen - all.begin());
}

std::optional<std::size_t> choose_for_server(std::span<const candidate> all, const certificate_request& request) {
    const auto fits = [&](const candidate& one) { return key_fits(one, request); };
    auto chosen = std::ranges::find_if(
        all, [&](const candidate& one) { return fits(one) && issued_by_one_of(one, request.authorities); });
    if (chosen == all.end()) chosen = std::ranges::find_if(all, fits);
    if (chosen == all.end()) return std::nullopt;
    return static_cast<std::size_t>(chosen - all.begin());
}

}  // namespace tlseam::seam
