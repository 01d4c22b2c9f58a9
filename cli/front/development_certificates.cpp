// SPDX-License-Identifier: Apache-2.0
#include "cli/front/development_certificates.hpp"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <type_traits>

#include "cli/front/certificate_names.hpp"
#include "cli/front/p256_key.hpp"
#include "cli/front/programs.hpp"

namespace cli::front {
namespace {

constexpr std::time_t day = 86'400;
constexpr std::time_t root_life = 3'650 * day;
constexpr std::time_t leaf_life = 825 * day;  // more is refused by some clients
constexpr std::size_t longest_common_name = 64;

void check(int code, const char* what) {
    if (code < 0) throw std::runtime_error(std::string("cannot ") + what + ": " + gnutls_strerror(code));
}

template <auto Free>
struct freed_by {
    template <class T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};
using certificate = std::unique_ptr<std::remove_pointer_t<gnutls_x509_crt_t>, freed_by<gnutls_x509_crt_deinit>>;
using private_key = std::unique_ptr<std::remove_pointer_t<gnutls_x509_privkey_t>, freed_by<gnutls_x509_privkey_deinit>>;

certificate empty_certificate() {
    gnutls_x509_crt_t made = nullptr;
    check(gnutls_x509_crt_init(&made), "make a certificate");
    return certificate(made);
}

private_key empty_key() {
    gnutls_x509_privkey_t made = nullptr;
    check(gnutls_x509_privkey_init(&made), "make a private key");
    return private_key(made);
}

private_key new_key(key_kind kind) {
    auto key = empty_key();
    const bool rsa = kind == key_kind::rsa_2048;
    check(gnutls_x509_privkey_generate(key.get(), rsa ? GNUTLS_PK_RSA : GNUTLS_PK_ECDSA,
                                       rsa ? 2048 : GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
          "make a private key");
    return key;
}

using key_id = std::array<unsigned char, 20>;  // SHA-1 of the SubjectPublicKeyInfo

key_id id_of(gnutls_x509_privkey_t key) {
    key_id id;
    std::size_t size = id.size();
    check(gnutls_x509_privkey_get_key_id(key, GNUTLS_KEYID_USE_SHA1, id.data(), &size), "identify a private key");
    return id;
}

key_id id_of(gnutls_x509_crt_t made) {
    key_id id;
    std::size_t size = id.size();
    check(gnutls_x509_crt_get_key_id(made, GNUTLS_KEYID_USE_SHA1, id.data(), &size), "identify a public key");
    return id;
}

/// What each certificate has. Its life begins yesterday: clocks differ.
void begin(gnutls_x509_crt_t made, gnutls_x509_privkey_t key, std::string_view common_name) {
    std::array<unsigned char, 16> serial;
    check(gnutls_rnd(GNUTLS_RND_NONCE, serial.data(), serial.size()), "get random bytes");
    serial[0] = static_cast<unsigned char>((serial[0] & 0x7f) | 0x40);  // positive, and 16 bytes long
    const auto id = id_of(key);
    check(gnutls_x509_crt_set_version(made, 3), "set the version");
    check(gnutls_x509_crt_set_serial(made, serial.data(), serial.size()), "set the serial number");
    check(gnutls_x509_crt_set_key(made, key), "set the public key");
    check(gnutls_x509_crt_set_dn_by_oid(made, GNUTLS_OID_X520_COMMON_NAME, 0, common_name.data(),
                                        static_cast<unsigned>(common_name.size())),
          "set the subject");
    check(gnutls_x509_crt_set_subject_key_id(made, id.data(), id.size()), "set the key identifier");
    check(gnutls_x509_crt_set_activation_time(made, std::time(nullptr) - day), "set the dates");
}

void sign(gnutls_x509_crt_t made, gnutls_x509_crt_t issuer, gnutls_x509_privkey_t key) {
    check(gnutls_x509_crt_sign2(made, issuer, key, GNUTLS_DIG_SHA256, 0), "sign a certificate");
}

std::string taken(gnutls_datum_t& data) {
    std::string out(reinterpret_cast<const char*>(data.data), data.size);
    gnutls_memset(data.data, 0, data.size);  // it may be a key
    gnutls_free(data.data);
    return out;
}

key_and_chain as_pem(gnutls_x509_crt_t made, gnutls_x509_privkey_t key) {
    key_and_chain out;
    gnutls_datum_t data;
    check(gnutls_x509_crt_export2(made, GNUTLS_X509_FMT_PEM, &data), "write a certificate");
    out.chain_pem = taken(data);
    if (gnutls_x509_privkey_get_pk_algorithm(key) == GNUTLS_PK_ECDSA) {
        out.key_pem = p256_key_pem(key);
        return out;
    }
    check(gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, nullptr, GNUTLS_PKCS_PLAIN, &data),
          "write a private key");
    out.key_pem = taken(data);
    return out;
}

std::string in_hexadecimal(const key_id& id, std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) {
        for (const int half : {id[i] >> 4, id[i] & 15}) out += "0123456789abcdef"[half];
    }
    return out;
}

struct parsed_root {
    certificate root = empty_certificate();
    private_key key = empty_key();
};

gnutls_datum_t view_of(const std::string& text) {
    return {reinterpret_cast<unsigned char*>(const_cast<char*>(text.data())), static_cast<unsigned>(text.size())};
}

parsed_root parse_root(const key_and_chain& root) {
    parsed_root out;
    const auto chain = view_of(root.chain_pem), key = view_of(root.key_pem);
    if (gnutls_x509_crt_import(out.root.get(), &chain, GNUTLS_X509_FMT_PEM) < 0) {
        throw usage_error("is not a certificate in PEM form");
    }
    if (gnutls_x509_privkey_import2(out.key.get(), &key, GNUTLS_X509_FMT_PEM, nullptr, 0) < 0) {
        throw usage_error("has no private key that can be read: PEM form, not encrypted");
    }
    return out;
}

/// What the root says it is, or what we would say: somebody else may have made it.
std::string subject_key_id(gnutls_x509_crt_t root) {
    std::array<char, 64> told;
    std::size_t size = told.size();
    if (gnutls_x509_crt_get_subject_key_id(root, told.data(), &size, nullptr) == 0) return {told.data(), size};
    const auto id = id_of(root);
    return {id.begin(), id.end()};
}

key_and_chain signed_leaf(const parsed_root& by, gnutls_x509_crt_t made, gnutls_x509_privkey_t key,
                          const char* purpose) {
    const auto authority = subject_key_id(by.root.get());
    const auto last = gnutls_x509_crt_get_expiration_time(by.root.get());
    const auto born = gnutls_x509_crt_get_activation_time(made);
    check(gnutls_x509_crt_set_expiration_time(made, std::min(born + leaf_life - 1, last)), "set the dates");
    check(gnutls_x509_crt_set_basic_constraints(made, 0, -1), "set the basic constraints");
    check(gnutls_x509_crt_set_key_usage(made, GNUTLS_KEY_DIGITAL_SIGNATURE), "set the key usage");
    check(gnutls_x509_crt_set_key_purpose_oid(made, purpose, 0), "set the purpose");
    check(gnutls_x509_crt_set_authority_key_id(made, authority.data(), authority.size()), "set the issuer's key");
    sign(made, by.root.get(), by.key.get());
    return as_pem(made, key);
}

}  // namespace

development_certificates make_development_certificates(const std::vector<std::string>& names, key_kind kind) {
    const auto root = make_root(kind);
    return {root.chain_pem, make_server_leaf(root, names, kind)};
}

key_and_chain make_root(key_kind kind) {
    const auto key = new_key(kind);
    const auto made = empty_certificate();
    begin(made.get(), key.get(), "tlseam development root " + in_hexadecimal(id_of(key.get()), 4));
    const auto born = gnutls_x509_crt_get_activation_time(made.get());
    check(gnutls_x509_crt_set_expiration_time(made.get(), born + root_life), "set the dates");
    check(gnutls_x509_crt_set_basic_constraints(made.get(), 1, 0),
          "set the basic constraints");  // it signs leaves only
    check(gnutls_x509_crt_set_key_usage(made.get(), GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN),
          "set the key usage");
    sign(made.get(), made.get(), key.get());
    return as_pem(made.get(), key.get());
}

void check_root(const key_and_chain& root) {
    const auto parsed = parse_root(root);
    unsigned critical = 0, usage = 0;
    if (gnutls_x509_crt_get_ca_status(parsed.root.get(), &critical) <= 0) {
        throw usage_error("is no certificate of an authority: nothing can be signed with it");
    }
    if (gnutls_x509_crt_get_key_usage(parsed.root.get(), &usage, &critical) == 0 &&
        (usage & GNUTLS_KEY_KEY_CERT_SIGN) == 0) {
        throw usage_error("may not sign certificates: its key usage says so");
    }
    if (id_of(parsed.root.get()) != id_of(parsed.key.get())) throw usage_error("and its key do not belong together");
    if (gnutls_x509_crt_get_expiration_time(parsed.root.get()) <= std::time(nullptr)) {
        throw usage_error("has expired");
    }
}

key_and_chain make_server_leaf(const key_and_chain& root, const std::vector<std::string>& names, key_kind kind) {
    const auto wanted = parse_certificate_names(names);
    if (wanted.empty()) throw usage_error("a server's certificate needs a name");
    const auto by = parse_root(root);
    const auto key = new_key(kind);
    const auto made = empty_certificate();
    const auto shown =  // only people read it: what counts are the alternative names
        std::ranges::find_if(wanted, [](const auto& name) { return name.text.size() <= longest_common_name; });
    begin(made.get(), key.get(), shown != wanted.end() ? shown->text : "server");
    for (const auto& name : wanted) {
        const auto type = name.kind == certificate_name::kind::ip ? GNUTLS_SAN_IPADDRESS : GNUTLS_SAN_DNSNAME;
        check(gnutls_x509_crt_set_subject_alt_name(made.get(), type, name.bytes.data(),
                                                   static_cast<unsigned>(name.bytes.size()), GNUTLS_FSAN_APPEND),
              "set the names");
    }
    return signed_leaf(by, made.get(), key.get(), GNUTLS_KP_TLS_WWW_SERVER);
}

key_and_chain make_client_leaf(const key_and_chain& root, const std::string& name, key_kind kind) {
    check_client_name(name);
    const auto by = parse_root(root);
    const auto key = new_key(kind);
    const auto made = empty_certificate();
    begin(made.get(), key.get(), name);
    return signed_leaf(by, made.get(), key.get(), GNUTLS_KP_TLS_WWW_CLIENT);
}

}  // namespace cli::front
