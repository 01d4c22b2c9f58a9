// SPDX-License-Identifier: Apache-2.0
#include "core/private_key.hpp"

#include <algorithm>
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
constexpr std::byte version_1[] = {std::byte{0x02}, std::byte{0x01}, std::byte{0x01}};

bool is_version(const std::optional<der::element>& found, der::bytes wanted) {
    return found && std::ranges::equal(found->whole, wanted);
}

// Each of these takes the content of the outermost SEQUENCE.

/// EncryptedPrivateKeyInfo: algorithm, ciphertext.
bool is_encrypted_pkcs8(der::bytes content) {
    der::reader in(content);
    return in.expect(der::tag::sequence) && in.expect(der::tag::octet_string) && in.at_end();
}

/// PrivateKeyInfo: version 0 (or 1, with the public key), algorithm, key, attributes.
bool is_pkcs8(der::bytes content) {
    der::reader in(content);
    const auto version = in.expect(der::tag::integer);
    if (!is_version(version, version_0) && !is_version(version, version_1)) return false;
    if (!in.expect(der::tag::sequence) || !in.expect(der::tag::octet_string)) return false;
    (void)in.optional(der::tag::context_constructed(0));
    (void)in.optional(der::tag::context(1));
    return in.at_end();
}

/// RSAPrivateKey: version 0, then eight numbers; version 1 with more primes behind them. DSA keys, which look alike,
/// have fewer.
bool is_pkcs1(der::bytes content) {
    der::reader in(content);
    const auto version = in.expect(der::tag::integer);
    const bool more_primes = is_version(version, version_1);
    if (!more_primes && !is_version(version, version_0)) return false;
    for (int i = 0; i < 8; ++i) {
        const auto number = in.expect(der::tag::integer);
        if (!number || !der::is_integer(number->content)) return false;
    }
    if (more_primes && !in.expect(der::tag::sequence)) return false;
    return in.at_end();
}

/// ECPrivateKey: version 1, key, [0] curve, [1] public key.
bool is_sec1(der::bytes content) {
    der::reader in(content);
    if (!is_version(in.expect(der::tag::integer), version_1) || !in.expect(der::tag::octet_string)) return false;
    (void)in.optional(der::tag::context_constructed(0));
    (void)in.optional(der::tag::context_constructed(1));
    return in.at_end();
}

form recognise(der::bytes input) {
    const auto outer = der::single(input, der::tag::sequence);
    if (!outer) return form::unknown;
    if (is_encrypted_pkcs8(outer->content)) return form::encrypted_pkcs8;
    if (is_pkcs8(outer->content)) return form::pkcs8;
    if (is_pkcs1(outer->content)) return form::pkcs1;
    return is_sec1(outer->content) ? form::sec1 : form::unknown;
}

secret_bytes wrap(der::bytes algorithm, der::bytes key) {
    const secret_bytes octets(der::encode(der::tag::octet_string, {key}));
    return secret_bytes(der::encode(der::tag::sequence, {version_0, algorithm, octets.bytes()}));
}

/// The key goes inside as it is, with its curve: RFC 5915 allows that, and every library reads it.
result<secret_bytes> wrap_sec1(der::bytes key, const std::string& source) {
    der::reader in(der::single(key, der::tag::sequence)->content);
    (void)in.any();
    (void)in.any();
    const auto parameters = in.optional(der::tag::context_constructed(0));
    if (!parameters) return fail(errc::malformed_key, source + ": the private key does not name its curve");
    const auto curve = der::single(parameters->content, der::tag::oid);
    if (!curve) return fail(errc::unsupported_key, source + ": the private key describes a curve of its own");
    return wrap(der::encode(der::tag::sequence, {ec_oid, curve->whole}), key);
}

/// labelled: the form that a PEM label promises.
result<private_key> normalise(der::bytes der, std::optional<form> labelled, const std::string& source) {
    private_key out;
    const form found = recognise(der);
    if (found == form::unknown || (labelled && *labelled != found)) {
        return fail(errc::malformed_key, source + ": the private key cannot be parsed");
    }
    if (found == form::pkcs1) {
        out.pkcs8 = wrap(rsa_algorithm, der);
    } else if (found == form::sec1) {
        auto wrapped = wrap_sec1(der, source);
        if (!wrapped) return std::unexpected(wrapped.error());
        out.pkcs8 = std::move(*wrapped);
    } else {
        out.pkcs8 = secret_bytes(std::vector<std::byte>(der.begin(), der.end()));
        out.encrypted = found == form::encrypted_pkcs8;
    }
    return out;
}

bool is_key_label(std::string_view label) { return label == "PRIVATE KEY" || label.ends_with(" PRIVATE KEY"); }

form form_of(std::string_view label) {
    if (label == "PRIVATE KEY") return form::pkcs8;
    if (label == "ENCRYPTED PRIVATE KEY") return form::encrypted_pkcs8;
    if (label == "RSA PRIVATE KEY") return form::pkcs1;
    return label == "EC PRIVATE KEY" ? form::sec1 : form::unknown;
}

}  // namespace

result<private_key> find_private_key(std::string_view pem_or_der, const std::string& source) {
    if (!looks_like_pem(pem_or_der)) {
        const bool der = !pem_or_der.empty() && pem_or_der.front() == 0x30;
        if (!der) return fail(errc::no_private_key, source + " holds no private key");
        return normalise(std::as_bytes(std::span(pem_or_der)), std::nullopt, source);
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
    const form labelled = form_of(key->label);
    if (labelled == form::unknown) {
        return fail(errc::unsupported_key, source +
                                               ": a private key of this form is not supported; convert it with "
                                               "'openssl pkcs8 -topk8'");
    }
    return normalise(key->der.bytes(), labelled, source);
}

}  // namespace tlseam::seam
