// SPDX-License-Identifier: Apache-2.0
// Botan's opinion on chains that core has built; it reports all it finds.
#include <botan/ber_dec.h>
#include <botan/certstor.h>
#include <botan/pubkey.h>
#include <botan/tls_exceptn.h>
#include <botan/x509path.h>

#include <algorithm>

#include "backends/botan/native.hpp"

namespace tlseam::seam {
namespace {

using Botan::Certificate_Status_Code;

/// No name before 3.12. Of extensions that matter core says itself whether they can be read; and Botan counts here
/// names that are odd, such as "*.test", but in nobody's way.
constexpr auto extension_encoding_error = static_cast<Certificate_Status_Code>(4508);

cert_errc cert_errc_for(Certificate_Status_Code code) noexcept {
    if (code == extension_encoding_error) return cert_errc::none;
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

void add(std::vector<chain_defect>& defects, Certificate_Status_Code code, std::size_t depth) {
    const cert_errc meaning = cert_errc_for(code);
    if (meaning == cert_errc::none) return;
    const char* text = Botan::to_string(code);
    defects.push_back({.code = meaning,
                       .depth = static_cast<int>(depth),
                       .native_code = static_cast<std::uint64_t>(code),
                       .native_text = text != nullptr ? text : ""});
}

Botan::Usage_Type usage_of(std::optional<role> peer) {
    if (!peer) return Botan::Usage_Type::UNSPECIFIED;
    return *peer == role::server ? Botan::Usage_Type::TLS_SERVER_AUTH : Botan::Usage_Type::TLS_CLIENT_AUTH;
}

Botan::Path_Validation_Result validate(std::span<const Botan::X509_Certificate> path, Botan::Usage_Type usage) {
    const Botan::Path_Validation_Restrictions restrictions(/* require revocation data */ false,
                                                           /* bits of strength: RSA 2048 */ 110,
                                                           /* OCSP of intermediates */ false,
                                                           /* age of OCSP answers */ std::chrono::seconds(0),
                                                           /* OCSP responders */ nullptr,
                                                           /* ignore the dates of roots */ false,
                                                           /* anchors must have signed themselves */ false);
    Botan::Certificate_Store_In_Memory anchor;
    anchor.add_certificate(path.back());
    const std::vector<Botan::Certificate_Store*> stores = {&anchor};
    const std::size_t sent = std::max<std::size_t>(path.size() - 1, 1);
    return Botan::x509_path_validate({path.begin(), path.begin() + static_cast<std::ptrdiff_t>(sent)}, restrictions,
                                     stores, "", usage);
}

std::vector<chain_defect> collect(const Botan::Path_Validation_Result& validated) {
    std::vector<chain_defect> found;
    const auto& path = validated.cert_path();
    if (path.empty()) {  // no path leads to the anchor: only the builder's last word is there
        add(found, validated.result(), 0);
        if (found.empty()) found.push_back({.code = cert_errc::rejected, .native_text = "no path was built"});
        return found;
    }
    const auto& statuses = validated.all_statuses();
    for (std::size_t depth = 0; depth < statuses.size(); ++depth) {
        for (const auto code : statuses[depth]) {
            // An anchor's own signature says nothing: whoever trusts it has it from elsewhere (RFC 5280 6.1).
            const bool anchor = depth + 1 == path.size();
            if (anchor && code == Certificate_Status_Code::SIGNATURE_ERROR) continue;
            const bool above = blames_the_issuer(code) && depth + 1 < path.size();
            add(found, code, above ? depth + 1 : depth);
        }
    }
    return found;
}

std::vector<std::vector<std::uint8_t>> encode(const std::vector<Botan::X509_Certificate>& chain) {
    std::vector<std::vector<std::uint8_t>> out;
    for (const auto& certificate : chain) out.push_back(certificate.BER_encode());
    return out;
}

}  // namespace

std::vector<chain_defect> check_path(std::span<const der_bytes> path, std::optional<role> peer) {
    std::vector<Botan::X509_Certificate> parsed;
    try {
        for (const der_bytes der : path) parsed.emplace_back(octets(der).data(), der.size());
        return collect(validate(parsed, usage_of(peer)));
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception&) {
        const bool all_parsed = parsed.size() == path.size();
        return {{.code = all_parsed ? cert_errc::rejected : cert_errc::malformed,
                 .depth = all_parsed ? 0 : static_cast<int>(parsed.size()),
                 .native_text = all_parsed ? "the verification did not complete" : "cannot be parsed"}};
    }
}

bool has_signed(der_bytes issuer, der_bytes algorithm, der_bytes data, der_bytes signature) {
    try {
        const Botan::X509_Certificate signer(octets(issuer).data(), issuer.size());
        Botan::AlgorithmIdentifier how;
        Botan::BER_Decoder(octets(algorithm)).decode(how).verify_end();
        Botan::PK_Verifier verifier(*signer.subject_public_key(), how);
        return verifier.verify_message(octets(data), octets(signature));
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception&) {
        return false;
    }
}

void verify_chain(native_engine& engine, const std::vector<Botan::X509_Certificate>& sent) {
    engine.chain_verified = true;
    const auto encoded = encode(sent);
    std::vector<der_bytes> spans;
    for (const auto& der : encoded) spans.push_back(std::as_bytes(std::span(der)));
    const cert_errc verdict = engine.events.verify(spans);
    if (verdict != cert_errc::none) {
        throw Botan::TLS::TLS_Exception(static_cast<Botan::TLS::AlertType>(alert_for(verdict)),
                                        "the certificate was refused");
    }
}

}  // namespace tlseam::seam
