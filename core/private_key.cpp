// SPDX-License-Identifier: Apache-2.0
#include "core/private_key.hpp"

#include <optional>

#include "core/der.hpp"
#include "core/fail.hpp"
#include "core/pem.hpp"

namespace tlseam::seam {
namespace {

enum class form { pkcs8, encrypted_pkcs8, pkcs1, sec1, unknown };

constexpr std::byte rsa_algorithm[] = {  // SEQUENCE { rsaEncryption, NULL }
    std::byte{0x30}, std::byte{0x0d}, std::byte{0x06}, std::byte{0x09}, std::byte{0x2a},
    std::byte{0x86}, std::byte{0x48}, std::byte{0x86}, std::byte{0xf7}, std::byte{0x0d},
    std::byte{0x01}, std::byte{0x01}, std::byte{0x01}, std::byte{0x05}, std::byte{0x00}};
constexpr std::byte ec_oid[] = {  // id-ecPublicKey
    std::byte{0x06}, std::byte{0x07}, std::byte{0x2a}, std::byte{0x86}, std::byte{0x48},
    std::byte{0xce}, std::byte{0x3d}, std::byte{0x02}, std::byte{0x01}};
constexpr std::byte version_0[] = {std::byte{0x02}, std::byte{0x01}, std::byte{0x00}};

/// By structure: the four forms differ in their first two elements.
form recognise(der::bytes input) {
    const auto outer = der::single(input, der::tag::sequence);
    if (!outer) return form::unknown;
    der::reader in(outer->content);
    if (in.peek() == der::tag::sequence) {
        (void)in.any();
        return in.peek() == der::tag::octet_string ? form::encrypted_pkcs8 : form::unknown;
    }
    if (!in.expect(der::tag::integer)) return form::unknown;
    switch (in.peek()) {
        case der::tag::sequence: return form::pkcs8;
        case der::tag::integer: return form::pkcs1;
        case der::tag::octet_string: return form::sec1;
        default: return form::unknown;
    }
}

std::optional<secret_bytes> wrap(der::bytes algorithm, der::bytes key) {
    const secret_bytes octets(der::encode(der::tag::octet_string, {key}));
    return secret_bytes(der::encode(der::tag::sequence, {version_0, algorithm, octets.bytes()}));
}

std::optional<secret_bytes> wrap_sec1(der::bytes key) {
    const auto outer = der::single(key, der::tag::sequence);
    if (!outer) return std::nullopt;
    der::reader in(outer->content);
    if (!in.expect(der::tag::integer) || !in.expect(der::tag::octet_string)) return std::nullopt;
    const auto parameters = in.optional(der::tag::context_constructed(0));  // the curve, needed outside
    if (!parameters) return std::nullopt;
    return wrap(der::encode(der::tag::sequence, {ec_oid, parameters->content}), key);
}

result<private_key> normalise(der::bytes der, const std::string& source) {
    private_key out;
    std::optional<secret_bytes> pkcs8;
    switch (recognise(der)) {
        case form::encrypted_pkcs8: out.encrypted = true; [[fallthrough]];
        case form::pkcs8: pkcs8 = secret_bytes({der.begin(), der.end()}); break;
        case form::pkcs1: pkcs8 = wrap(rsa_algorithm, der); break;
        case form::sec1: pkcs8 = wrap_sec1(der); break;
        case form::unknown: break;
    }
    if (!pkcs8) return fail(errc::malformed_key, source + ": the private key cannot be parsed");
    out.pkcs8 = std::move(*pkcs8);
    return out;
}

bool is_key_label(std::string_view label) { return label == "PRIVATE KEY" || label.ends_with(" PRIVATE KEY"); }

bool is_supported_label(std::string_view label) {
    return label == "PRIVATE KEY" || label == "ENCRYPTED PRIVATE KEY" || label == "RSA PRIVATE KEY" ||
           label == "EC PRIVATE KEY";
}

}  // namespace

result<private_key> find_private_key(std::string_view pem_or_der, const std::string& source) {
    if (!looks_like_pem(pem_or_der)) {
        const bool der = !pem_or_der.empty() && pem_or_der.front() == 0x30;
        if (!der) return fail(errc::no_private_key, source + " holds no private key");
        return normalise(std::as_bytes(std::span(pem_or_der)), source);
    }
    auto blocks = split_pem(pem_or_der, errc::malformed_key, source);
    if (!blocks) return std::unexpected(blocks.error());
    const pem_block* key = nullptr;
    for (const pem_block& block : *blocks) {
        if (!is_key_label(block.label)) continue;
        if (key != nullptr) return fail(errc::malformed_key, source + " holds more than one private key");
        key = &block;
    }
    if (key == nullptr) return fail(errc::no_private_key, source + " holds no private key");
    if (key->legacy_encrypted) {
        return fail(errc::unsupported_key, source +
                                               ": the key is encrypted in an old, weak form; convert it with "
                                               "'openssl pkcs8 -topk8 -v2 aes-256-cbc'");
    }
    if (!is_supported_label(key->label)) {
        return fail(errc::unsupported_key, source +
                                               ": a private key of this form is not supported; convert it with "
                                               "'openssl pkcs8 -topk8'");
    }
    return normalise(key->der.bytes(), source);
}

}  // namespace tlseam::seam
