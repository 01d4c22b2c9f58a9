// SPDX-License-Identifier: Apache-2.0
#include "core/ocsp.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/x509_extensions.hpp"

namespace tlseam::seam {
namespace {

std::string_view text(der::bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

std::optional<std::chrono::sys_seconds> read_time(der::reader& in) {
    const auto time = in.expect(der::tag::generalized_time);
    return time ? parse_time(*time) : std::nullopt;
}

/// [n] EXPLICIT Extensions at the end of a structure. Only whether one is critical matters: none is known here, and a
/// nonce was not asked for.
bool read_extensions(der::reader& in, bool& understood) {
    const auto wrapped = in.optional(der::tag::context_constructed(1));
    if (!wrapped) return in.at_end();
    const auto list = der::single(wrapped->content, der::tag::sequence);
    if (!list || !in.at_end()) return false;
    return for_each_extension(list->content, [&](der::bytes, bool critical, der::bytes) {
        if (critical) understood = false;
        return true;
    });
}

std::optional<hash_kind> hash_of(der::bytes algorithm) {
    constexpr std::string_view sha1 = "\x2b\x0e\x03\x02\x1a";                    // 1.3.14.3.2.26
    constexpr std::string_view sha256 = "\x60\x86\x48\x01\x65\x03\x04\x02\x01";  // 2.16.840.1.101.3.4.2.1
    const auto oid = der::reader(algorithm).expect(der::tag::oid);
    if (oid && text(oid->content) == sha1) return hash_kind::sha1;
    if (oid && text(oid->content) == sha256) return hash_kind::sha256;
    return std::nullopt;
}

bool read_cert_id(der::bytes content, ocsp_single& out) {
    der::reader in(content);
    const auto algorithm = in.expect(der::tag::sequence);
    const auto name = in.expect(der::tag::octet_string);
    const auto key = in.expect(der::tag::octet_string);
    const auto serial = in.expect(der::tag::integer);
    if (!algorithm || !name || !key || !serial || !der::is_integer(serial->content) || !in.at_end()) return false;
    out.hash = hash_of(algorithm->content);
    out.issuer_name_hash = name->content;
    out.issuer_key_hash = key->content;
    out.serial = serial->content;
    return true;
}

/// CertStatus: a choice of NULL, RevokedInfo and NULL, each IMPLICIT.
bool read_status(const der::element& status, ocsp_single& out) {
    if (status.tag == der::tag::context_constructed(1)) {
        der::reader in(status.content);
        if (!read_time(in)) return false;
        (void)in.optional(der::tag::context_constructed(0));  // the reason
        out.status = ocsp_status::revoked;
        return in.at_end();
    }
    out.status = status.tag == der::tag::context(0) ? ocsp_status::good : ocsp_status::unknown;
    const bool known = out.status == ocsp_status::good || status.tag == der::tag::context(2);
    return known && status.content.empty();
}

std::optional<ocsp_single> read_single(der::bytes content) {
    ocsp_single out;
    der::reader in(content);
    const auto id = in.expect(der::tag::sequence);
    const auto status = in.any();
    if (!id || !status || !read_cert_id(id->content, out) || !read_status(*status, out)) return std::nullopt;
    const auto this_update = read_time(in);
    if (!this_update) return std::nullopt;
    out.this_update = *this_update;
    if (const auto wrapped = in.optional(der::tag::context_constructed(0))) {
        der::reader inner(wrapped->content);
        out.next_update = read_time(inner);
        if (!out.next_update || !inner.at_end()) return std::nullopt;
    }
    if (!read_extensions(in, out.understood)) return std::nullopt;
    return out;
}

bool read_responder(const der::element& responder, ocsp_fields& out) {
    if (responder.tag == der::tag::context_constructed(1)) {
        const auto name = der::single(responder.content, der::tag::sequence);
        if (!name || !is_name(name->content)) return false;
        out.responder_name = name->content;
        return true;
    }
    const bool by_key = responder.tag == der::tag::context_constructed(2);
    const auto key = by_key ? der::single(responder.content, der::tag::octet_string) : std::nullopt;
    if (!key || key->content.size() != hash_size(hash_kind::sha1)) return false;
    out.responder_key = key->content;
    return true;
}

bool read_signed_part(der::bytes content, ocsp_fields& out) {
    der::reader in(content);
    if (const auto wrapped = in.optional(der::tag::context_constructed(0))) {
        const auto version = der::single(wrapped->content, der::tag::integer);
        if (!version || version->content.size() != 1 || version->content[0] != std::byte{0}) return false;  // v1
    }
    const auto responder = in.any();
    if (!responder || !read_responder(*responder, out) || !read_time(in)) return false;
    const auto list = in.expect(der::tag::sequence);
    if (!list) return false;
    der::reader singles(list->content);
    while (!singles.at_end()) {
        const auto element = singles.expect(der::tag::sequence);
        auto single = element ? read_single(element->content) : std::nullopt;
        if (!single) return false;
        out.singles.push_back(*single);
    }
    return read_extensions(in, out.understood);
}

bool read_basic(der::bytes der, ocsp_fields& out) {
    const auto basic = der::single(der, der::tag::sequence);
    if (!basic) return false;
    der::reader in(basic->content);
    const auto part = in.expect(der::tag::sequence);
    const auto algorithm = in.expect(der::tag::sequence);
    const auto signature = in.expect(der::tag::bit_string);
    if (!part || !algorithm || !signature) return false;
    if (signature->content.empty() || signature->content[0] != std::byte{0}) return false;
    if (const auto wrapped = in.optional(der::tag::context_constructed(0))) {
        const auto list = der::single(wrapped->content, der::tag::sequence);
        if (!list) return false;
        der::reader certificates(list->content);
        while (!certificates.at_end()) {
            const auto one = certificates.expect(der::tag::sequence);
            if (!one) return false;
            out.certificates.push_back(one->whole);
        }
    }
    out.signed_part = part->whole;
    out.signature_algorithm = algorithm->whole;
    out.signature = signature->content.subspan(1);
    return in.at_end() && read_signed_part(part->content, out);
}

/// OCSPResponseStatus; nothing for a number that is none.
const char* refusal_of(der::bytes status) {
    if (status.size() != 1) return nullptr;
    switch (std::to_integer<int>(status[0])) {
        case 1: return "says only that the request was malformed (malformedRequest)";
        case 2: return "says only that the responder failed (internalError)";
        case 3: return "says only to try later (tryLater)";
        case 5: return "says only that the request must be signed (sigRequired)";
        case 6: return "says only that the asker may not ask (unauthorized)";
        default: return nullptr;
    }
}

std::array<std::byte, 32> hashed(hash_kind kind, der::bytes data) {
    std::array<std::byte, 32> out = {};
    hash(kind, data, std::span(out).first(hash_size(kind)));
    return out;
}

bool is_hash_of(hash_kind kind, der::bytes data, der::bytes claimed) {
    const auto right = hashed(kind, data);
    return std::ranges::equal(claimed, std::span(right).first(hash_size(kind)));
}

/// What both CertID and ResponderID take the hash of: the key without algorithm, tag, length and unused bits.
der::bytes key_of(const x509_fields& it) {
    const auto spki = der::single(it.spki, der::tag::sequence);
    if (!spki) return {};
    der::reader in(spki->content);
    (void)in.expect(der::tag::sequence);
    const auto key = in.expect(der::tag::bit_string);
    return key && !key->content.empty() ? key->content.subspan(1) : der::bytes();
}

}  // namespace

bool ocsp_single::is_about(const x509_fields& certificate, const x509_fields* issuer) const {
    if (!hash || !std::ranges::equal(serial, certificate.serial)) return false;
    const auto name = der::encode(der::tag::sequence, {certificate.issuer});
    return is_hash_of(*hash, name, issuer_name_hash) &&
           (issuer == nullptr || is_hash_of(*hash, key_of(*issuer), issuer_key_hash));
}

bool ocsp_fields::names(const x509_fields& responder) const {
    if (responder_name) return std::ranges::equal(*responder_name, responder.subject);
    return is_hash_of(hash_kind::sha1, key_of(responder), responder_key);
}

std::expected<ocsp_fields, ocsp_problem> parse_ocsp_response(der::bytes der) {
    constexpr std::string_view basic = "\x2b\x06\x01\x05\x05\x07\x30\x01\x01";  // id-pkix-ocsp-basic
    constexpr ocsp_problem unreadable = {true, "cannot be parsed"};
    const auto response = der::single(der, der::tag::sequence);
    if (!response) return std::unexpected(unreadable);
    der::reader in(response->content);
    const auto status = in.expect(der::tag::enumerated);
    if (!status) return std::unexpected(unreadable);
    const auto wrapped = in.optional(der::tag::context_constructed(0));
    if (!in.at_end()) return std::unexpected(unreadable);
    if (status->content.size() != 1 || status->content[0] != std::byte{0}) {
        const char* what = refusal_of(status->content);
        return std::unexpected(what != nullptr ? ocsp_problem{false, what} : unreadable);
    }
    const auto bytes = wrapped ? der::single(wrapped->content, der::tag::sequence) : std::nullopt;
    if (!bytes) return std::unexpected(unreadable);
    der::reader inside(bytes->content);
    const auto kind = inside.expect(der::tag::oid);
    const auto inner = inside.expect(der::tag::octet_string);
    if (!kind || !inner || !inside.at_end()) return std::unexpected(unreadable);
    ocsp_fields out;
    if (text(kind->content) != basic) return std::unexpected(ocsp_problem{true, "is not of the basic kind"});
    if (!read_basic(inner->content, out)) return std::unexpected(unreadable);
    return out;
}

}  // namespace tlseam::seam
