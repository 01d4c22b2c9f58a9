// SPDX-License-Identifier: Apache-2.0
#include "core/verify.hpp"

#include <algorithm>
#include <chrono>

#include "core/certificate_path.hpp"
#include "core/chain_rules.hpp"
#include "core/data.hpp"
#include "core/fail.hpp"
#include "core/path_memo.hpp"
#include "core/signature_algorithm.hpp"

namespace tlseam::seam {
namespace {

/// The lower the code, the graver: cert_errc is declared in that order. Among equals the first found.
chain_defect gravest(std::span<const chain_defect> defects) {
    const auto worst = std::ranges::min_element(defects, {}, &chain_defect::code);
    return worst == defects.end() ? chain_defect{} : *worst;
}

struct judged_path {
    certificate_path path;
    std::vector<chain_defect> defects;
};

class judge {
public:
    judge(const verification& how, const peer_name* name) : how_(how), name_(name), time_(now_or_fail(how.clock)) {}

    chain_verdict run(std::span<const der_bytes> chain) {
        std::vector<parsed_certificate> parsed;
        for (const der_bytes der : chain) {
            if (auto fields = parse_x509(der)) {
                parsed.push_back({der, std::move(*fields)});
            } else if (parsed.empty()) {
                return {.code = cert_errc::malformed, .path = {chain.begin(), chain.end()}};
            }
        }
        if (parsed.empty()) return {.code = cert_errc::malformed};
        judged_path best = choose(parsed);
        if (how_.more.callback) consult(best);
        return conclude(best);
    }

private:
    /// The first path without a defect; where there is none, the one whose gravest defect is the mildest: it is what
    /// would have to be mended.
    judged_path choose(std::span<const parsed_certificate> chain) const {
        judged_path best;
        for (certificate_path& path : find_paths(chain.front(), chain.subspan(1), how_.trust->anchors)) {
            auto defects = look_at(path);
            const bool better =
                best.path.certificates.empty() || defects.empty() || gravest(defects).code > gravest(best.defects).code;
            if (better) best = {std::move(path), std::move(defects)};
            if (best.defects.empty()) break;
        }
        return best;
    }

    std::vector<chain_defect> look_at(const certificate_path& path) const {
        std::vector<chain_defect> defects;
        if (!path.complete) {
            const bool alone = path.certificates.size() == 1 && path.certificates[0]->fields.is_self_issued();
            defects.push_back({.code = alone ? cert_errc::self_signed : cert_errc::unknown_ca,
                               .depth = static_cast<int>(path.certificates.size()) - 1});
        }
        check_rules(path, how_.peer, time_, defects);
        add_native(path, defects);
        check_revocation(how_, path, time_, defects);
        if (name_ != nullptr && !matches(*name_, path.certificates[0]->fields)) {
            defects.push_back({.code = cert_errc::name_mismatch});
        }
        if (!how_.pins.empty() && !is_pinned(path)) defects.push_back({.code = cert_errc::pin_mismatch});
        return defects;
    }

    /// The whole path at once; or, where names alone do not say who issued what, each certificate with its issuer.
    void add_native(const certificate_path& path, std::vector<chain_defect>& defects) const {
        std::vector<der_bytes> ders;
        for (const parsed_certificate* each : path.certificates) ders.push_back(each->der);
        const std::span all(ders);
        const std::size_t at_once = names_are_unique(path) ? all.size() : 2;
        for (std::size_t depth = 0; depth == 0 || depth + at_once <= all.size(); ++depth) {
            const auto peer = depth == 0 ? std::optional(how_.peer) : std::nullopt;
            for (chain_defect defect : check_path_once(all.subspan(depth, std::min(at_once, all.size())), peer)) {
                // Within the path, so that the program is asked about every one.
                defect.depth = std::min(defect.depth + static_cast<int>(depth), static_cast<int>(all.size()) - 1);
                if (is_secondary(path, defect)) defect.code = cert_errc::rejected;
                // Constraints bind a certificate that issued itself only when it is the peer's (RFC 5280 6.1.3), and
                // in a pair the library takes it for that; core has looked at them.
                if (defect.code != cert_errc::name_constraint || peer) defects.push_back(defect);
            }
        }
    }

    /// Core has another name for what is wrong there. Such a defect must not decide what the refusal is called, as not
    /// every library finds it; but it stays, so that nobody who accepts the other one accepts this unseen.
    static bool is_secondary(const certificate_path& path, const chain_defect& defect) {
        const auto at = static_cast<std::size_t>(defect.depth);
        // Core could read it: so it is something that this library does not know.
        if (defect.code == cert_errc::malformed) return true;
        if (defect.code != cert_errc::bad_signature || at + 1 >= path.certificates.size()) return false;
        // Refused for its algorithm or its issuer's key.
        return !parse_signature_algorithm(path.certificates[at]->fields.signature_algorithm) ||
               is_weak_key(path.certificates[at + 1]->fields);
    }

    static bool names_are_unique(const certificate_path& path) {
        std::vector<std::span<const std::byte>> names;
        for (const parsed_certificate* each : path.certificates) names.push_back(each->fields.subject);
        std::ranges::sort(names, [](auto a, auto b) { return std::ranges::lexicographical_compare(a, b); });
        return std::ranges::adjacent_find(names, [](auto a, auto b) { return std::ranges::equal(a, b); }) ==
               names.end();
    }

    [[nodiscard]] bool is_pinned(const certificate_path& path) const {
        return std::ranges::any_of(path.certificates, [&](const parsed_certificate* each) {
            return std::ranges::find(how_.pins, sha256(each->fields.spki)) != how_.pins.end();
        });
    }

    /// Asks the program about each certificate, the anchor first, and strikes what it may and does accept.
    void consult(judged_path& best) const {
        std::vector<chain_defect> left;
        for (std::size_t depth = best.path.certificates.size(); depth-- > 0;) {
            const auto shown = certificate::from_der(best.path.certificates[depth]->der);
            if (!shown) throw std::bad_alloc();
            std::vector<cert_errc> asked;
            for (const chain_defect& defect : best.defects) {
                if (static_cast<std::size_t>(defect.depth) != depth) continue;
                const bool again = std::ranges::find(asked, defect.code) != asked.end();
                asked.push_back(defect.code);
                if (again ? !accepted(left, defect) : !may_pass(defect, *shown)) left.push_back(defect);
            }
            if (asked.empty() && !ask({static_cast<int>(depth), cert_errc::none, *shown})) {
                left.push_back({.code = cert_errc::rejected, .depth = static_cast<int>(depth)});
            }
        }
        best.defects = std::move(left);
    }

    static bool accepted(std::span<const chain_defect> left, const chain_defect& same) {
        return std::ranges::none_of(
            left, [&](const chain_defect& d) { return d.code == same.code && d.depth == same.depth; });
    }

    [[nodiscard]] bool may_pass(const chain_defect& defect, const certificate& shown) const {
        const bool agrees = ask({defect.depth, defect.code, shown});
        const auto& may = how_.more.insecure_may_accept;
        return agrees && std::ranges::find(may, defect.code) != may.end();
    }

    [[nodiscard]] bool ask(const chain_step& step) const {
        try {
            return how_.more.callback(step);
        } catch (...) {
            throw callback_failure{"the verification callback of the settings"};
        }
    }

    static chain_verdict conclude(const judged_path& best) {
        const chain_defect worst = gravest(best.defects);
        chain_verdict out;
        out.code = worst.code;
        out.depth = worst.depth;
        out.native_code = worst.native_code;
        out.native_text = worst.native_text;
        for (const parsed_certificate* each : best.path.certificates) out.path.push_back(each->der);
        return out;
    }

    const verification& how_;
    const peer_name* name_;
    std::chrono::sys_seconds time_;
};

}  // namespace

std::chrono::sys_seconds time_by(const wall_clock& clock) {
    return clock ? clock() : std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

std::chrono::sys_seconds now_or_fail(const wall_clock& clock) {
    try {
        return time_by(clock);
    } catch (...) {
        throw callback_failure{"the clock of the settings"};
    }
}

std::string subject_of(const chain_verdict& verdict) {
    const auto at = static_cast<std::size_t>(verdict.depth);
    if (at >= verdict.path.size()) return {};
    const auto shown = certificate::from_der(verdict.path[at]);
    return shown ? shown->subject() : std::string();
}

chain_verdict judge_chain(const verification& how, std::span<const der_bytes> chain, const peer_name* name) noexcept {
    return judged([&] { return judge(how, name).run(chain); });
}

error refusal(const chain_verdict& verdict, role peer, const peer_name* name, error_detail detail) {
    if (verdict.out_of_memory) return errc::out_of_memory;
    if (verdict.too_long) {
        detail.message = std::string("the ") + (peer == role::server ? "server" : "client") +
                         " sent more certificates than anybody looks at";
        return {errc::too_large, std::move(detail)};
    }
    if (verdict.failed_callback != nullptr) {
        detail.message = std::string(verdict.failed_callback) + " threw an exception";
        return {errc::callback_failed, std::move(detail)};
    }
    detail.certificate = verdict.code;
    detail.message = std::string("the certificate of the ") + (peer == role::server ? "server" : "client") +
                     " was refused: " + tlseam::name(verdict.code);
    if (verdict.code == cert_errc::name_mismatch && name != nullptr) {
        detail.message += ", it is not for '" + name->text() + "'";
    }
    if (verdict.about_staple != nullptr) {
        detail.message += std::string(", the OCSP response ") + verdict.about_staple;
    }
    detail.message += " (certificate " + std::to_string(verdict.depth) + ", subject '" + verdict.subject + "')";
    if (detail.native_code == 0) detail.native_code = verdict.native_code;
    if (detail.native_text.empty()) detail.native_text = verdict.native_text;
    return {errc::certificate_refused, std::move(detail)};
}

}  // namespace tlseam::seam

namespace tlseam::inline v0 {

result<std::vector<certificate>> verify_chain(std::span<const certificate> chain,
                                              const verify_options& options) noexcept {
    using namespace seam;
    return guarded([&]() -> result<std::vector<certificate>> {
        if (chain.empty()) return fail(errc::invalid_argument, "there is no certificate to verify");
        std::optional<peer_name> name;
        if (options.name) {
            auto parsed = parse_peer_name(*options.name);
            if (!parsed) return std::unexpected(parsed.error());
            name = std::move(*parsed);
        }
        const auto trust = options.trust ? result<trust_store>(*options.trust) : trust_store::system();
        if (!trust) return std::unexpected(trust.error());
        const auto how = make_verification(trust->data(), options.peer, options.clock, options.verification);
        if (!how) return std::unexpected(how.error());
        if (!options.ocsp_response.empty() && options.verification.ocsp == ocsp_stapling::off) {
            return fail(errc::invalid_argument, "ocsp_response: verification.ocsp is off, nobody would look at it");
        }
        std::vector<der_bytes> ders;
        for (const certificate& each : chain) ders.push_back(each.der());
        const peer_name* checked = name ? &*name : nullptr;
        chain_verdict verdict = judge_chain(*how, ders, checked);
        if (verdict.code == cert_errc::none && options.verification.ocsp != ocsp_stapling::off) {
            const auto& given = options.ocsp_response;
            const auto path = std::move(verdict.path);
            verdict = judge_staple(*how, path, given.empty() ? std::nullopt : std::optional<der_bytes>(given));
        }
        if (verdict.code != cert_errc::none) return std::unexpected(refusal(verdict, options.peer, checked, {}));
        std::vector<certificate> path;
        for (const der_bytes der : verdict.path) {
            auto made = certificate::from_der(der);
            if (!made) return std::unexpected(made.error());  // it has been parsed: only memory can be missing
            path.push_back(std::move(*made));
        }
        return path;
    });
}

}  // namespace tlseam::inline v0
