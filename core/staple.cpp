// SPDX-License-Identifier: Apache-2.0
// What the OCSP response that came along with a server's certificate means (RFC 6960 3.2). Signatures are checked by
// the library, everything else here.
#include <algorithm>

#include "core/certificate_path.hpp"
#include "core/chain_rules.hpp"
#include "core/ocsp.hpp"
#include "core/signature_algorithm.hpp"
#include "core/verify.hpp"

namespace tlseam::seam {
namespace {

/// A response without an end is good for so long. RFC 6960 4.2.2.1 says that there is newer information all the time
/// then, which is of no use to who cannot ask; this is what responders commonly give.
constexpr auto without_end = std::chrono::days(7);

/// Of the certificates in a response, so many with the responder's name are tried.
constexpr int most_delegates = 4;

struct finding {
    cert_errc code = cert_errc::none;
    const char* why = nullptr;
};

constexpr finding unavailable(const char* why) { return {cert_errc::revocation_unavailable, why}; }

class staple_judge {
public:
    staple_judge(const parsed_certificate& leaf, const parsed_certificate& issuer, std::chrono::sys_seconds time)
        : leaf_(leaf), issuer_(issuer), time_(time) {}

    finding look_at(der::bytes response) const {
        const auto parsed = parse_ocsp_response(response);
        if (!parsed) return unavailable(parsed.error().what);
        std::vector<const ocsp_single*> about;
        for (const ocsp_single& single : parsed->singles) {
            if (single.is_about(leaf_.fields, &issuer_.fields)) about.push_back(&single);
        }
        if (about.empty()) return unavailable("is of another certificate");
        if (!is_signed(*parsed)) return unavailable("is not signed by anybody who may");
        // Nobody takes that back, so an old one will do.
        const auto says_revoked = [](const ocsp_single* it) { return it->status == ocsp_status::revoked; };
        if (std::ranges::any_of(about, says_revoked)) return {cert_errc::revoked, "says so"};
        if (!parsed->understood) return unavailable("has a critical extension");
        finding last;
        for (const ocsp_single* single : about) {
            last = read(*single);
            if (last.code == cert_errc::none) break;
        }
        return last;
    }

private:
    finding read(const ocsp_single& said) const {
        if (said.status != ocsp_status::good) return unavailable("does not know the certificate");
        if (!said.understood) return unavailable("has a critical extension");
        if (time_ < said.this_update) return unavailable("is not yet valid");
        if (time_ > said.next_update.value_or(said.this_update + without_end)) return unavailable("has expired");
        return {};
    }

    [[nodiscard]] bool is_signed(const ocsp_fields& response) const {
        if (!parse_signature_algorithm(response.signature_algorithm)) return false;
        if (response.names(issuer_.fields) && signed_by(issuer_.der, response)) return true;
        int tried = 0;
        for (const der::bytes der : response.certificates) {
            const auto fields = parse_x509(der);
            if (!fields || !response.names(*fields)) continue;
            if (++tried > most_delegates) return false;
            if (is_delegate({der, *fields}) && signed_by(der, response)) return true;
        }
        return false;
    }

    static bool signed_by(der::bytes signer, const ocsp_fields& response) {
        return has_signed(signer, response.signature_algorithm, response.signed_part, response.signature);
    }

    /// RFC 6960 4.2.2.2: the issuer itself has issued it, for this and nothing that merely includes it. It is not asked
    /// whether that certificate was revoked: it is for the authority to make it live shortly. Nobody vouches for
    /// himself.
    [[nodiscard]] bool is_delegate(const parsed_certificate& it) const {
        const x509_fields& fields = it.fields;
        const bool may_sign =
            fields.extended && fields.extended->ocsp_signing && fields.may(key_usage::digital_signature);
        const bool sound = !fields.malformed_extension && !fields.unknown_critical && !is_weak_key(fields);
        const bool current = fields.not_before <= time_ && time_ <= fields.not_after;
        return may_sign && sound && current && !std::ranges::equal(it.der, leaf_.der) &&
               could_have_issued(issuer_.fields, fields) && parse_signature_algorithm(fields.signature_algorithm) &&
               has_signed(issuer_.der, fields.signature_algorithm, fields.tbs, fields.signature);
    }

    const parsed_certificate& leaf_;
    const parsed_certificate& issuer_;
    std::chrono::sys_seconds time_;
};

finding judge(const verification& how, std::span<const der_bytes> path, std::optional<der_bytes> response) {
    const auto leaf = parse_x509(path.front());
    if (!leaf) return {cert_errc::malformed, nullptr};
    if (!response) {
        if (how.more.ocsp == ocsp_stapling::required) return unavailable("did not come");
        return leaf->must_staple ? unavailable("did not come, which the certificate promises") : finding();
    }
    const auto issuer = path.size() > 1 ? parse_x509(path[1]) : std::nullopt;
    // A certificate that is trusted by itself has nobody who could take it back.
    if (!issuer) return unavailable("cannot be checked, as the certificate's issuer is not known");
    const parsed_certificate of_leaf{path[0], *leaf}, of_issuer{path[1], *issuer};
    return staple_judge(of_leaf, of_issuer, now_or_fail(how.clock)).look_at(*response);
}

}  // namespace

chain_verdict judge_staple(const verification& how, std::span<const der_bytes> path,
                           std::optional<der_bytes> response) noexcept {
    return judged([&] {
        const finding found = judge(how, path, response);
        chain_verdict out;
        out.code = found.code;
        out.about_staple = found.why;
        out.path.assign(path.begin(), path.end());
        return out;
    });
}

}  // namespace tlseam::seam
