// SPDX-License-Identifier: Apache-2.0
// A certificate's digests, uses and addresses, for programs that show or compare them.
#include <algorithm>
#include <array>

#include <tlseam/certificate.hpp>

#include "core/base64.hpp"
#include "core/certificate_text.hpp"
#include "core/seam.hpp"
#include "core/x509_details.hpp"

namespace tlseam {
namespace {

using namespace seam;

/// A word for an OID.
struct word {
    std::string_view oid;
    std::string_view name;
};

// RFC 8017, RFC 4055, RFC 5758, RFC 3279
constexpr std::array<word, 14> algorithms = {{
    {"1.2.840.113549.1.1.4", "md5WithRSAEncryption"},
    {"1.2.840.113549.1.1.5", "sha1WithRSAEncryption"},
    {"1.2.840.113549.1.1.14", "sha224WithRSAEncryption"},
    {"1.2.840.113549.1.1.11", "sha256WithRSAEncryption"},
    {"1.2.840.113549.1.1.12", "sha384WithRSAEncryption"},
    {"1.2.840.113549.1.1.13", "sha512WithRSAEncryption"},
    {"1.2.840.113549.1.1.10", "RSASSA-PSS"},
    {"1.2.840.10045.4.1", "ecdsa-with-SHA1"},
    {"1.2.840.10045.4.3.1", "ecdsa-with-SHA224"},
    {"1.2.840.10045.4.3.2", "ecdsa-with-SHA256"},
    {"1.2.840.10045.4.3.3", "ecdsa-with-SHA384"},
    {"1.2.840.10045.4.3.4", "ecdsa-with-SHA512"},
    {"1.3.101.112", "Ed25519"},
    {"1.3.101.113", "Ed448"},
}};

// RFC 5280 4.2.1.12
constexpr std::array<word, 7> known_purposes = {{
    {"1.3.6.1.5.5.7.3.1", "serverAuth"},
    {"1.3.6.1.5.5.7.3.2", "clientAuth"},
    {"1.3.6.1.5.5.7.3.3", "codeSigning"},
    {"1.3.6.1.5.5.7.3.4", "emailProtection"},
    {"1.3.6.1.5.5.7.3.8", "timeStamping"},
    {"1.3.6.1.5.5.7.3.9", "OCSPSigning"},
    {"2.5.29.37.0", "anyExtendedKeyUsage"},
}};

// RFC 5280 4.2.1.3, by their place
constexpr std::array<std::string_view, 9> usages = {"digitalSignature", "nonRepudiation", "keyEncipherment",
                                                    "dataEncipherment", "keyAgreement",   "keyCertSign",
                                                    "cRLSign",          "encipherOnly",   "decipherOnly"};

std::string word_for(der::bytes oid, std::span<const word> known) {
    const std::string number = dotted(oid);
    const auto found = std::ranges::find(known, number, &word::oid);
    return found == known.end() ? number : std::string(found->name);
}

x509_fields fields_of(const certificate& c) { return *parse_x509(c.der()); }

std::vector<std::string> addresses(const std::vector<der::bytes>& contents) {
    std::vector<std::string> out;
    for (const auto content : contents) append_escaped(out.emplace_back(), as_text(content), delimiters);
    return out;
}

}  // namespace

inline namespace v0 {

std::string certificate::sha256_fingerprint() const {
    std::string out;
    append_hex(out, sha256(der()));
    return out;
}

std::string certificate::public_key_pin() const { return "sha256//" + base64(sha256(fields_of(*this).spki)); }

std::string certificate::to_pem() const {
    constexpr std::size_t line = 64;  // RFC 7468 3
    const std::string text = base64(der());
    std::string out = "-----BEGIN CERTIFICATE-----\n";
    for (std::size_t at = 0; at < text.size(); at += line) out.append(text, at, line).append("\n");
    return out + "-----END CERTIFICATE-----\n";
}

unsigned certificate::version() const { return fields_of(*this).version; }

std::string certificate::signature_algorithm() const {
    const x509_fields fields = fields_of(*this);
    const auto algorithm = der::single(fields.signature_algorithm, der::tag::sequence);
    const auto oid = algorithm ? der::reader(algorithm->content).expect(der::tag::oid) : std::nullopt;
    return oid ? word_for(oid->content, algorithms) : std::string();
}

bool certificate::is_ca() const { return fields_of(*this).is_ca; }

std::vector<std::string> certificate::key_usage() const {
    const auto usage = fields_of(*this).usage;
    std::vector<std::string> out;
    for (std::size_t bit = 0; usage && bit < usages.size(); ++bit) {
        if ((*usage >> bit & 1) != 0) out.emplace_back(usages[bit]);
    }
    return out;
}

std::vector<std::string> certificate::extended_key_usage() const {
    std::vector<std::string> out;
    const x509_fields fields = fields_of(*this);
    for (const auto purpose : purposes(fields)) out.push_back(word_for(purpose, known_purposes));
    return out;
}

std::vector<std::string> certificate::email_addresses() const { return addresses(fields_of(*this).alt_names.email); }
std::vector<std::string> certificate::uris() const { return addresses(fields_of(*this).alt_names.uri); }
std::vector<std::string> certificate::ocsp_urls() const { return addresses(authority_access(fields_of(*this)).ocsp); }
std::vector<std::string> certificate::ca_issuer_urls() const {
    return addresses(authority_access(fields_of(*this)).ca_issuers);
}
std::vector<std::string> certificate::crl_urls() const { return addresses(crl_locations(fields_of(*this))); }

}  // namespace v0
}  // namespace tlseam
