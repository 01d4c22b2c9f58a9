// SPDX-License-Identifier: Apache-2.0
#include "cli/front/p256_key.hpp"

#include <gnutls/gnutls.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>

namespace cli::front {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t number_size = 32;

// PrivateKeyInfo (RFC 5208) around ECPrivateKey (RFC 5915): with numbers of one size, all lengths are known.
constexpr std::string_view before_number =
    "\x30\x81\x87\x02\x01\x00"                                                      // version 0
    "\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"                                  // id-ecPublicKey
    "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x04\x6d\x30\x6b\x02\x01\x01\x04\x20"sv;  // secp256r1; version 1
constexpr std::string_view before_point = "\xa1\x44\x03\x42\x00\x04"sv;  // uncompressed

/// With neither more zeros in front nor fewer.
std::string taken(gnutls_datum_t& number) {
    std::string bytes(reinterpret_cast<const char*>(number.data), number.size);
    gnutls_memset(number.data, 0, number.size);
    gnutls_free(number.data);
    bytes.erase(0, std::min(bytes.find_first_not_of('\0'), bytes.size()));
    if (bytes.size() > number_size) throw std::runtime_error("cannot write a private key: it is not on P-256");
    return std::string(number_size - bytes.size(), '\0') + bytes;
}

void check(int code) {
    if (code < 0) throw std::runtime_error(std::string("cannot write a private key: ") + gnutls_strerror(code));
}

}  // namespace

std::string p256_key_pem(gnutls_x509_privkey_t key) {
    gnutls_ecc_curve_t curve = GNUTLS_ECC_CURVE_INVALID;
    gnutls_datum_t x = {}, y = {}, number = {}, pem = {};
    check(gnutls_x509_privkey_export_ecc_raw(key, &curve, &x, &y, &number));
    const std::string abscissa = taken(x), ordinate = taken(y), secret = taken(number);
    if (curve != GNUTLS_ECC_CURVE_SECP256R1) throw std::runtime_error("cannot write a private key: it is not on P-256");
    std::string der = std::string(before_number) + secret + std::string(before_point) + abscissa + ordinate;
    const gnutls_datum_t view = {reinterpret_cast<unsigned char*>(der.data()), static_cast<unsigned>(der.size())};
    check(gnutls_pem_base64_encode2("PRIVATE KEY", &view, &pem));
    std::string out(reinterpret_cast<const char*>(pem.data), pem.size);
    gnutls_free(pem.data);
    return out;
}

}  // namespace cli::front
