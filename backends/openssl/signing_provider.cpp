// SPDX-License-Identifier: Apache-2.0
// A provider inside our library context, whose keys are a certificate's public key and a way to ask core for a
// signature: for private keys that only the program can use. Everything but signing is left to OpenSSL's own public
// key.
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>

#include <array>
#include <cstring>
#include <new>
#include <string_view>

#include "backends/openssl/native.hpp"
#include "core/external_key.hpp"
#include "core/fail.hpp"

namespace tlseam::seam {
namespace {

constexpr char provider_name[] = "tlseam";
constexpr char only_ours[] = "provider=tlseam";
/// How a signer gets into a key: the address of a shared_ptr, within this process and one call.
constexpr char signer_parameter[] = "tlseam-signer";

using pkey_ctx_ptr = std::unique_ptr<EVP_PKEY_CTX, deleter<EVP_PKEY_CTX_free>>;
using signer_ptr = std::shared_ptr<const external_key>;

template <class F>
OSSL_DISPATCH entry(int id, F* function) noexcept {
    return {id, reinterpret_cast<void (*)()>(function)};
}

// ---- keys ----

constexpr char rsa[] = "RSA", ec[] = "EC", ed25519[] = "ED25519", ecdsa[] = "ECDSA";

struct provided_key {
    const char* kind;  // OpenSSL's name
    pkey_ptr known;    // the public key, of OpenSSL's own provider
    signer_ptr signer;
};

provided_key& key_of(void* key) noexcept { return *static_cast<provided_key*>(key); }
const provided_key& key_of(const void* key) noexcept { return *static_cast<const provided_key*>(key); }

template <const char* Kind>
void* new_key(void*) noexcept {
    return new (std::nothrow) provided_key{Kind, nullptr, nullptr};
}

void free_key(void* key) noexcept { delete static_cast<provided_key*>(key); }

int has(const void* key, int selection) noexcept {
    const bool private_part = (selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0;
    return key_of(key).known && (!private_part || key_of(key).signer) ? 1 : 0;
}

/// Of a whole key when one is made, and of the public key of a certificate that is compared with it.
int import_key(void* into, int, const OSSL_PARAM parameters[]) noexcept {
    auto& key = key_of(into);
    const pkey_ctx_ptr ctx(EVP_PKEY_CTX_new_from_name(library(), key.kind, "provider=default"));
    EVP_PKEY* known = nullptr;
    if (!ctx || EVP_PKEY_fromdata_init(ctx.get()) != 1) return 0;
    if (EVP_PKEY_fromdata(ctx.get(), &known, EVP_PKEY_PUBLIC_KEY, const_cast<OSSL_PARAM*>(parameters)) != 1) return 0;
    key.known.reset(known);
    const void* signer = nullptr;
    std::size_t size = 0;
    const OSSL_PARAM* given = OSSL_PARAM_locate_const(parameters, signer_parameter);
    if (given != nullptr && OSSL_PARAM_get_octet_string_ptr(given, &signer, &size) == 1) {
        const signer_ptr* address = nullptr;
        if (size != sizeof(address)) return 0;
        std::memcpy(&address, signer, size);
        key.signer = *address;
    }
    return 1;
}

const OSSL_PARAM* importable(int) noexcept {
    static const OSSL_PARAM all[] = {OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, nullptr, 0),
                                     OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, nullptr, 0),
                                     OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_N, nullptr, 0),
                                     OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_E, nullptr, 0),
                                     OSSL_PARAM_octet_string(signer_parameter, nullptr, 0),
                                     OSSL_PARAM_END};
    return all;
}

int match(const void* a, const void* b, int) noexcept {
    return key_of(a).known && key_of(b).known && EVP_PKEY_eq(key_of(a).known.get(), key_of(b).known.get()) == 1 ? 1 : 0;
}

int get_parameters(void* key, OSSL_PARAM parameters[]) noexcept {
    return key_of(key).known && EVP_PKEY_get_params(key_of(key).known.get(), parameters) == 1 ? 1 : 0;
}

const OSSL_PARAM* gettable(void*) noexcept {
    static const OSSL_PARAM all[] = {OSSL_PARAM_int(OSSL_PKEY_PARAM_BITS, nullptr),
                                     OSSL_PARAM_int(OSSL_PKEY_PARAM_SECURITY_BITS, nullptr),
                                     OSSL_PARAM_int(OSSL_PKEY_PARAM_MAX_SIZE, nullptr),
                                     OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, nullptr, 0),
                                     OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_DEFAULT_DIGEST, nullptr, 0),
                                     OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_MANDATORY_DIGEST, nullptr, 0),
                                     OSSL_PARAM_END};
    return all;
}

/// Alone among the three, EC keys and their signatures have different names.
template <const char* Kind>
const char* signature_of(int operation) noexcept {
    if (operation != OSSL_OP_SIGNATURE) return nullptr;
    return Kind == ec ? ecdsa : Kind;
}

// ---- signatures ----

struct operation {
    const provided_key* key = nullptr;
    std::string_view family;  // "RSA", "ECDSA", "ED25519"
    hash_kind hash = hash_kind::sha256;
    bool is_pss = false;
};

template <const char* Family>
void* new_operation(void*, const char*) noexcept {
    auto* made = new (std::nothrow) operation;
    if (made != nullptr) made->family = Family;
    return made;
}

void free_operation(void* operation_) noexcept { delete static_cast<operation*>(operation_); }

void* copy_operation(void* from) noexcept { return new (std::nothrow) operation(*static_cast<operation*>(from)); }

/// "SHA256", "SHA2-256" and "SHA-256" are one.
bool take_hash(operation& op, const char* name) noexcept {
    if (name == nullptr || *name == '\0') return op.family == "ED25519";
    const std::string_view word(name);
    for (const auto& [end, hash] : {std::pair("256", hash_kind::sha256), std::pair("384", hash_kind::sha384),
                                    std::pair("512", hash_kind::sha512)}) {
        if (!word.starts_with("SHA") || !word.ends_with(end)) continue;
        op.hash = hash;
        return true;
    }
    return false;
}

/// The padding comes as a word or as a number; the salt is as long as the hash in all of TLS.
int set_parameters(void* operation_, const OSSL_PARAM parameters[]) noexcept {
    if (parameters == nullptr) return 1;
    const OSSL_PARAM* padding = OSSL_PARAM_locate_const(parameters, OSSL_SIGNATURE_PARAM_PAD_MODE);
    if (padding == nullptr) return 1;
    int number = 0;
    const char* word = nullptr;
    if (padding->data_type == OSSL_PARAM_UTF8_STRING) {
        if (OSSL_PARAM_get_utf8_string_ptr(padding, &word) != 1) return 0;
        static_cast<operation*>(operation_)->is_pss = std::string_view(word) == OSSL_PKEY_RSA_PAD_MODE_PSS;
    } else if (OSSL_PARAM_get_int(padding, &number) == 1) {
        static_cast<operation*>(operation_)->is_pss = number == RSA_PKCS1_PSS_PADDING;
    } else {
        return 0;
    }
    return 1;
}

const OSSL_PARAM* settable(void*, void*) noexcept {
    static const OSSL_PARAM all[] = {OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PAD_MODE, nullptr, 0),
                                     OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PSS_SALTLEN, nullptr, 0),
                                     OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, nullptr, 0),
                                     OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_MGF1_DIGEST, nullptr, 0),
                                     OSSL_PARAM_END};
    return all;
}

int start_signing(void* operation_, const char* hash, void* key, const OSSL_PARAM parameters[]) noexcept {
    auto& op = *static_cast<operation*>(operation_);
    if (key != nullptr) op.key = static_cast<const provided_key*>(key);
    if (op.key == nullptr || !op.key->signer || !take_hash(op, hash)) return 0;
    return set_parameters(operation_, parameters);
}

std::uint16_t scheme_for(const operation& op) noexcept {
    if (op.family == "ED25519") return 0x0807;
    const auto step = static_cast<std::uint16_t>(static_cast<int>(op.hash) - static_cast<int>(hash_kind::sha256));
    if (op.family == "ECDSA") return static_cast<std::uint16_t>(0x0403 + 0x100 * step);
    return op.is_pss ? static_cast<std::uint16_t>(0x0804 + step) : static_cast<std::uint16_t>(0x0401 + 0x100 * step);
}

int sign(void* operation_, unsigned char* out, std::size_t* size, std::size_t room, const unsigned char* message,
         std::size_t message_size) noexcept {
    const auto& op = *static_cast<operation*>(operation_);
    if (out == nullptr) {
        *size = op.key->signer->signature_size();
        return 1;
    }
    const auto whole = std::as_bytes(std::span(message, message_size));
    std::array<std::byte, 64> digest;
    std::span<const std::byte> input = whole;
    if (op.family != "ED25519") {
        const auto hashed = std::span(digest).first(hash_size(op.hash));
        if (!hash_repeatedly(op.hash, whole, 1, hashed)) return 0;
        input = hashed;
    }
    const auto made = op.key->signer->sign(scheme_for(op), input);
    if (!made || made->size() > room) return 0;
    std::memcpy(out, made->data(), made->size());
    *size = made->size();
    return 1;
}

// ---- tables ----

template <const char* Kind>
const OSSL_DISPATCH* key_functions() noexcept {
    static const OSSL_DISPATCH all[] = {entry(OSSL_FUNC_KEYMGMT_NEW, new_key<Kind>),
                                        entry(OSSL_FUNC_KEYMGMT_FREE, free_key),
                                        entry(OSSL_FUNC_KEYMGMT_HAS, has),
                                        entry(OSSL_FUNC_KEYMGMT_IMPORT, import_key),
                                        entry(OSSL_FUNC_KEYMGMT_IMPORT_TYPES, importable),
                                        entry(OSSL_FUNC_KEYMGMT_MATCH, match),
                                        entry(OSSL_FUNC_KEYMGMT_GET_PARAMS, get_parameters),
                                        entry(OSSL_FUNC_KEYMGMT_GETTABLE_PARAMS, gettable),
                                        entry(OSSL_FUNC_KEYMGMT_QUERY_OPERATION_NAME, signature_of<Kind>),
                                        {0, nullptr}};
    return all;
}

template <const char* Family>
const OSSL_DISPATCH* signature_functions() noexcept {
    static const OSSL_DISPATCH all[] = {entry(OSSL_FUNC_SIGNATURE_NEWCTX, new_operation<Family>),
                                        entry(OSSL_FUNC_SIGNATURE_FREECTX, free_operation),
                                        entry(OSSL_FUNC_SIGNATURE_DUPCTX, copy_operation),
                                        entry(OSSL_FUNC_SIGNATURE_DIGEST_SIGN_INIT, start_signing),
                                        entry(OSSL_FUNC_SIGNATURE_DIGEST_SIGN, sign),
                                        entry(OSSL_FUNC_SIGNATURE_SET_CTX_PARAMS, set_parameters),
                                        entry(OSSL_FUNC_SIGNATURE_SETTABLE_CTX_PARAMS, settable),
                                        {0, nullptr}};
    return all;
}

const OSSL_ALGORITHM* query(void*, int operation, int* may_not_be_kept) noexcept {
    static const OSSL_ALGORITHM keys[] = {{"RSA:rsaEncryption", only_ours, key_functions<rsa>(), ""},
                                          {"EC:id-ecPublicKey", only_ours, key_functions<ec>(), ""},
                                          {"ED25519", only_ours, key_functions<ed25519>(), ""},
                                          {nullptr, nullptr, nullptr, nullptr}};
    static const OSSL_ALGORITHM signatures[] = {{"RSA:rsaEncryption", only_ours, signature_functions<rsa>(), ""},
                                                {"ECDSA", only_ours, signature_functions<ecdsa>(), ""},
                                                {"ED25519", only_ours, signature_functions<ed25519>(), ""},
                                                {nullptr, nullptr, nullptr, nullptr}};
    *may_not_be_kept = 0;
    if (operation == OSSL_OP_KEYMGMT) return keys;
    return operation == OSSL_OP_SIGNATURE ? signatures : nullptr;
}

int start_provider(const OSSL_CORE_HANDLE* handle, const OSSL_DISPATCH*, const OSSL_DISPATCH** out,
                   void** context) noexcept {
    static const OSSL_DISPATCH all[] = {entry(OSSL_FUNC_PROVIDER_QUERY_OPERATION, query), {0, nullptr}};
    *out = all;
    *context = const_cast<OSSL_CORE_HANDLE*>(handle);  // not null, and not looked at
    return 1;
}

/// Once in a process. With any provider loaded by name, OpenSSL's own no longer loads itself. Of two that have an
/// algorithm it takes the first, by loading or by name: whoever does not ask for ours gets OpenSSL's own.
bool provider_ready() noexcept {
    static constinit made_once<bool> ready(false);
    return ready.get([] {
        return OSSL_PROVIDER_load(library(), "default") != nullptr &&
               OSSL_PROVIDER_add_builtin(library(), provider_name, start_provider) == 1 &&
               OSSL_PROVIDER_load(library(), provider_name) != nullptr;
    });
}

// ---- making a key ----

struct parameter_deleter {
    void operator()(OSSL_PARAM* parameters) const noexcept { OSSL_PARAM_free(parameters); }
};
using parameters_ptr = std::unique_ptr<OSSL_PARAM, parameter_deleter>;

}  // namespace

pkey_ptr make_external_key(const EVP_PKEY* known, const std::shared_ptr<const external_key>& signer) noexcept {
    if (!provider_ready()) return nullptr;
    OSSL_PARAM* of_known = nullptr;
    if (EVP_PKEY_todata(known, EVP_PKEY_PUBLIC_KEY, &of_known) != 1) return nullptr;
    const parameters_ptr owner(of_known);
    const signer_ptr* address = &signer;
    OSSL_PARAM ours[] = {OSSL_PARAM_construct_octet_string(signer_parameter, &address, sizeof(address)),
                         OSSL_PARAM_construct_end()};
    const parameters_ptr all(OSSL_PARAM_merge(of_known, ours));
    const pkey_ctx_ptr ctx(EVP_PKEY_CTX_new_from_name(library(), EVP_PKEY_get0_type_name(known), only_ours));
    EVP_PKEY* made = nullptr;
    if (!all || !ctx || EVP_PKEY_fromdata_init(ctx.get()) != 1) return nullptr;
    if (EVP_PKEY_fromdata(ctx.get(), &made, EVP_PKEY_KEYPAIR, all.get()) != 1) return nullptr;
    return pkey_ptr(made);
}

}  // namespace tlseam::seam
