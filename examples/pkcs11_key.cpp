// SPDX-License-Identifier: Apache-2.0
// A TLS server whose private key is in a PKCS#11 token, such as an HSM, and never leaves it: sends one client its own
// words back.   pkcs11_key-<backend> MODULE.so PIN LABEL CERTIFICATE [PORT]
#include <dlfcn.h>
#include <p11-kit/pkcs11.h>
#include <tlseam/tlseam.hpp>

#include <array>
#include <iostream>
#include <mutex>
#include <stdexcept>

using namespace tlseam;

namespace {

using bytes = std::vector<std::byte>;
using view = std::span<const std::byte>;

unsigned char* octets(view data) {
    return const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(data.data()));
}

/// How a scheme is said in PKCS#11. RSA PKCS#1 wants the digest with its name in front (RFC 8017 9.2).
struct mechanism {
    CK_MECHANISM_TYPE type = 0;
    CK_RSA_PKCS_PSS_PARAMS pss = {};
    std::string prefix = {};
    bool is_ecdsa = false;
};

mechanism mechanism_for(signature_scheme scheme) {
    using enum signature_scheme;
    const auto named = [](const char* hash, char length) {
        return std::string("\x30", 1) + static_cast<char>(17 + length) + std::string("\x30\x0d\x06\x09", 4) +
               std::string("\x60\x86\x48\x01\x65\x03\x04\x02", 8) + hash + std::string("\x05\x00\x04", 3) + length;
    };
    switch (scheme) {
        case ecdsa_secp256r1_sha256:
        case ecdsa_secp384r1_sha384:
        case ecdsa_secp521r1_sha512: return {.type = CKM_ECDSA, .is_ecdsa = true};
        case rsa_pss_rsae_sha256: return {.type = CKM_RSA_PKCS_PSS, .pss = {CKM_SHA256, CKG_MGF1_SHA256, 32}};
        case rsa_pss_rsae_sha384: return {.type = CKM_RSA_PKCS_PSS, .pss = {CKM_SHA384, CKG_MGF1_SHA384, 48}};
        case rsa_pss_rsae_sha512: return {.type = CKM_RSA_PKCS_PSS, .pss = {CKM_SHA512, CKG_MGF1_SHA512, 64}};
        case rsa_pkcs1_sha256: return {.type = CKM_RSA_PKCS, .prefix = named("\1", 32)};
        case rsa_pkcs1_sha384: return {.type = CKM_RSA_PKCS, .prefix = named("\2", 48)};
        case rsa_pkcs1_sha512: return {.type = CKM_RSA_PKCS, .prefix = named("\3", 64)};
        default: throw std::runtime_error("the token is not asked for this signature scheme");
    }
}

/// Tokens give r and s one behind the other; TLS wants SEQUENCE { INTEGER r, INTEGER s }.
bytes to_der(view both) {
    const auto length = [](bytes& out, std::size_t size) {
        if (size >= 0x80) out.push_back(std::byte{0x81});
        out.push_back(static_cast<std::byte>(size));
    };
    bytes numbers;
    for (view number : {both.first(both.size() / 2), both.last(both.size() / 2)}) {
        while (number.size() > 1 && number.front() == std::byte{0}) number = number.subspan(1);
        const bool sign = (number.front() & std::byte{0x80}) != std::byte{0};
        numbers.push_back(std::byte{2});
        length(numbers, number.size() + (sign ? 1 : 0));
        if (sign) numbers.push_back(std::byte{0});
        numbers.insert(numbers.end(), number.begin(), number.end());
    }
    bytes out = {std::byte{0x30}};
    length(out, numbers.size());
    out.insert(out.end(), numbers.begin(), numbers.end());
    return out;
}

class token {
public:
    token(const char* module, std::string pin, std::string label) {
        void* library = dlopen(module, RTLD_NOW);
        if (library == nullptr) throw std::runtime_error(dlerror());
        const auto list = reinterpret_cast<CK_C_GetFunctionList>(dlsym(library, "C_GetFunctionList"));
        if (list == nullptr) throw std::runtime_error(std::string(module) + " is no PKCS#11 module");
        check(list(&call_), "C_GetFunctionList");
        check(call_->C_Initialize(nullptr), "C_Initialize");
        check(call_->C_OpenSession(first_slot(), CKF_SERIAL_SESSION, nullptr, nullptr, &session_), "C_OpenSession");
        auto* digits = reinterpret_cast<unsigned char*>(pin.data());
        check(call_->C_Login(session_, CKU_USER, digits, pin.size()), "C_Login");
        CK_OBJECT_CLASS kind = CKO_PRIVATE_KEY;
        CK_ATTRIBUTE wanted[] = {{CKA_CLASS, &kind, sizeof(kind)}, {CKA_LABEL, label.data(), label.size()}};
        CK_ULONG found = 0;
        check(call_->C_FindObjectsInit(session_, wanted, 2), "C_FindObjectsInit");
        check(call_->C_FindObjects(session_, &key_, 1, &found), "C_FindObjects");
        check(call_->C_FindObjectsFinal(session_), "C_FindObjectsFinal");
        if (found != 1) throw std::runtime_error("the token has no key '" + label + "'");
    }

    /// One session signs for one thread at a time.
    bytes sign(signature_scheme scheme, view digest) {
        mechanism how = mechanism_for(scheme);
        CK_MECHANISM asked = {how.type, nullptr, 0};
        if (how.type == CKM_RSA_PKCS_PSS) asked = {how.type, &how.pss, sizeof(how.pss)};
        const view prefix = as_bytes(how.prefix);
        bytes input(prefix.begin(), prefix.end());
        input.insert(input.end(), digest.begin(), digest.end());
        bytes signature(1024);
        CK_ULONG size = signature.size();
        const std::lock_guard lock(mutex_);
        check(call_->C_SignInit(session_, &asked, key_), "C_SignInit");
        check(call_->C_Sign(session_, octets(input), input.size(), octets(signature), &size), "C_Sign");
        signature.resize(size);
        return how.is_ecdsa ? to_der(signature) : signature;
    }

private:
    /// The first that holds a token with something on it.
    CK_SLOT_ID first_slot() {
        CK_ULONG count = 0;
        check(call_->C_GetSlotList(CK_TRUE, nullptr, &count), "C_GetSlotList");
        std::vector<CK_SLOT_ID> slots(count);
        check(call_->C_GetSlotList(CK_TRUE, slots.data(), &count), "C_GetSlotList");
        for (const CK_SLOT_ID slot : slots) {
            CK_TOKEN_INFO info;
            if (call_->C_GetTokenInfo(slot, &info) == CKR_OK && (info.flags & CKF_TOKEN_INITIALIZED) != 0) return slot;
        }
        throw std::runtime_error("there is no token");
    }

    static void check(CK_RV code, const char* what) {
        if (code != CKR_OK) throw std::runtime_error(std::string(what) + " failed with " + std::to_string(code));
    }

    CK_FUNCTION_LIST* call_ = nullptr;
    CK_SESSION_HANDLE session_ = 0;
    CK_OBJECT_HANDLE key_ = 0;
    std::mutex mutex_;
};

}  // namespace

int main(int argc, char** argv) try {
    if (argc < 5) throw std::runtime_error("arguments: MODULE.so PIN LABEL CERTIFICATE [PORT]");
    token hsm(argv[1], argv[2], argv[3]);
    const auto chain = or_throw(certificate::load_all(argv[4]));
    const auto port = static_cast<std::uint16_t>(argc > 5 ? std::stoi(argv[5]) : 8443);

    // What the token throws fails the handshake, and is in its error.
    auto sign = [&](signature_scheme scheme, view digest) -> result<bytes> { return hsm.sign(scheme, digest); };
    auto identity = or_throw(credentials::with_external_key(chain, sign));
    auto context = or_throw(context::server({.credentials = {identity}}));
    auto listener = or_throw(listener::bind(context, "localhost", port));
    std::cout << "listening on " << or_throw(listener.local_address()).to_string() << std::endl;

    auto client = or_throw(listener.accept());
    std::array<std::byte, 4096> buffer;
    while (auto count = or_throw(client.read_some(buffer))) {
        or_throw(client.write_all(std::span(buffer).first(count)));
    }
    or_throw(client.shutdown());
} catch (const std::exception& problem) {
    std::cerr << problem.what() << '\n';
    return 1;
}
