// SPDX-License-Identifier: Apache-2.0
#include "core/own_chain.hpp"

#include "core/chain_rules.hpp"
#include "core/fail.hpp"
#include "core/private_key.hpp"
#include "core/signature_algorithm.hpp"
#include "core/x509.hpp"

namespace tlseam::seam {
namespace {

result<void> accept(const certificate& one, bool leaf) {
    if (leaf) {
        if (auto usable = accept_public_key(one.der()); !usable) {
            return fail(usable.error().code(), "the certificate has " + usable.error().message());
        }
    }
    const auto fields = parse_x509(one.der());
    if (!fields) return fail(errc::malformed_certificate, "a certificate cannot be parsed");
    if (is_weak_key(*fields)) {
        return fail(errc::weak_key,
                    "the certificate of '" + one.subject() + "' has a key that is too short or of an unknown kind");
    }
    if (!fields->is_self_issued() && !parse_signature_algorithm(fields->signature_algorithm)) {
        return fail(errc::weak_signature,
                    "the certificate of '" + one.subject() +
                        "' is signed with SHA-1 or older, or with an algorithm that is not known");
    }
    return {};
}

}  // namespace

result<void> accept_own_chain(std::span<const certificate> chain, const std::string& source) {
    for (const certificate& one : chain) {
        if (auto accepted = accept(one, &one == chain.data()); !accepted) {
            const std::string where = source.empty() ? "" : source + ": ";
            return fail(accepted.error().code(), where + accepted.error().message());
        }
    }
    return {};
}

}  // namespace tlseam::seam
