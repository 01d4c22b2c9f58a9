// SPDX-License-Identifier: Apache-2.0
#include <tlseam/certificate.hpp>

#include "core/certificate_text.hpp"
#include "core/fail.hpp"
#include "core/file.hpp"
#include "core/ip.hpp"
#include "core/pem.hpp"
#include "core/x509.hpp"

namespace tlseam {
namespace {

using seam::x509_fields;

x509_fields fields_of(const certificate& c) { return *seam::parse_x509(c.der()); }

result<std::vector<certificate>> split(std::string_view pem_or_der, const std::string& source) {
    const auto ders = seam::split_certificates(pem_or_der, source);
    if (!ders) return std::unexpected(ders.error());
    std::vector<certificate> out;
    for (const auto& der : *ders) {
        auto parsed = certificate::from_der(der);
        if (!parsed) return std::unexpected(parsed.error());
        out.push_back(std::move(*parsed));
    }
    return out;
}

}  // namespace

inline namespace v0 {

result<certificate> certificate::from_der(std::span<const std::byte> der) noexcept {
    return seam::guarded([&]() -> result<certificate> {
        if (!seam::parse_x509(der)) return seam::fail(errc::malformed_certificate, "not a DER certificate");
        return certificate(std::make_shared<const std::vector<std::byte>>(der.begin(), der.end()));
    });
}

result<std::vector<certificate>> certificate::load_all(const std::filesystem::path& file) noexcept {
    return seam::guarded([&]() -> result<std::vector<certificate>> {
        const auto text = seam::read_file(file);
        if (!text) return std::unexpected(text.error());
        return split(*text, seam::quoted(file));
    });
}

result<std::vector<certificate>> certificate::parse_all(std::string_view pem_or_der) noexcept {
    return seam::guarded([&] { return split(pem_or_der, "the certificates in memory"); });
}

std::string certificate::subject() const { return seam::name_text(fields_of(*this).subject); }
std::string certificate::issuer() const { return seam::name_text(fields_of(*this).issuer); }

std::string certificate::serial() const {
    std::string out;
    seam::append_hex(out, fields_of(*this).serial);
    return out;
}

std::chrono::sys_seconds certificate::not_before() const { return fields_of(*this).not_before; }
std::chrono::sys_seconds certificate::not_after() const { return fields_of(*this).not_after; }

std::vector<std::string> certificate::dns_names() const {
    std::vector<std::string> out;
    const x509_fields fields = fields_of(*this);
    for (const auto name : fields.dns_names) seam::append_escaped(out.emplace_back(), seam::as_text(name));
    return out;
}

std::vector<std::string> certificate::ip_addresses() const {
    std::vector<std::string> out;
    const x509_fields fields = fields_of(*this);
    for (const auto address : fields.ip_addresses) out.push_back(seam::ip_text(address));
    return out;
}

std::string certificate::key_type() const {
    const x509_fields fields = fields_of(*this);
    switch (fields.key) {
        case seam::key_kind::rsa: return "RSA";
        case seam::key_kind::ec: return "EC";
        case seam::key_kind::ed25519: return "Ed25519";
        case seam::key_kind::ed448: return "Ed448";
        case seam::key_kind::other: break;
    }
    return seam::dotted(fields.key_algorithm);
}

unsigned certificate::key_bits() const { return fields_of(*this).key_bits; }

}  // namespace v0
}  // namespace tlseam
