// SPDX-License-Identifier: Apache-2.0
#include "cli/front/p256_key.hpp"

#include <gnutls/gnutls.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>

#include "cli/wiped.hpp"

namespace cli::front {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t number_size = 32;

// PrivateKeyInfo (RFC 5208) around ECPrivateKey (RFC 5915): with numbers of one size, all lengths are known.
constexpr std::string_view before_number =
    "\x30\x81\x87\x02\x01\x00"                                                         // version 0
    "\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"                                     // id-ecPublicKey
    "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x04\x6d\x30\x6b\x02\x01\x01\x04\x20"sv;  // secp256r1; version 1
constexpr std::string_view before_point = "\xa1\x44\x03\x42\x00\x04"sv;                // uncompressed

/// What GnuTLS allocated; wiped in the end.
struct made_by_gnutls : gnutls_datum_t {
    made_by_gnutls() : gnutls_datum_t{} {}
    ~made_by_gnutls() {
        if (data == nullptr) return;
        gnutls_memset(data, 0, size);
        gnutls_free(data);
    }
    made_by_gnutls(const made_by_gnutls&) = delete;
    made_by_gnutls& operator=(const made_by_gnutls&) = delete;
    [[nodiscard]] std::string_view text() const { return {reinterpret_cast<const char*>(data), size}; }
};

/// With neither more zeros in front nor fewer.
void append(std::string& out, std::string_view number) {
    number.remove_prefix(std::min(number.find_first_not_of('\0'), number.size()));
    if (number.size() > number_size) throw std::runtime_error("cannot write a private key: it is not on P-256");
    out.append(number_size - number.size(), '\0').append(number);
}

void check(int code) {
    if (code < 0) throw std::runtime_error(std::string("cannot write a private key: ") + gnutls_strerror(code));
}

}  // namespace

std::string p256_key_pem(gnutls_x509_privkey_t key) {
    gnutls_ecc_curve_t curve = GNUTLS_ECC_CURVE_INVALID;
    made_by_gnutls x, y, number, pem;
    check(gnutls_x509_privkey_export_ecc_raw(key, &curve, &x, &y, &number));
    if (curve != GNUTLS_ECC_CURVE_SECP256R1) throw std::runtime_error("cannot write a private key: it is not on P-256");
    std::string der;
    const wiped_at_exit wiped(der);
    der.reserve(before_number.size() + before_point.size() + 3 * number_size);  // growing would leave copies behind
    der += before_number;
    append(der, number.text());
    der += before_point;
    append(der, x.text());
    append(der, y.text());
    const gnutls_datum_t view = {reinterpret_cast<unsigned char*>(der.data()), static_cast<unsigned>(der.size())};
    check(gnutls_pem_base64_encode2("PRIVATE KEY", &view, &pem));
    return std::string(pem.text());
}

}  // namespace cli::front
