// SPDX-License-Identifier: Apache-2.0
// Chain building and signatures are Botan's, which reports all it finds; dates and names are core's.
#include <botan/tls_exceptn.h>
#include <botan/x509path.h>

#include "backends/botan/native.hpp"

namespace tlseam::seam {
namespace {

using Botan::Certificate_Status_Code;

constexpr auto extension_encoding_error = static_cast<Certificate_Status_Code>(4508);  // no name before 3.12

cert_errc cert_errc_for(Certificate_Status_Code code) noexcept {
    if (code == extension_encoding_error) return cert_errc::malformed;
    switch (code) {
        // Dates are core's.
        case Certificate_Status_Code::CERT_NOT_YET_VALID:
        case Certificate_Status_Code::CERT_HAS_EXPIRED: return cert_errc::none;
        case Certificate_Status_Code::SIGNATURE_ERROR: return cert_errc::bad_signature;
        case Certificate_Status_Code::CERT_IS_REVOKED: return cert_errc::revoked;
        case Certificate_Status_Code::CERT_ISSUER_NOT_FOUND:
        case Certificate_Status_Code::CANNOT_ESTABLISH_TRUST:
        case Certificate_Status_Code::CERT_CHAIN_LOOP:
        case Certificate_Status_Code::CHAIN_LACKS_TRUST_ROOT:
        case Certificate_Status_Code::CHAIN_NAME_MISMATCH: return cert_errc::unknown_ca;
        case Certificate_Status_Code::CA_CERT_NOT_FOR_CERT_ISSUER: return cert_errc::invalid_ca;
        case Certificate_Status_Code::CERT_CHAIN_TOO_LONG: return cert_errc::path_length;
        case Certificate_Status_Code::NAME_CONSTRAINT_ERROR: return cert_errc::name_constraint;
        case Certificate_Status_Code::UNKNOWN_CRITICAL_EXTENSION: return cert_errc::unknown_critical_extension;
        case Certificate_Status_Code::INVALID_USAGE: return cert_errc::wrong_purpose;
        case Certificate_Status_Code::SIGNATURE_METHOD_TOO_WEAK: return cert_errc::weak_key;
        case Certificate_Status_Code::UNTRUSTED_HASH:
        case Certificate_Status_Code::SIGNATURE_ALGO_UNKNOWN: return cert_errc::weak_signature;
        case Certificate_Status_Code::CERT_PUBKEY_INVALID:
        case Certificate_Status_Code::SIGNATURE_ALGO_BAD_PARAMS:
        case Certificate_Status_Code::EXT_IN_V1_V2_CERT:
        case Certificate_Status_Code::DUPLICATE_CERT_EXTENSION:
        case Certificate_Status_Code::DUPLICATE_CERT_POLICY:
        case Certificate_Status_Code::V2_IDENTIFIERS_IN_V1_CERT: return cert_errc::malformed;
        default: return code < Certificate_Status_Code::FIRST_ERROR_STATUS ? cert_errc::none : cert_errc::rejected;
    }
}

/// Botan notes these with the certificate that was signed; the issuer is the one that is wrong.
bool blames_the_issuer(Certificate_Status_Code code) noexcept {
    return code == Certificate_Status_Code::CA_CERT_NOT_FOR_CERT_ISSUER ||
           code == Certificate_Status_Code::SIGNATURE_METHOD_TOO_WEAK;
}

class findings {
public:
    void add(Certificate_Status_Code code, std::size_t depth, cert_errc meaning) {
        if (meaning == cert_errc::none) return;
        const char* text = Botan::to_string(code);
        defects_.push_back({.code = meaning,
                            .depth = static_cast<int>(depth),
                            .native_code = static_cast<std::uint64_t>(code),
                            .native_text = text != nullptr ? text : ""});
    }
    [[nodiscard]] std::span<const chain_defect> defects() const noexcept { return defects_; }

private:
    std::vector<chain_defect> defects_;
};

Botan::Path_Validation_Result build_path(const native_trust& trust, const std::vector<Botan::X509_Certificate>& sent,
                                         Botan::Usage_Type usage) {
    const Botan::Path_Validation_Restrictions restrictions(/* require revocation data */ false,
                                                           /* bits of strength: RSA 2048 */ 110,
                                                           /* OCSP of intermediates */ false,
                                                           /* age of OCSP answers */ std::chrono::seconds(0),
                                                           /* OCSP responders */ nullptr,
                                                           /* ignore the dates of roots */ false,
                                                           /* anchors must have signed themselves */ false);
    const std::vector<Botan::Certificate_Store*> stores = {&trust.store};
    return Botan::x509_path_validate(sent, restrictions, stores, "", usage);
}

findings collect(const Botan::Path_Validation_Result& validated, const std::vector<Botan::X509_Certificate>& path) {
    findings found;
    const auto& statuses = validated.all_statuses();
    for (std::size_t depth = 0; depth < statuses.size(); ++depth) {
        for (const auto code : statuses[depth]) {
            const bool above = blames_the_issuer(code) && depth + 1 < path.size();
            found.add(code, above ? depth + 1 : depth, cert_errc_for(code));
        }
    }
    return found;
}

/// In every suite of ours the leaf's key signs (RFC 8446 4.4.2.2). Botan looks at that behind our back, and its refusal
/// would not be one of the certificate.
bool may_sign(const Botan::X509_Certificate& leaf) {
    const auto usage = leaf.constraints();
    return usage.empty() ||
           usage.includes_any(Botan::Key_Constraints::DigitalSignature, Botan::Key_Constraints::NonRepudiation);
}

/// No path leads to an anchor: only the builder's last word is there.
findings collect_without_path(const Botan::Path_Validation_Result& validated,
                              const std::vector<Botan::X509_Certificate>& sent) {
    findings found;
    const bool alone = sent.front().is_self_signed();
    const auto meaning = alone ? cert_errc::self_signed : cert_errc_for(validated.result());
    found.add(validated.result(), alone ? 0 : sent.size() - 1,
              meaning == cert_errc::none ? cert_errc::rejected : meaning);
    return found;
}

std::vector<std::vector<std::uint8_t>> encode(const std::vector<Botan::X509_Certificate>& chain) {
    std::vector<std::vector<std::uint8_t>> out;
    for (const auto& certificate : chain) out.push_back(certificate.BER_encode());
    return out;
}

}  // namespace

void verify_chain(native_engine& engine, const std::vector<Botan::X509_Certificate>& sent) {
    engine.chain_verified = true;
    const bool by_client = engine.context->role == role::client;
    const auto validated =
        build_path(*engine.context->trust, sent,
                   by_client ? Botan::Usage_Type::TLS_SERVER_AUTH : Botan::Usage_Type::TLS_CLIENT_AUTH);
    const bool built = !validated.cert_path().empty();
    const auto& path = built ? validated.cert_path() : sent;
    findings found = built ? collect(validated, path) : collect_without_path(validated, sent);
    if (!may_sign(sent.front())) found.add(Certificate_Status_Code::INVALID_USAGE, 0, cert_errc::wrong_purpose);

    const auto encoded = encode(path);
    std::vector<der_bytes> spans;
    for (const auto& der : encoded) spans.push_back(std::as_bytes(std::span(der)));
    const cert_errc verdict = engine.events.verify(spans, found.defects());
    if (verdict != cert_errc::none) {
        throw Botan::TLS::TLS_Exception(static_cast<Botan::TLS::AlertType>(alert_for(verdict)),
                                        "the certificate was refused");
    }
}

}  // namespace tlseam::seam
